"""What the service tells a worker process; apart from both, so that the service does not load the batch engine."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict


class Orders(BaseModel):
    """What the worker is told. It comes over a pipe, since the database's address may hold a password."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    job_id: str
    data_directory: Path
    database_url: str
    retention_days: int
    workers: int
