"""What may be asked for with an upload. Unknown keys are refused."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from service.batch.options import BatchOptions, ColumnMap
from service.wiring import Choice

Column = Annotated[str, Field(min_length=1, max_length=200)]


class Columns(BaseModel):
    """Which column of a table holds what; files of prose (.txt, .docx) need none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Column = "text"
    report_id: Column | None = None
    date: Column | None = None
    unit: Column | None = None
    type: Column | None = None
    severity: Column | None = None
    staff_group: Column | None = None
    keep: Annotated[tuple[Column, ...], Field(max_length=100)] = ()
    date_format: Annotated[str, Field(max_length=40)] | None = None


class JobOptions(BaseModel):
    """How to score. `title` is for people to tell jobs apart; `with_text` puts the reports' text into the result.

    `audits` are columns whose groups the report compares: `staff_group`, or one that `mapping.keep` names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"mapping": {"text": "Description"}, "csv": True}]})

    title: Annotated[str, Field(max_length=100)] = ""
    mapping: Columns = Columns()
    detector: Choice = "released"
    with_text: bool = False
    csv: bool = True
    encoding: Annotated[str, Field(max_length=40)] = "utf-8"
    sheet: Annotated[str, Field(max_length=100)] | None = None
    audits: Annotated[tuple[Column, ...], Field(max_length=10)] = ()

    @model_validator(mode="after")
    def _audits_are_kept(self) -> "JobOptions":
        if set(self.audits) - {"staff_group", *self.mapping.keep}:
            raise ValueError("an audit needs its column among mapping.keep")
        return self

    def for_batch(self, *, workers: int = 1, resume: bool = False) -> BatchOptions:
        """The same for the batch engine, which checks what only it knows.

        Raises:
            UnreadableInputError: an option is not one, such as an unknown encoding.
        """
        chosen = self.model_dump(exclude={"title", "mapping", "audits"})
        return BatchOptions(mapping=ColumnMap(**self.mapping.model_dump()), workers=workers, resume=resume, **chosen)
