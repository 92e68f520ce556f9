"""What a job is, for the database, the API and the page alike."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from service.jobs.options import JobOptions

State = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED: tuple[State, ...] = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One batch of uploaded files. `version` grows with every change and is the id of its events.

    `rows_total` is None until it is known; `rows_failed` are rows in the errors table; times are UTC. `code` and `message` say why a job failed.
    """

    id: str
    state: State
    version: int
    options: JobOptions
    files: int
    upload_bytes: int
    rows_done: int
    rows_failed: int
    rows_total: int | None
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None
    code: str | None
    message: str | None

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED
