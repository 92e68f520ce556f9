"""Where a sentence places its explanation, by rules: points for a person's part and points for a condition (guidelines, section 4)."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from spacy.tokens import Span, Token

from nlp.actors import SUBJECTS, is_conduct, kind_of, subject_of
from nlp.expressions import expanded, lowered
from nlp.parsing import REMEMBERED, Parse
from nlp.report import ActionStrength, Attribution, Finding

HERE = Path(__file__).parent
ACTS = {"nsubj", "nsubjpass", "agent", "poss"}
PEOPLE = {"staff", "patient"}
MIXED = 1  # points that both sums need for `mixed`
CONDITIONED = 3  # points of a condition that stand beside blame
HEADING = 90  # characters: a longer line is prose
# Where blame falls on an organisation: what makes it a matter of arrangements, and of conduct towards one person (guideline 4.7).
ARRANGEMENTS = re.compile(
    r"\b(?:ensure|provide|implement|develop|establish|maintain|staff|train|enforce|monitor|have|supervise|assess\s+the\s+workplace|commission|"
    r"fund|system|polic(?:y|ies)|process|procedures?|program|training|staffing|arrangements?|equipment|guidance|governance)\b",
    re.IGNORECASE,
)
ONE_PERSON = re.compile(r"\b(?:for|in|to|of)\s+(?:one|1)\b|\bpatient\s*\(?#?\s*\d|\bthe\s+(?:patient|deceased)\b|\b(?:his|her)\b", re.IGNORECASE)
STANDING = re.compile(r"\b(?:polic|system|staffing|training|process|procedures|program|enforce|log)\w*\b", re.IGNORECASE)
TELLING = {
    "concern", "find", "state", "hear", "report", "tell", "note", "understand", "say", "believe", "advise", "be", "think", "feel", "know",
}  # fmt: skip
# Two kinds of cue that say more together than apart.
JOINED = {
    "omission_leads": ({"omission", "not_done", "staff_does_not", "patient_does_not"}, {"led_to", "contributed"}),
    "because_omission": ({"omission", "not_done", "staff_does_not", "patient_does_not"}, {"because_person"}),
    "act_leads": ({"mind", "without_doing", "owned_act"}, {"led_to", "contributed", "probable_cause"}),
    "because_condition": ({"no_arrangement", "shortage", "load", "place", "weather", "broken"}, {"because", "due_to", "made_it"}),
}
HUMAN_ACTS = {
    "give", "administer", "prescribe", "make", "omit", "decide", "discharge", "send", "record", "document", "check", "complete", "connect",
    "dispense", "transcribe", "select", "choose", "cancel", "delay", "discontinue", "leave", "place", "enter", "remove", "silence", "miss",
}  # fmt: skip
TROUBLE = re.compile(
    r"\b(?:wrong|incorrect|mistakes?|errors?|not|never|late|delayed|missed|omitted|overdose|instead|without)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceLabels:
    """All labels of one sentence; `confidence` is that of the attribution, `blame` the probability of counted blame wording, where one is known."""

    attribution: Attribution
    factors: tuple[str, ...]
    action_strength: ActionStrength
    confidence: float
    hidden_actor: bool
    blame: float | None = None


@dataclass(frozen=True, slots=True)
class Cues:
    """The expressions of `attribution.toml` and `actions.toml`, compiled; `points` are (person, condition) by cue or flag."""

    gate: dict[str, re.Pattern[str]]
    evidence: dict[str, re.Pattern[str]]
    points: dict[str, tuple[int, int]]
    factors: dict[str, re.Pattern[str]]
    actions: dict[str, re.Pattern[str]]


@lru_cache(maxsize=1)
def cues() -> Cues:
    """Read once."""
    with (HERE / "attribution.toml").open("rb") as file:
        source: dict[str, Any] = tomllib.load(file)
    with (HERE / "actions.toml").open("rb") as file:
        actions = tomllib.load(file)

    def compiled(table: dict[str, str]) -> dict[str, re.Pattern[str]]:
        return {key: re.compile(expanded(value)) for key, value in table.items()}

    rows, flags = source.pop("cue"), source.pop("flags")
    points = {row["name"]: (row["person"], row["condition"]) for row in rows} | {name: (pair[0], pair[1]) for name, pair in flags.items()}
    factors = compiled(source.pop("factors"))
    evidence = compiled({row["name"]: row["pattern"] for row in rows})
    gate = {key: re.compile(expanded(value), re.IGNORECASE) for key, value in source.items()}
    return Cues(gate, evidence, points, factors, compiled(actions))


class RuleLabeller:
    """Labels of every sentence by rules."""

    def label(self, parse: Parse, findings: Sequence[Sequence[Finding]]) -> list[SentenceLabels]:
        """One set of labels a sentence; `findings` are the blame findings inside each."""
        labels = []
        in_concerns = False
        for sentence, inside in zip(parse.sentences, findings, strict=True):
            in_concerns = _section(sentence, in_concerns)
            labels.append(label_sentence(sentence, inside, in_concerns=in_concerns))
        return labels


def label_sentence(sentence: Span, findings: Sequence[Finding], *, in_concerns: bool = False) -> SentenceLabels:
    """Labels of one parsed sentence; `findings` are the blame findings inside it, `in_concerns` whether its section states concerns or causes."""
    text = lowered(sentence.text)
    counted = [finding for finding in findings if finding.counted]
    person, condition = sums(evidence(sentence, text, findings, in_concerns=in_concerns))
    attribution = _attribution(sentence, text, counted, person, condition)
    return SentenceLabels(
        attribution=attribution,
        factors=_factors(text) if attribution in {"system", "mixed"} else (),
        action_strength=_action_strength(text, counted, explains=attribution != "none"),
        confidence=_confidence(attribution, person, condition),
        hidden_actor=_hides_actor(sentence, text),
    )


def evidence(sentence: Span, text: str, findings: Sequence[Finding], *, in_concerns: bool) -> frozenset[str]:
    """The names of all cues and flags that the sentence holds; `text` is the sentence in small letters."""
    named = set(_worded(text))
    named.update(_flags(sentence, findings))
    if in_concerns:
        named.add("in_concerns")
    named.update(name for name, (one, other) in JOINED.items() if one & named and other & named)
    return frozenset(named)


@lru_cache(maxsize=REMEMBERED)
def _worded(text: str) -> frozenset[str]:
    """The cues that the words alone give; remembered, as an edited report is mostly the same."""
    return frozenset(name for name, cue in (*cues().evidence.items(), *cues().factors.items()) if cue.search(text))


def sums(named: frozenset[str]) -> tuple[int, int]:
    """Points for a person's part and for a condition."""
    table = cues().points
    held = [table["always"], *(table[name] for name in named if name in table)]
    return sum(person for person, _ in held), sum(condition for _, condition in held)


def _flags(sentence: Span, findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings:
        yield "blame" if finding.counted else "blame_reported"
    root = sentence.root
    if root.tag_ == "VB" and root.i - sentence.start <= 3 and not any(child.dep_ in SUBJECTS | {"aux"} for child in root.children):
        yield "imperative"
    for token in sentence:
        kind = kind_of(token) if token.dep_ in ACTS or token.dep_ in {"pobj", "compound"} else None
        if kind == "organisation" and token.dep_ in SUBJECTS | {"poss"}:
            yield "organisation_acts"
        if token.dep_ == "poss" and kind == "staff" and is_conduct(token.head):
            yield "owned_act"
        if token.pos_ not in {"VERB", "AUX"} or token.lemma_ in TELLING:
            continue
        actor = kind_of(subject_of(token))
        if actor in PEOPLE:
            yield f"{actor}_acts"
            if any(child.dep_ == "neg" for child in token.children):
                yield f"{actor}_does_not"
        elif actor == "thing":
            yield "thing_acts"
        elif any(child.dep_ == "nsubjpass" for child in token.children) and any(child.dep_ == "neg" for child in token.children):
            yield "not_done"


def _section(sentence: Span, in_concerns: bool) -> bool:
    gate = cues().gate
    head = sentence.text[:HEADING]
    if gate["closes"].search(head) and (len(sentence.text) <= HEADING or head.isupper()):
        return False
    return in_concerns or bool(gate["opens"].search(head))


def _attribution(sentence: Span, text: str, counted: Sequence[Finding], person: int, condition: int) -> Attribution:
    if cues().gate["silent"].search(text):
        return "none"
    if counted:
        return _of_blame(sentence, text, person, condition)
    if person > 0 and condition > 0:
        return "mixed" if min(person, condition) > MIXED else "individual" if person > condition else "system"
    return "individual" if person > 0 else "system" if condition > 0 else "none"


def _of_blame(sentence: Span, text: str, person: int, condition: int) -> Attribution:
    """Counted blame is never `none`: individual or mixed, or system where an organisation's arrangements are its target (guideline 4.7)."""
    organisation = any(kind_of(token) == "organisation" and token.dep_ in SUBJECTS | {"poss", "pobj", "compound"} for token in sentence)
    people = any(kind_of(token) in PEOPLE and token.dep_ in ACTS for token in sentence)
    towards_one = ONE_PERSON.search(text) and not STANDING.search(text)
    if organisation and ARRANGEMENTS.search(text) and not towards_one and (not people or sentence.root.lemma_ in {"fail", "ensure", "neglect"}):
        return "system"
    if condition > CONDITIONED:
        return "mixed" if person > 0 else "system"
    return "individual"


def _confidence(attribution: Attribution, person: int, condition: int) -> float:
    margin = abs(max(person, condition)) if attribution == "none" else max(person, condition, 1)
    return min(0.85, 0.5 + 0.05 * margin)


def _factors(text: str) -> tuple[str, ...]:
    counts = {name: len(cue.findall(text)) for name, cue in cues().factors.items()}
    named = [name for name, count in counts.items() if count]
    best = sorted(named, key=lambda name: -counts[name])[:2]
    return tuple(name for name in named if name in best) or ("organisation",)


def _action_strength(text: str, counted: Sequence[Finding], *, explains: bool) -> ActionStrength:
    actions = cues().actions
    if any(finding.category == "person_focused_action" for finding in counted):
        return "weaker"
    if not explains or actions["not_action"].search(text) or not actions["proposed"].search(text):
        return "none"
    strengths: tuple[ActionStrength, ...] = ("stronger", "intermediate", "weaker")
    return next((strength for strength in strengths if actions[strength].search(text)), "none")


def _hides_actor(sentence: Span, text: str) -> bool:
    if not TROUBLE.search(text):
        return False
    return any(_agentless(token) for token in sentence)


def _agentless(token: Token) -> bool:
    if token.tag_ != "VBN" or token.lemma_ not in HUMAN_ACTS:
        return False
    dependencies = {child.dep_ for child in token.children}
    return bool(dependencies & {"nsubjpass"}) and "agent" not in dependencies
