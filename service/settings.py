"""Settings, made once at the edge. Environment variables `SECONDSTORY_MAX_TEXT_CHARS` and so on override the defaults."""

import os
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field


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

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Settings with what the environment overrides."""
        prefix = "SECONDSTORY_"
        return cls.model_validate({name: environment[prefix + name.upper()] for name in cls.model_fields if prefix + name.upper() in environment})
