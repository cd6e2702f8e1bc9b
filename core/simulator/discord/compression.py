"""Transport compression of the gateway: everything a client is sent, packed as the one stream it asked for.

zlib-stream is compressed. zstd-stream is valid Zstandard (RFC 8878) that saves nothing: its blocks are raw,
so that no library is needed and a client that prefers it is served like any other. Who asks for something
else gets text.
"""

import zlib
from collections.abc import Callable, Iterator
from typing import Final

Pack = Callable[[bytes], bytes]

# A frame header says: a window of 128 KiB, neither size nor checksum nor dictionary.
_ZSTD_START: Final = b"\x28\xb5\x2f\xfd" + bytes([0x00, 0x38])
_ZSTD_BLOCK_BYTES: Final = 128 * 1024


def packing(compress: str | None) -> Pack | None:
    """What packs the frames of one connection in turn, None when they go as they are.

    compress: what the client asked for in its address, None when it asked for nothing.
    """
    if compress == "zlib-stream":
        return _Zlib()
    return _Zstd() if compress == "zstd-stream" else None


class _Zlib:
    """One deflate stream, flushed after each frame."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj()

    def __call__(self, frame: bytes) -> bytes:
        return self._stream.compress(frame) + self._stream.flush(zlib.Z_SYNC_FLUSH)


class _Zstd:
    """One Zstandard frame that never ends, a raw block or more for each of ours."""

    def __init__(self) -> None:
        self._start = _ZSTD_START

    def __call__(self, frame: bytes) -> bytes:
        start, self._start = self._start, b""
        return start + b"".join(_raw_blocks(frame))


def _raw_blocks(content: bytes) -> Iterator[bytes]:
    for at in range(0, len(content), _ZSTD_BLOCK_BYTES):
        block = content[at : at + _ZSTD_BLOCK_BYTES]
        yield (len(block) << 3).to_bytes(3, "little") + block  # the low bits: not the last one, raw
