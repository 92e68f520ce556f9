"""A run's folder as a zip, streamed: constant memory, no second copy on disk, the same bytes each time."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

CHUNK = 1 << 20
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # a fixed time, so that the same tables give the same archive
PACKED = {".parquet"}
LEFT_OUT = {"run.log.jsonl"}  # timings, which differ from run to run


def stream_zip(folder: Path) -> Iterator[bytes]:
    """The archive in pieces."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for path in archived(folder):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), FIRST_DAY)
            entry.compress_type = zipfile.ZIP_STORED if path.suffix in PACKED else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                while chunk := source.read(CHUNK):
                    target.write(chunk)
                    yield sink.take()
    yield sink.take()


def archived(folder: Path) -> list[Path]:
    """The files of a run that belong into its archive, in a fixed order."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in LEFT_OUT and path.suffix not in {".tmp", ".lock"})


class _Sink(io.RawIOBase):
    """Where the archive is written to, emptied after each piece. It cannot seek, so zipfile writes sizes behind the data."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # zipfile hands over bytes
        self._held += data
        return len(data)

    def take(self) -> bytes:
        held, self._held = bytes(self._held), bytearray()
        return held
