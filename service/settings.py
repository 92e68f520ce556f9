"""Settings, made once at the edge. Environment variables `SECONDSTORY_MAX_TEXT_CHARS` and so on override the defaults."""

import os
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Settings(BaseModel):
    """Announced limits. Unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_text_chars: int = Field(200_000, ge=1, description="Longest text, in code points.")
    max_texts: int = Field(50, ge=1, description="Most texts in one request.")
    max_body_bytes: int = Field(2_000_000, ge=1_000, description="Largest request body, in bytes.")
    time_limit_s: float = Field(30.0, gt=0, description="Longest wait for an analysis, in seconds.")
    max_waiting: int = Field(32, ge=1, description="Most requests that wait for the analyser at a time.")
    llm_url: str = Field("", description="OpenAI-compatible endpoint of your own (http://127.0.0.1:8080/v1); empty: no language model.")
    llm_model: str = Field("", description="Name of the model at that endpoint.")
    llm_timeout: float = Field(10.0, gt=0, description="Longest time for all calls of one report, in seconds.")
    data_directory: Path = Field(default_factory=lambda: user_data_path("secondstory"), description="Where batch jobs keep uploads and results.")
    database_url: SecretStr = Field(SecretStr(""), description="Where batch jobs are listed: postgresql://…, sqlite:///…; empty: a file in the data directory.")
    max_queued_jobs: int = Field(20, ge=1, description="Most batch jobs that wait, run or come in at a time.")
    max_upload_bytes: int = Field(1_000_000_000, ge=1_000, description="Largest upload of a batch job, all files together, in bytes.")
    max_upload_files: int = Field(1_000, ge=1, description="Most files in one batch job.")
    retention_days: int = Field(7, ge=1, description="Days after which an ended batch job and its results are deleted; its uploads go when it ends.")
    job_workers: int = Field(default_factory=lambda: max(1, (os.cpu_count() or 2) - 1), ge=1, description="Processes that score the running batch job.")

    @property
    def jobs_database(self) -> str:
        """The address of the jobs database; holds the password."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.data_directory / 'jobs.sqlite3'}"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Settings with what the environment overrides."""
        prefix = "SECONDSTORY_"
        return cls.model_validate({name: environment[prefix + name.upper()] for name in cls.model_fields if prefix + name.upper() in environment})
