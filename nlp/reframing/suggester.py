"""The walk of suggestions by rules: edits, rewrites and questions for each finding, then what concerns a sentence as a whole.

An edit is re-read before it leaves: all edited sentences of a report are parsed together, once, and an edit whose sentence is marked anew is dropped.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Span

from nlp.merging import merge
from nlp.parsing import Parse, Parser
from nlp.reframing.edits import edit_of
from nlp.reframing.grammar import Patch
from nlp.reframing.marked import Marked, marked_by
from nlp.reframing.questions import Asked, question_for_action, questions_for
from nlp.reframing.rereading import Rereader, categories
from nlp.reframing.rewrites import actor_restored, rewrite_of
from nlp.reframing.safeguards import Change, refused_because
from nlp.report import Finding, Sentence, Suggestion
from nlp.rules import RuleDetector
from nlp.taxonomy import load

SAFE = "The words change and the facts do not: actor, tense, number, negation stay."
GAPS = "The sentence with gaps for what only the author can supply; nothing is filled in."
TOGETHER = "All marked words of this sentence together."
AGENTLESS = "An agentless sentence: who acted, by role, belongs in the account. Advice only, never counted."


@dataclass(frozen=True, slots=True)
class Advice:
    """The findings of a report, by sentence, and its sentences, both with their suggestions."""

    findings: tuple[tuple[Finding, ...], ...]
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class _Draft:
    marked: Marked
    edit: tuple[Patch, ...] | None


class NoSuggester:
    """No suggestions, for runs that keep none."""

    def suggest(self, parse: Parse, findings: Sequence[Sequence[Finding]], sentences: Sequence[Sentence]) -> Advice:
        """Findings and sentences as they are."""
        return Advice(tuple(map(tuple, findings)), tuple(sentences))


class RuleSuggester:
    """Suggestions by rules. Uses the parser that made the parse, to read edited sentences again."""

    def __init__(self, parser: Parser) -> None:
        self._rereader = Rereader(parser)
        self._detector = RuleDetector()

    def suggest(self, parse: Parse, findings: Sequence[Sequence[Finding]], sentences: Sequence[Sentence]) -> Advice:
        """Advice on every counted finding of a sentence that is not protected, and on sentences; `findings` runs beside `sentences`."""
        drafts = [
            [] if sentence.protected else list(_drafts(inside, span, parse.report.text))
            for span, inside, sentence in zip(parse.sentences, findings, sentences, strict=True)
        ]
        drafts = self._reread(parse, drafts)
        asked = Asked()
        advised: list[tuple[Finding, ...]] = []
        told: list[Sentence] = []
        for place, (inside, sentence) in enumerate(zip(findings, sentences, strict=True)):
            by_id = {draft.marked.finding.id: draft for draft in drafts[place]}
            out: list[Finding] = []
            for finding in inside:
                draft = by_id.get(finding.id)
                out.append(replace(finding, suggestions=tuple(_for_finding(draft, asked))) if draft else finding)
            advised.append(tuple(out))
            told.append(replace(sentence, suggestions=tuple(_for_sentence(parse, place, sentence, out, drafts[place], asked))))
        return Advice(tuple(advised), tuple(told))

    def _reread(self, parse: Parse, drafts: list[list[_Draft]]) -> list[list[_Draft]]:
        """The drafts without the edits whose sentence, read again, is marked where it was not, or still marked where it was edited."""
        edited = [draft for group in drafts for draft in group if draft.edit]
        if not edited:
            return drafts
        before = _counts(parse, self._detector.detect(parse))
        found = self._rereader.read([draft.marked.after(draft.edit or ()) for draft in edited])
        refused = {
            id(draft)
            for draft, inside in zip(edited, found, strict=True)
            if _is_marked_anew(draft, inside, before.get(draft.marked.sentence.start_char, Counter()))
        }
        return [[replace(draft, edit=None) if id(draft) in refused else draft for draft in group] for group in drafts]


def _counts(parse: Parse, findings: Sequence[Finding]) -> dict[int, Counter[str]]:
    """Categories that the rules mark in each sentence, by its start."""
    counts: dict[int, Counter[str]] = {}
    merged, place = merge(findings), 0
    for span in parse.sentences:
        while place < len(merged) and merged[place].start < span.end_char:
            counts.setdefault(span.start_char, Counter())[merged[place].category] += 1
            place += 1
    return counts


def _is_marked_anew(draft: _Draft, inside: Sequence[Finding], before: Counter[str]) -> bool:
    if categories(inside) - before:
        return True
    first = min(draft.edit or (), key=lambda patch: patch.start)
    start = len(" ".join(draft.marked.text[draft.marked.sentence.start_char : first.start].split()))
    end = start + len(first.words) + 1
    return bool(first.words) and any(finding.start < end and finding.end > start + 1 for finding in inside)


def _drafts(findings: Sequence[Finding], sentence: Span, text: str) -> Iterator[_Draft]:
    for finding in findings:
        marked = marked_by(finding, sentence, text) if finding.counted else None
        if marked is None:
            continue
        patches = edit_of(marked)
        yield _Draft(marked, tuple(patches) if patches and _refusal(marked, patches, "edit") is None else None)


def _refusal(marked: Marked, patches: Sequence[Patch], kind: str) -> str | None:
    sentence = marked.sentence
    start, end = min(patch.start for patch in patches), max(patch.end for patch in patches)
    if start < sentence.start_char or end > sentence.end_char:
        return "it leaves the sentence"
    words = marked.text[marked.finding.start : marked.finding.end]
    touched = " ".join(marked.text[patch.start : patch.end] for patch in patches) if kind == "rewrite" else ""
    return refused_because(
        Change(before=marked.text[sentence.start_char : sentence.end_char], after=marked.after(patches), marked=f"{words} {touched}", kind=kind)
    )


def _for_finding(draft: _Draft, asked: Asked) -> Iterator[Suggestion]:
    marked = draft.marked
    if draft.edit:
        yield _replacing(marked, draft.edit, safe=True)
    patches = rewrite_of(marked, draft.edit)
    if patches and _refusal(marked, patches, "rewrite") is None:
        start, end = marked.sentence.start_char, marked.sentence.end_char
        yield Suggestion(kind="rewrite", start=start, end=end, replacement=marked.after(patches), reason=GAPS)
    yield from questions_for(marked, asked)


def _replacing(marked: Marked, patches: Sequence[Patch], *, safe: bool) -> Suggestion:
    """One replacement from the first word touched to the last."""
    start, end = min(patch.start for patch in patches), max(patch.end for patch in patches)
    lead = marked.text[marked.sentence.start_char : start]
    tail = marked.text[end : marked.sentence.end_char]
    whole = marked.after(patches)
    return Suggestion(
        kind="edit",
        start=start,
        end=end,
        replacement=whole[len(lead) : len(whole) - len(tail)],
        safe=safe,
        reason=f"{load().category(marked.finding.category).standard}. {SAFE}",
    )


def _for_sentence(parse: Parse, place: int, sentence: Sentence, findings: Sequence[Finding], drafts: Sequence[_Draft], asked: Asked) -> Iterator[Suggestion]:
    if sentence.protected:
        return
    span, text = parse.sentences[place], parse.report.text
    if len(drafts) > 1:
        together = _together(drafts)
        if together:
            yield Suggestion(kind="rewrite", start=sentence.start, end=sentence.end, replacement=drafts[0].marked.after(together), reason=f"{TOGETHER} {GAPS}")
    if sentence.hidden_actor and sentence.attribution not in {"system", "mixed"}:  # where a condition is the explanation, nobody is looked for
        patches = actor_restored(span, text)
        before = text[sentence.start : sentence.end]
        if patches and sentence.start <= patches[0].start <= sentence.end:
            at = patches[0].start - sentence.start
            after = before[:at] + patches[0].words + before[at:]
            if refused_because(Change(before=before, after=after, marked="", kind="restore_actor")) is None:
                yield Suggestion(kind="restore_actor", start=sentence.start, end=sentence.end, replacement=after, reason=AGENTLESS)
    if sentence.action_strength == "weaker" and not findings:
        strengthen = question_for_action(span, asked)
        if strengthen:
            yield strengthen


def _together(drafts: Sequence[_Draft]) -> list[Patch] | None:
    """The patches of all findings of a sentence that go together, at least of two."""
    chosen: list[Patch] = []
    joined = 0
    for draft in drafts:
        patches = rewrite_of(draft.marked, draft.edit) or draft.edit
        if not patches or any(patch.start < other.end and patch.end > other.start for patch in patches for other in chosen):
            continue
        chosen += [patch for patch in patches if not any(patch.start == other.start == patch.end == other.end for other in chosen)]
        joined += 1
    if joined < 2:
        return None
    marked = drafts[0].marked
    words = " ".join(draft.marked.text[draft.marked.finding.start : draft.marked.finding.end] for draft in drafts)
    touched = " ".join(marked.text[patch.start : patch.end] for patch in chosen)
    sentence = marked.sentence
    change = Change(before=marked.text[sentence.start_char : sentence.end_char], after=marked.after(chosen), marked=f"{words} {touched}", kind="rewrite")
    return chosen if refused_because(change) is None else None
