"""Compares the shape of JSON: which paths there are, and which types stand at each."""

from collections.abc import Iterable
from typing import Any, TypeAlias

Shape: TypeAlias = dict[str, set[str]]

_NAMES = {bool: "boolean", int: "number", float: "number", str: "text", type(None): "null"}


def shape_of(values: Iterable[Any]) -> Shape:
    """Every path in these values and the types seen there; `[]` stands for any place in a list."""
    shape: Shape = {}
    for value in values:
        _walk(value, "", shape)
    return shape


def _walk(value: Any, path: str, shape: Shape) -> None:
    name = "object" if isinstance(value, dict) else "list" if isinstance(value, list) else _NAMES[type(value)]
    shape.setdefault(path, set()).add(name)
    if isinstance(value, dict):
        for key, inner in value.items():
            _walk(inner, f"{path}.{key}", shape)
    elif isinstance(value, list):
        for inner in value:
            _walk(inner, f"{path}[]", shape)


def missing(sample: Shape, ours: Shape) -> dict[str, set[str]]:
    """Paths and types of the sample that we never produce."""
    gaps = {path: kinds - ours.get(path, set()) for path, kinds in sample.items()}
    return {path: kinds for path, kinds in gaps.items() if kinds}


def invented(sample: Shape, ours: Shape, documented: dict[str, str]) -> dict[str, set[str]]:
    """Paths and types of ours that neither the sample shows nor the documents name.

    documented: types by path, several separated by spaces. What lies below a documented object is documented.
    """
    objects = tuple(f"{path}." for path, kinds in documented.items() if "object" in kinds.split())
    strange = {}
    for path, kinds in ours.items():
        known = sample.get(path, set()) | set(documented.get(path, "").split())
        if not path.startswith(objects) and kinds - known:
            strange[path] = kinds - known
    return strange


def assert_same(samples: list[Any], ours: list[Any], documented: dict[str, str] | None = None) -> None:
    """Ours have the keys, types and nulls of the samples; what is more must be documented."""
    assert ours
    recorded, made = shape_of(samples), shape_of(ours)
    assert missing(recorded, made) == {}
    assert invented(recorded, made, documented or {}) == {}
