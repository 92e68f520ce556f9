"""Saved column maps: a TOML file with the keys of the flags. Those that ship lie in `profiles/`, one a source."""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from nlp.errors import UnreadableInputError
from service.batch.options import ColumnMap

FOLDER = Path(__file__).with_name("profiles")


class Profile(BaseModel):
    """A profile as it stands in the file. Unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    title: str
    text: str
    id: str | None = None
    date: str | None = None
    unit: str | None = None
    type: str | None = None
    severity: str | None = None
    staff_group: str | None = None
    keep: list[str] = []
    date_format: str | None = None

    def mapping(self) -> ColumnMap:
        """The column map of this profile."""
        values = self.model_dump(exclude={"title", "id", "keep"})
        return ColumnMap(**values, report_id=self.id, keep=tuple(self.keep))


def shipped() -> tuple[str, ...]:
    """The names of the profiles that ship."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def read_profile(name: str) -> Profile:
    """The profile of this name, or in this .toml file.

    Raises:
        UnreadableInputError: there is none, or it has a wrong or unknown key; the message says which.
    """
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if not path.is_file():
        raise UnreadableInputError(f"There is no profile {name!r}. Give a .toml file or one of: {', '.join(shipped())}.")
    try:
        return Profile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableInputError(f"The profile '{path}' is not TOML. Compare it with those in service/batch/profiles.") from error
    except ValidationError as error:
        wrong = "; ".join(f"'{'.'.join(map(str, each['loc']))}': {each['msg'].lower()}" for each in error.errors())
        known = ", ".join(Profile.model_fields)
        raise UnreadableInputError(f"The profile '{path}' cannot be used: {wrong}. Its keys are: {known}.") from error


def merged(mapping: ColumnMap, **flags: Any) -> ColumnMap:
    """The map with what the flags name in place of what it says; a flag that is None or empty was not given."""
    return replace(mapping, **{name: value for name, value in flags.items() if value})
