"""Labels as tools write them, to and from the taxonomy's.

Tools that know nothing but labelled regions get everything as one: `failure` or `reported` on the words, `attribution-individual`,
`factor-tasks` or `action-weaker` on the sentence; `factor-none` says that somebody looked and found none.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from nlp.errors import UnknownLabelError
from training.corpus import ATTRIBUTIONS, CATEGORIES, FACTORS, STRENGTHS, Document, Layer

Kind = Literal["category", "reported", "attribution", "factor", "action", "left out"]
REPORTED = "reported"
VALUES: dict[Kind, tuple[str, ...]] = {"attribution": ATTRIBUTIONS, "factor": (*FACTORS, "none"), "action": STRENGTHS}
FIELDS: dict[str, Kind] = {
    "attribution": "attribution",
    "attr": "attribution",
    "factor": "factor",
    "factors": "factor",
    "action": "action",
    "action_strength": "action",
    "reported": "reported",
}
FIELD_OF: dict[Kind, str] = {"attribution": "attribution", "factor": "factors", "action": "action_strength"}
FLAT = (*CATEGORIES, REPORTED, *(f"{kind}-{value}" for kind, values in VALUES.items() for value in values))


class FlatMark(NamedTuple):
    """A label on a region, in code points of the text."""

    start: int
    end: int
    label: str


class Labels:
    """What labels mean, whatever their case and separators. `mapping` says what a tool's own labels stand for; `-` leaves one out."""

    def __init__(self, mapping: Mapping[str, str] | None = None) -> None:
        self._meanings = _meanings()
        for label, meaning in (mapping or {}).items():
            self._meanings[_normal(label)] = ("left out", "") if meaning == "-" else self.meaning(meaning)

    def meaning(self, label: str, kind: Kind | None = None) -> tuple[Kind, str]:
        """Kind and id. `kind` is the question that the tool asked, where it says so; `none` needs one.

        Raises:
            UnknownLabelError: the taxonomy has no such label; the message lists those it has.
        """
        normal = _normal(label)
        found = (self._meanings.get(f"{kind}_{normal}") if kind else None) or self._meanings.get(normal)
        if found is None:
            shown = repr(label) if re.fullmatch(r"[\w .:/-]{1,40}", label) else f"of {len(label)} characters"
            raise UnknownLabelError(f"There is no label {shown}. Choose from: {', '.join(FLAT)}; or say what it stands for: --map LABEL=failure")
        return found


def flat_marks(document: Document, layer: Layer) -> Iterator[FlatMark]:
    """Everything that the layer says, as labelled regions."""
    for span in layer.spans:
        yield FlatMark(span.start, span.end, span.category)
        if span.reported:
            yield FlatMark(span.start, span.end, REPORTED)
    for at, mark in enumerate(document.sentences):
        for kind, value in sentence_labels(layer, at):
            yield FlatMark(mark.start, mark.end, f"{kind}-{value}")


def sentence_labels(layer: Layer, at: int) -> Iterator[tuple[Kind, str]]:
    """What the layer says of one sentence; nothing for what was not labelled."""
    if (attribution := layer.attribution[at]) is not None:
        yield "attribution", attribution
    if (factors := layer.factors[at]) is not None:
        for factor in factors or ("none",):
            yield "factor", factor
    if (strength := layer.action_strength[at]) is not None:
        yield "action", strength


def _meanings() -> dict[str, tuple[Kind, str]]:
    found: dict[str, tuple[Kind, str]] = {REPORTED: ("reported", REPORTED)}
    for kind, values in VALUES.items():
        for value in values:
            if value != "none":
                found[value] = (kind, value)
            found.update({f"{field}_{value}": (kind, value) for field, of in FIELDS.items() if of == kind})
    found.update({category: ("category", category) for category in CATEGORIES})
    return found


def _normal(label: str) -> str:
    return re.sub(r"[\W_]+", "_", label.casefold()).strip("_")
