"""Compressed inputs as streams, with a guard: what unpacks to absurdly more than its size is a bomb and is stopped. No file is unpacked by name."""

import bz2
import gzip
import io
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

import pyarrow as pa

from nlp.errors import LimitExceededError, UnreadableInputError

ALWAYS_ALLOWED = 100_000_000
MAX_RATIO = 250
MAX_MEMBERS = 100_000
CHUNK = 1 << 16
UNPACKERS: dict[str, Callable[[IO[bytes]], IO[bytes]]] = {
    ".gz": lambda packed: cast(IO[bytes], gzip.GzipFile(fileobj=packed)),
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
    ".zst": lambda packed: cast(IO[bytes], pa.CompressedInputStream(packed, "zstd")),
}
BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError, RuntimeError, pa.ArrowException)


class BrokenArchiveError(UnreadableInputError):
    """A compressed file is damaged, cut short or locked with a password."""

    code = "broken_archive"


class Guarded(io.RawIOBase):
    """A stream that stops at the announced limit and turns every fault of an unpacker into one error."""

    def __init__(self, stream: IO[bytes], *, packed: int) -> None:
        self._read = getattr(stream, "read1", stream.read)  # in small steps, so that what comes before a fault is not lost with it
        self._left = max(ALWAYS_ALLOWED, MAX_RATIO * packed)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the type of the buffer that BufferedReader hands in
        try:
            content = self._read(min(len(buffer), CHUNK))
        except BROKEN as error:
            raise BrokenArchiveError("The compressed file is damaged, cut short or has a password. Pack it again, without one.") from error
        self._left -= len(content)
        if self._left < 0:
            raise LimitExceededError(f"The file unpacks to more than {MAX_RATIO} times its size. Unpack it yourself, look at it, and give the result.")
        buffer[: len(content)] = content
        return len(content)


def unpacked(name: str, stream: IO[bytes], packed: int) -> tuple[str, BinaryIO]:
    """The stream without its compression, and the name without the compression's ending."""
    path = PurePosixPath(name)
    unpacker = UNPACKERS.get(path.suffix.lower())
    if unpacker is None:
        return name, cast(BinaryIO, stream)
    return str(path.with_suffix("")), cast(BinaryIO, io.BufferedReader(Guarded(unpacker(stream), packed=packed), CHUNK))


def members(path: Path) -> Iterator[tuple[str, Callable[[], BinaryIO], int]]:
    """Name, opener and packed size of every file in a .zip, in the order of the names; hidden ones are left out.

    Raises:
        BrokenArchiveError: it is not a zip file that can be read.
        LimitExceededError: it holds too many files.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = sorted((each for each in archive.infolist() if not each.is_dir() and not _is_hidden(each.filename)), key=lambda each: each.filename)
    except BROKEN as error:
        raise BrokenArchiveError("The file is not a zip archive that can be read. Pack it again.") from error
    if len(entries) > MAX_MEMBERS:
        raise LimitExceededError(f"The archive holds {len(entries):,} files; at most {MAX_MEMBERS:,} are read. Split it.")
    for entry in entries:
        yield entry.filename, lambda entry=entry: _open_member(path, entry), entry.compress_size  # type: ignore[misc]  # a default binds the loop's value


@contextmanager
def seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """The stream, or a copy in an unnamed temporary file where it cannot be read at will."""
    if isinstance(stream, io.BufferedReader) and stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        while chunk := stream.read(CHUNK):
            copy.write(chunk)
        copy.seek(0)
        yield cast(BinaryIO, copy)


def _open_member(path: Path, entry: zipfile.ZipInfo) -> BinaryIO:
    try:
        stream = zipfile.ZipFile(path).open(entry)  # noqa: SIM115  # handed to the caller, who closes it
    except BROKEN as error:
        raise BrokenArchiveError("The member of the archive is damaged or has a password. Pack it again, without one.") from error
    return cast(BinaryIO, io.BufferedReader(Guarded(stream, packed=entry.compress_size), CHUNK))


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "~$", "__MACOSX")) for part in PurePosixPath(name).parts)
