"""Where uploads and results lie: one folder a job under the data directory, readable by this user only. Nothing else touches the disk."""

import os
import re
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from nlp.errors import UnreadableInputError
from service.jobs.errors import StorageError

CHUNK = 1 << 20
ORPHAN_SECONDS = 3600
MAX_NAME_BYTES = 200


class JobFolders:
    """The folders of all jobs below `top`."""

    def __init__(self, top: Path) -> None:
        self._jobs = top / "jobs"
        self._jobs.mkdir(mode=0o700, parents=True, exist_ok=True)

    def uploads(self, job_id: str) -> Path:
        return self._jobs / job_id / "uploads"

    def run(self, job_id: str) -> Path:
        """The folder that the batch engine writes."""
        return self._jobs / job_id / "run"

    def report(self, job_id: str) -> Path:
        """The page with plots that the worker makes from the tables."""
        return self._jobs / job_id / "report.html"

    def lock(self, job_id: str) -> Path:
        """Held by the job's worker as long as it lives."""
        return self._jobs / job_id / "lock"

    def inputs(self, job_id: str) -> list[Path]:
        return sorted(self.uploads(job_id).iterdir())

    def save(self, job_id: str, name: str, content: BinaryIO) -> int:
        """Copy an upload here under its own name, made safe; its size.

        Raises:
            UnreadableInputError: two uploads have the same name.
            StorageError: the disk does not take it.
        """
        path = self.uploads(job_id) / safe_name(name)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with path.open("xb") as target:
                shutil.copyfileobj(content, target, CHUNK)
                target.flush()
                os.fsync(target.fileno())
        except FileExistsError as error:
            raise UnreadableInputError("Two of the files have the same name. Rename one and send them again.") from error
        except OSError as error:
            raise StorageError(f"The upload could not be kept ({error.strerror}). Free some space in the data directory and send it again.") from error
        return path.stat().st_size

    def delete_uploads(self, job_id: str) -> None:
        shutil.rmtree(self.uploads(job_id), ignore_errors=True)

    def delete(self, job_id: str) -> None:
        shutil.rmtree(self._jobs / job_id, ignore_errors=True)

    def sweep(self, states: dict[str, str]) -> int:
        """Delete what a kill left behind: folders without a job, uploads of ended jobs, partial results; how many folders went."""
        swept = 0
        for folder in self._jobs.iterdir():
            state = states.get(folder.name)
            if state is None:
                if time.time() - folder.stat().st_mtime > ORPHAN_SECONDS:
                    self.delete(folder.name)
                    swept += 1
            elif state == "done":
                self.delete_uploads(folder.name)
            elif state in {"failed", "cancelled"}:
                self.delete(folder.name)
        return swept

    def stale(self, job_ids: Iterable[str]) -> list[str]:
        """Those of these uploads that have not grown for an hour."""
        limit = time.time() - ORPHAN_SECONDS
        return [
            each for each in job_ids if not any(path.stat().st_mtime > limit for path in (self._jobs / each, *self.uploads(each).glob("*")) if path.exists())
        ]


def safe_name(name: str) -> str:
    """The last part of a file name without what a file system or a shell may trip over; the ending stays.

    >>> safe_name("..\\\\secret/April report?.csv")
    'April report_.csv'
    """
    last = re.split(r"[/\\\\]", name)[-1]
    cleaned = re.sub(r"[^\w .()+-]", "_", last).strip(" .")
    while len(cleaned.encode()) > MAX_NAME_BYTES:
        cleaned = cleaned[1:]
    return cleaned.lstrip(".-") or "upload"
