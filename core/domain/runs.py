"""A sequence cut into stretches that can each be worked as a whole."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def runs(items: Iterable[T], names: Callable[[T], Collection[Hashable]]) -> Iterator[list[T]]:
    """The items in their order, cut so that within a run no name is named twice."""
    run: list[T] = []
    named: set[Hashable] = set()
    for item in items:
        own = set(names(item))
        if named & own:
            yield run
            run, named = [], set()
        run.append(item)
        named |= own
    if run:
        yield run
