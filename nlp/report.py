"""The shared types: what goes in (`Report`), what comes out (`Analysis`) and what is in it. Frozen, checked when made.

Offsets are half-open and count Unicode code points of the text as it came in: `text[start:end]` is always the words.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nlp.errors import UnreadableInputError

Attribution = Literal["individual", "system", "mixed", "none"]
ActionStrength = Literal["stronger", "intermediate", "weaker", "none"]
SuggestionKind = Literal["edit", "rewrite", "ask", "strengthen", "restore_actor"]
WrittenBy = Literal["rules", "language-model"]
OffsetUnit = Literal["codepoint", "utf16"]


@dataclass(frozen=True, slots=True)
class Report:
    """One text to be read. `text` is kept exactly as received; nothing is normalised."""

    id: str
    text: str
    meta: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if any("\ud800" <= character <= "\udfff" for character in self.text):
            raise UnreadableInputError(f"Report {self.id!r} holds lone surrogates, which are not text. Send it as valid UTF-8.")

    @property
    def digest(self) -> str:
        """The first 16 hexadecimal digits of the text's SHA-256."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Something the author may do about a finding.

    An `edit`, `rewrite` or `restore_actor` replaces `text[start:end]` by `replacement`, which may hold gaps for the author in
    square brackets; an `ask` or `strengthen` has a `question` and no offsets. `safe` means: may be applied as it is; `written_by` says by whom.
    """

    kind: SuggestionKind
    start: int | None = None
    end: int | None = None
    replacement: str | None = None
    question: str | None = None
    safe: bool = False
    reason: str
    written_by: WrittenBy = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Words that a fair investigation would reword, support with evidence or follow with a question.

    `counted` is false for reported voice, protected passages and advisories; `uncounted_because` then says which.
    `source` names the rule or model; `standard` the published rule behind it.
    """

    id: str
    start: int
    end: int
    category: str
    confidence: float
    counted: bool = True
    uncounted_because: str | None = None
    rationale: str
    source: str
    standard: str
    suggestions: tuple[Suggestion, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"A finding needs 0 <= start < end, not {self.start}..{self.end}.")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"A confidence lies between 0 and 1, not {self.confidence}.")


def finding_id(report: Report, *, start: int, end: int, category: str, source: str) -> str:
    """A digest that stays the same over re-runs, so that a review of a finding survives them."""
    key = f"{report.digest}:{start}:{end}:{category}:{source}"
    return hashlib.sha256(key.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence with its labels. `confidence` maps a label kind to a number between 0 and 1: `attribution`, and with a model `blame`, the
    probability that a reader would mark some of its words.

    `suggestions` concern the sentence as a whole: its findings together, a hidden actor, an action that could be stronger.
    """

    start: int
    end: int
    attribution: Attribution = "none"
    factors: tuple[str, ...] = ()
    action_strength: ActionStrength = "none"
    confidence: Mapping[str, float] = field(default_factory=dict)
    hidden_actor: bool = False
    protected: bool = False
    protected_because: str | None = None
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure with its 95% interval; all three are None when `why` says that no value can be given."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCheck:
    """A sentence that one of the five rules of causation asks about: a question, never a verdict."""

    rule: int
    start: int
    end: int
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The document as a whole. Counts and shares with intervals; there is no single score, on purpose."""

    words: int
    sentences: int
    counted_findings: int
    categories: Mapping[str, int]
    blame_density: Estimate
    attribution: Mapping[str, int]
    individual_share: Estimate
    accountability_visibility: Estimate
    actions: Mapping[str, int]
    person_focused_actions: int
    five_rules: tuple[RuleCheck, ...]
    factors: Mapping[str, int]
    not_yet_mentioned: tuple[str, ...]
    protected_sentences: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What produced an analysis. `rules` is a digest of the rule files; `model` is `name/version` or None."""

    product: str
    taxonomy: str
    rules: str
    model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Everything the tool says about one report, in reading order."""

    id: str
    offset_unit: OffsetUnit = "codepoint"
    versions: Versions
    findings: tuple[Finding, ...]
    sentences: tuple[Sentence, ...]
    measures: Measures
