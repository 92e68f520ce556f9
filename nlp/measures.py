"""The document as a whole, with intervals and caveats. There is no single score, on purpose.

Sources: Wilson 1927 for shares; the exact Poisson interval (Garwood 1936) for density; the five rules of causation; SEIPS 101.
"""

import math
from collections import Counter
from collections.abc import Sequence

from spacy.tokens import Span

from nlp.actors import kind_of
from nlp.attribution import cues
from nlp.report import Estimate, Finding, Measures, RuleCheck, Sentence
from nlp.taxonomy import load

MIN_WORDS = 150
Z = 1.959964
QUESTIONS = {
    1: "Cause and effect are claimed here. How, step by step, did the one lead to the other?",
    2: "A grading word stands in a causal statement. What was seen that made the author choose it?",
    3: "An error is named as the cause. What came before it?",
    4: "A departure from a rule is named as the cause. What made it the sensible or only way then?",
    5: "Something not done is named as a cause. Was there a duty to do it beforehand, and where is it written down?",
}
RULE_OF = {"judgement": 2, "human_error": 3, "rule_violation": 4, "failure": 5}
LIMITS = "Wording only; not a review of the quality of the investigation."


def measure(*, words: int, sentences: Sequence[Sentence], findings: Sequence[Finding], spans: Sequence[Span]) -> Measures:
    """Measures of one report. `sentences` and `spans` run in parallel; only counted findings count."""
    counted = [finding for finding in findings if finding.counted]
    attribution: Counter[str] = Counter(sentence.attribution for sentence in sentences)
    explained = attribution["individual"] + attribution["system"] + attribution["mixed"]
    factors = Counter(factor for sentence in sentences for factor in sentence.factors)
    named, acts = _accountability(spans)
    taxonomy = load()
    return Measures(
        words=words,
        sentences=len(sentences),
        counted_findings=len(counted),
        categories={each.id: sum(finding.category == each.id for finding in counted) for each in taxonomy.categories},
        blame_density=density(len(counted), words),
        attribution={each.id: attribution[each.id] for each in taxonomy.attributions},
        individual_share=share(attribution["individual"], explained, nothing="no sentence explains anything"),
        accountability_visibility=share(named, acts, nothing="no sentence tells of a human act"),
        actions={each.id: sum(sentence.action_strength == each.id for sentence in sentences) for each in taxonomy.action_strengths},
        person_focused_actions=sum(finding.category == "person_focused_action" for finding in counted),
        five_rules=tuple(_five_rules(sentences, counted, spans)),
        factors={each.id: factors[each.id] for each in taxonomy.factors},
        not_yet_mentioned=tuple(each.id for each in taxonomy.factors if not factors[each.id]),
        protected_sentences=sum(sentence.protected for sentence in sentences),
        notes=tuple(_notes(counted, attribution, explained, words)),
    )


def share(part: float, whole: float, *, nothing: str) -> Estimate:
    """A share with its Wilson 95% interval; no value where `whole` is 0. Effective counts need not be whole numbers."""
    if not whole:
        return Estimate(why=nothing)
    p, z2 = part / whole, Z * Z
    centre = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    half = Z * math.sqrt(p * (1 - p) / whole + z2 / (4 * whole * whole)) / (1 + z2 / whole)
    return Estimate(value=round(p, 4), low=round(max(0.0, centre - half), 4), high=round(min(1.0, centre + half), 4))


def density(count: int, words: int) -> Estimate:
    """Counted findings per 1,000 words with the exact Poisson 95% interval; no value under 150 words."""
    if words < MIN_WORDS:
        return Estimate(why=f"under {MIN_WORDS} words")
    low = 0.0 if count == 0 else _rate(count - 1, 0.975)
    high = _rate(count, 0.025)
    return Estimate(value=round(1000 * count / words, 2), low=round(1000 * low / words, 2), high=round(1000 * high / words, 2))


def _rate(count: int, probability: float) -> float:
    """The Poisson mean at which `count` events or fewer have this probability, by bisection."""
    low, high = 0.0, 10.0 + 3 * count + 10 * math.sqrt(count + 1)
    for _ in range(80):
        middle = (low + high) / 2
        cumulative = math.fsum(math.exp(k * math.log(middle) - middle - math.lgamma(k + 1)) for k in range(count + 1))
        low, high = (middle, high) if cumulative > probability else (low, middle)
    return (low + high) / 2


def _accountability(spans: Sequence[Span]) -> tuple[int, int]:
    """Sentences of human acts that name who acted, and all sentences of human acts."""
    named = acts = 0
    for span in spans:
        people = any(
            (token.dep_ in {"nsubj", "poss"} and kind_of(token) in {"staff", "patient", "organisation"})
            or (token.dep_ == "pobj" and token.head.dep_ == "agent" and kind_of(token) in {"staff", "patient", "organisation"})
            for token in span
        )
        passive = any(
            token.tag_ == "VBN" and any(child.dep_ == "nsubjpass" for child in token.children)
            and not any(child.dep_ == "agent" for child in token.children)
            for token in span
        )  # fmt: skip
        named += people
        acts += people or passive
    return named, acts


def _five_rules(sentences: Sequence[Sentence], counted: Sequence[Finding], spans: Sequence[Span]) -> list[RuleCheck]:
    checks: list[RuleCheck] = []
    for place, (sentence, span) in enumerate(zip(sentences, spans, strict=True)):
        if sentence.protected:
            continue
        inside = {finding.category for finding in counted if sentence.start <= finding.start < sentence.end}
        causal = bool(cues().gate["causal"].search(span.text))
        near = {other.attribution for other in sentences[max(0, place - 2) : place + 3]}
        found: set[int] = set()
        for category in inside & RULE_OF.keys():
            rule = RULE_OF[category]
            if (rule == 2 and not causal) or (rule in {3, 4} and near & {"system", "mixed"}):
                continue
            found.add(rule)
        if causal and sentence.attribution == "individual" and not found:
            found.add(1)
        checks.extend(RuleCheck(rule=rule, start=sentence.start, end=sentence.end, question=QUESTIONS[rule]) for rule in sorted(found))
    return checks


def _notes(counted: Sequence[Finding], attribution: Counter[str], explained: int, words: int) -> list[str]:
    notes = [LIMITS]
    if not counted and attribution["individual"]:
        notes.append(f"No flagged wording; {attribution['individual']} of {explained} explanations stop at a person.")
    if counted and words >= MIN_WORDS:
        notes.append("Longer reports hold more marked wording; compare densities only between reports of like length and kind.")
    if explained:
        notes.append("There is no right balance between individual and system explanations; the counts are for reading, not a target.")
    return notes
