"""The edits, tried in order: the first construction that recognises the marked words makes the edit, and there is one at most a finding."""

from collections.abc import Callable

from nlp.reframing.grammar import Patch
from nlp.reframing.marked import Marked
from nlp.reframing.omissions import did_not_bother, failed_to, failure_to
from nlp.reframing.wording import doubting_verb, judging_adverb, plain_adjective, treatment_not_taken

EDITS: tuple[Callable[[Marked], list[Patch] | None], ...] = (
    judging_adverb,
    did_not_bother,
    failed_to,
    failure_to,
    plain_adjective,
    doubting_verb,
    treatment_not_taken,
)


def edit_of(marked: Marked) -> list[Patch] | None:
    """The patches of the one edit whose grammar is sure; None where there is none."""
    return next((patches for edit in EDITS if (patches := edit(marked))), None)
