"""Where a sentence places its explanation, by rules: the gate first, then person against condition (guidelines, section 4)."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from spacy.tokens import Span, Token

from nlp.actors import SUBJECTS, kind_of, subject_of
from nlp.report import ActionStrength, Attribution, Finding

HERE = Path(__file__).parent
ACTS = {"nsubj", "nsubjpass", "agent", "poss"}
# A finding of these categories by an organisation is about arrangements; of the others about conduct (guideline 4.7).
ARRANGEMENTS = re.compile(
    r"\b(?:ensure|provide|implement|develop|establish|maintain|staff|train|enforce|monitor|have|supervise|assess\s+the\s+workplace|commission|"
    r"fund|system|polic(?:y|ies)|process|procedures?|program|training|staffing|arrangements?|equipment|guidance|governance)\b",
    re.IGNORECASE,
)
STATES = {"fatigue", "tired", "inexperience", "unfamiliar", "unaware"}
PEOPLE_DID_NOT = re.compile(
    r"\b(?:(?:was|were|had|has)\s+not\s+(?:been\s+)?(?:\w+ly\s+)?\w+(?:ed|en|ne|ad)|did\s*n[o']t\s+\w+|didn't\s+\w+|never\s+\w+ed|without\s+\w+ing|"
    r"fail\w*|decision|decided|chose|forgot|assum\w+|misread|misjudg\w*|mistake|error)\b",
    re.IGNORECASE,
)
WORRY = re.compile(r"\b(?:concern(?:s|ed|ing)?|risk|unclear|no\s+(?:\w+\s+)?(?:system|process|policy|guidance))\b", re.IGNORECASE)
ONE_PERSON = re.compile(
    r"\b(?:for|in|to|of)\s+(?:one|1)\b|\bpatient\s*\(?#?\s*\d|\bthe\s+(?:patient|deceased)\b|\b(?:his|her)\b", re.IGNORECASE
)
STANDING = re.compile(r"\b(?:polic|system|staffing|training|process|procedures|program|enforce|log)\w*\b", re.IGNORECASE)
ACT_NOUN = re.compile(
    r"(?:tion|sion|ment|ing|ance|ence|al|use|choice|loss|delay|failure|error|mistake|attempt|lack|control)s?$", re.IGNORECASE
)
CONTRAST = re.compile(r"\b(?:but|although|though|however|while|despite|in the absence of)\b", re.IGNORECASE)
TELLING = {
    "concern",
    "find",
    "state",
    "hear",
    "report",
    "tell",
    "note",
    "understand",
    "say",
    "believe",
    "advise",
    "be",
    "think",
    "feel",
    "know",
}
OMISSION = re.compile(r"\b(?:was|were|is|are)\s+(?:not|never)\s+(?:\w+ly\s+)?\w+(?:ed|en|ne)\b", re.IGNORECASE)
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
    """All labels of one sentence; `confidence` is that of the attribution."""

    attribution: Attribution
    factors: tuple[str, ...]
    action_strength: ActionStrength
    confidence: float
    hidden_actor: bool


@dataclass(frozen=True, slots=True)
class Cues:
    """The expressions of `attribution.toml` and `actions.toml`, compiled."""

    gate: dict[str, re.Pattern[str]]
    factors: dict[str, re.Pattern[str]]
    actions: dict[str, re.Pattern[str]]


@lru_cache(maxsize=1)
def cues() -> Cues:
    """Read once."""
    with (HERE / "attribution.toml").open("rb") as file:
        source = tomllib.load(file)
    with (HERE / "actions.toml").open("rb") as file:
        actions = tomllib.load(file)
    factors = source.pop("factors")

    def compiled(table: dict[str, str]) -> dict[str, re.Pattern[str]]:
        return {key: re.compile(value, re.IGNORECASE) for key, value in table.items()}

    return Cues(compiled(source), compiled(factors), compiled(actions))


def label_sentence(sentence: Span, findings: Sequence[Finding]) -> SentenceLabels:
    """Labels of one parsed sentence; `findings` are the blame findings inside it."""
    text = sentence.text
    counted = [finding for finding in findings if finding.counted]
    attribution, confidence = _attribution(sentence, text, counted)
    factors = tuple(name for name, cue in cues().factors.items() if cue.search(text)) if attribution in {"system", "mixed"} else ()
    if attribution == "system" and not factors:
        factors = ("organisation",)
    if len(factors) > 2:
        factors = _strongest(text, factors)
    return SentenceLabels(
        attribution=attribution,
        factors=factors,
        action_strength=_action_strength(text, counted),
        confidence=confidence,
        hidden_actor=_hides_actor(sentence),
    )


def _attribution(sentence: Span, text: str, counted: Sequence[Finding]) -> tuple[Attribution, float]:
    gate = cues().gate
    if gate["question"].search(text):
        return "none", 0.8
    condition = bool(gate["condition"].search(text))
    if counted:
        return _of_blame(sentence, text, condition)
    if gate["policy"].search(text) or gate["medical"].search(text):
        return "none", 0.75
    causal, concern, recommends = (bool(gate[name].search(text)) for name in ("causal", "concern", "recommend"))
    if not (causal or concern or recommends):
        return ("individual", 0.5) if _names_an_act(sentence) else ("none", 0.75)
    factor = any(cue.search(text) for cue in cues().factors.values())
    people = _people_act(sentence)
    if recommends and not causal:
        return ("system", 0.6) if factor else ("none", 0.5)
    if causal and _owns_an_act(sentence) and not condition:
        return ("mixed", 0.5) if _conditional_factor(text) and " and " in text else ("individual", 0.6)
    if condition:
        return ("mixed", 0.5) if people and causal and PEOPLE_DID_NOT.search(text) else ("system", 0.7)
    if causal and people and PEOPLE_DID_NOT.search(text):
        return "individual", 0.6
    if causal and OMISSION.search(text):
        return "individual", 0.55
    if _conditional_factor(text):
        return "system", 0.6
    if causal and factor and not people:
        return "system", 0.55
    if concern and factor:
        return ("none", 0.5) if people and not WORRY.search(text) else ("system", 0.5)
    return "none", 0.55


def _of_blame(sentence: Span, text: str, condition: bool) -> tuple[Attribution, float]:
    organisation = any(kind_of(token) == "organisation" and token.dep_ in SUBJECTS | {"poss", "pobj", "compound"} for token in sentence)
    people = any(kind_of(token) in {"staff", "patient"} and token.dep_ in ACTS for token in sentence)
    if organisation and not people:
        towards_one = ONE_PERSON.search(text) and not STANDING.search(text)
        return ("system", 0.65) if ARRANGEMENTS.search(text) and not towards_one else ("individual", 0.6)
    if condition and people and (cues().gate["causal"].search(text) or CONTRAST.search(text)):
        return "mixed", 0.5
    if organisation and ARRANGEMENTS.search(text) and sentence.root.lemma_ in {"fail", "ensure", "neglect"}:
        return "system", 0.55
    return "individual", 0.7


def _conditional_factor(text: str) -> bool:
    return bool(cues().gate["machine"].search(text)) and bool(cues().gate["causal"].search(text))


def _names_an_act(sentence: Span) -> bool:
    """A causal fragment such as *the pilot's decision to continue*: a person's act, and no verb that narrates."""
    root = sentence.root
    return root.pos_ == "NOUN" and any(child.dep_ == "poss" and kind_of(child) == "staff" for child in root.children)


def _owns_an_act(sentence: Span) -> bool:
    """*Contributing to the accident was the pilot's decision to continue*: an act as a noun, with its owner."""
    return any(
        token.dep_ == "poss" and kind_of(token) == "staff" and token.head.dep_ in {"nsubj", "attr", "ROOT", "pobj", "conj", "dobj"}
        and ACT_NOUN.search(token.head.text)
        for token in sentence
    )  # fmt: skip


def _people_act(sentence: Span) -> bool:
    return any(
        token.pos_ in {"VERB", "AUX"} and token.lemma_ not in TELLING and kind_of(subject_of(token)) in {"staff", "patient"}
        for token in sentence
    )


def _strongest(text: str, factors: tuple[str, ...]) -> tuple[str, ...]:
    counts = {name: len(cues().factors[name].findall(text)) for name in factors}
    best = set(sorted(factors, key=lambda name: -counts[name])[:2])
    return tuple(name for name in factors if name in best)


def _action_strength(text: str, counted: Sequence[Finding]) -> ActionStrength:
    actions = cues().actions
    if any(finding.category == "person_focused_action" for finding in counted):
        return "weaker"
    if actions["not_action"].search(text) or not actions["proposed"].search(text):
        return "none"
    strengths: tuple[ActionStrength, ...] = ("stronger", "intermediate", "weaker")
    return next((strength for strength in strengths if actions[strength].search(text)), "none")


def _hides_actor(sentence: Span) -> bool:
    if not TROUBLE.search(sentence.text):
        return False
    return any(_agentless(token) for token in sentence)


def _agentless(token: Token) -> bool:
    if token.tag_ != "VBN" or token.lemma_ not in HUMAN_ACTS:
        return False
    dependencies = {child.dep_ for child in token.children}
    return bool(dependencies & {"nsubjpass"}) and "agent" not in dependencies
