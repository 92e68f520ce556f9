"""What may come in. Unknown keys are refused."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from nlp.report import OffsetUnit

EXAMPLE = "The nurse carelessly failed to check the allergy status."


class Text(BaseModel):
    """One text of a list, with an id of the caller's choice."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, Field(max_length=200)] | None = None
    text: str


class AnalyzeRequest(BaseModel):
    """Exactly one of `text` and `texts`. Texts are taken as they are; nothing is stored."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"text": EXAMPLE}, {"texts": [{"id": "R1", "text": EXAMPLE}], "offset_unit": "utf16"}]},
    )

    id: Annotated[str, Field(max_length=200)] | None = None
    text: str | None = None
    texts: list[Text] | None = None
    offset_unit: OffsetUnit = "codepoint"

    @model_validator(mode="after")
    def _one_of(self) -> "AnalyzeRequest":
        if (self.text is None) == (self.texts is None):
            raise ValueError("send exactly one of 'text' (a string) and 'texts' (a list)")
        return self


class DocumentText(BaseModel):
    """Revised text to be written into a document."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str
