"""The columns of the network's output, by name: what each head predicts. Artefacts record them, so labels map by name and never by position."""

from dataclasses import dataclass
from typing import get_args

from nlp.report import ActionStrength, Attribution
from nlp.taxonomy import load

OUTSIDE = "outside"
HEADS = ("attribution", "factors", "action_strength", "counted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Label names of every head, in the order of the output's columns."""

    token: tuple[str, ...]
    attribution: tuple[str, ...]
    factors: tuple[str, ...]
    action_strength: tuple[str, ...]

    @property
    def columns(self) -> dict[str, slice]:
        """Where each head stands in the last axis: token classes, reported, the sentence heads, and one attention gate a sentence head."""
        widths = {
            "token": len(self.token),
            "reported": 1,
            "attribution": len(self.attribution),
            "factors": len(self.factors),
            "action_strength": len(self.action_strength),
            "counted": 1,
            "gates": len(HEADS),
        }
        found, at = {}, 0
        for name, width in widths.items():
            found[name] = slice(at, at + width)
            at += width
        return found

    @property
    def width(self) -> int:
        """How many numbers the network gives for each token."""
        return int(self.columns["gates"].stop)


def current_labels() -> Labels:
    """The labels of the taxonomy that is installed."""
    taxonomy = load()
    return Labels(
        token=(OUTSIDE, *(category.id for category in taxonomy.categories)),
        attribution=get_args(Attribution),
        factors=tuple(factor.id for factor in taxonomy.factors),
        action_strength=get_args(ActionStrength),
    )
