"""Attachments: the bytes, kept within a bound, and what messages say of them."""

import mimetypes
import re
import struct
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .limits import FILE_BYTES_KEPT
from .wire import Json

if TYPE_CHECKING:
    from .world import DiscordWorld

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PICTURES: Final = (("image", "url"), ("thumbnail", "url"), ("author", "icon_url"), ("footer", "icon_url"))


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrives. field is the number in `files[n]`."""

    field: int
    filename: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that a message shows."""

    id: int
    channel_id: int
    filename: str
    content: bytes
    content_type: str
    description: str | None = None

    def to_json(self, base_url: str) -> Json:
        """Discord's attachment object. Images carry their size."""
        url = f"{base_url}/cdn/attachments/{self.channel_id}/{self.id}/{self.filename}"
        shown: Json = {
            "id": str(self.id),
            "filename": self.filename,
            "size": len(self.content),
            "url": url,
            "proxy_url": url,
            "content_type": self.content_type,
        }
        if self.description is not None:
            shown["description"] = self.description
        if self.content.startswith(_PNG) and len(self.content) >= 24:
            shown["width"], shown["height"] = struct.unpack(">II", self.content[16:24])
        return shown


class Files:
    """The newest files, oldest dropped first when there are too many bytes."""

    def __init__(self) -> None:
        self._files: OrderedDict[int, StoredFile] = OrderedDict()
        self._bytes = 0

    def store(self, file_id: int, channel_id: int, upload: Upload, description: str | None) -> StoredFile:
        """Keep an upload. Names lose what Discord does not allow in them."""
        name = _UNSAFE.sub("_", upload.filename) or "file"
        kind = mimetypes.guess_type(name)[0] or upload.content_type
        stored = StoredFile(file_id, channel_id, name, upload.content, kind, description)
        self.keep(stored)
        return stored

    def keep(self, stored: StoredFile) -> None:
        """Keep a file that already has its id."""
        self._files[stored.id] = stored
        self._bytes += len(stored.content)
        while self._bytes > FILE_BYTES_KEPT:
            _, dropped = self._files.popitem(last=False)
            self._bytes -= len(dropped.content)

    def get(self, file_id: int) -> StoredFile | None:
        """The file, None when unknown or dropped."""
        return self._files.get(file_id)

    def newest(self) -> list[StoredFile]:
        """Every kept file, newest first."""
        return list(reversed(self._files.values()))


def pictures(embeds: list[Json]) -> Iterator[tuple[Json, str]]:
    """Each part of these embeds that shows a picture, and the key of its address."""
    for embed in embeds:
        for place, key in _PICTURES:
            part = embed.get(place)
            if isinstance(part, dict) and part.get(key):
                yield part, key


def shown_in(world: "DiscordWorld", embeds: list[Json]) -> list[Json]:
    """The attachments that embeds show; their message has them without listing them."""
    ours = re.compile(re.escape(world.base_url) + r"/cdn/attachments/\d+/(\d+)/.*")
    matches = [ours.fullmatch(part[key]) for part, key in pictures(embeds)]
    ids = sorted({int(match[1]) for match in matches if match is not None})
    return [file.to_json(world.base_url) for file in map(world.files.get, ids) if file is not None]
