"""The whole sentence in other words, with gaps in square brackets for what only the author can supply.

All but the marked construction stays as it is. A gap names what belongs there; nothing is filled in, and what the text only implies stands in the gap.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from spacy.tokens import Span, Token

from nlp.actors import kind_of
from nlp.attribution import HUMAN_ACTS, TROUBLE
from nlp.reframing.departures import contrary_to, rule_departed_from, rule_not_followed
from nlp.reframing.grades import (
    blamed,
    brushed_aside,
    clear_signs,
    error_adverb,
    error_noun,
    graded_noun,
    trait,
    waiting_to_happen,
    was_plain_that,
    wrong_thing,
)
from nlp.reframing.grammar import Patch, actor_of, any_of, end_of, in_the_manner_of
from nlp.reframing.marked import Marked
from nlp.reframing.omissions import nobody_failed
from nlp.reframing.questions import patterns
from nlp.reframing.slots import RULES
from nlp.reframing.statements import ACCORDING, CLOCK, is_reported, is_supposed
from nlp.reframing.suppositions import if_only, missed_opportunity, should_have
from nlp.reframing.wording import words

PLANNED = re.compile(r"\b(?:will|to be|must|should|shall|needs? to|recommend\w*)\b", re.IGNORECASE)
LONGEST_OBJECT = 7  # tokens
NO_PLAN = re.compile(r"\b(?:have|had|was|were|said|I|me|my|we|us|our|if|lesson)\b", re.IGNORECASE)

CONSTRUCTIONS: dict[str, tuple[Callable[[Marked], list[Patch] | None], ...]] = {
    "counterfactual": (should_have, if_only, missed_opportunity),
    "rule_violation": (rule_departed_from, rule_not_followed, contrary_to),
    "failure": (rule_departed_from, nobody_failed),
    "culpability": (blamed,),
    "character": (trait, brushed_aside, error_adverb),
    "patient_blame": (trait,),
    "judgement": (trait, graded_noun),
    "human_error": (error_noun, error_adverb, wrong_thing, trait),
    "hindsight": (was_plain_that, clear_signs, waiting_to_happen),
}


def rewrite_of(marked: Marked, edit: Sequence[Patch] | None) -> list[Patch] | None:
    """The patches of a rewrite: by the category's constructions, else the edit with a gap behind the sentence for what the sentence does not tell."""
    for construction in CONSTRUCTIONS.get(marked.finding.category, ()):
        patches = construction(marked)
        if patches:
            return [replace(patch, words=in_the_manner_of("x", patch.words, shouted=True)) for patch in patches] if marked.shouted else patches
    gap = _gap_behind(marked, edit or ())
    return [*(edit or ()), _behind(marked, gap)] if gap else None


def _gap_behind(marked: Marked, edit: Sequence[Patch]) -> str | None:
    category, sentence = marked.finding.category, marked.sentence.text
    if not re.search(r"""[\w)\].!?]["”’']?\s*$""", sentence) or re.search(r"\b(?:and|or)\W*$", sentence):
        return None
    if category == "person_focused_action":
        routed = any(patterns().kinds[kind].search(sentence) for kind in ("sanction", "vigilance")) or NO_PLAN.search(sentence)
        return "[Owner, date, and how it will be known that it works.]" if PLANNED.search(sentence) and not routed else None
    if not edit or is_supposed(marked.span.root):
        return None
    timed = CLOCK.search(sentence) is not None
    if category == "patient_blame":
        if patterns().doubt.search(marked.span.text):
            if any(token.lower_ in {"i", "we", "me", "us"} for token in marked.sentence):
                return None  # the author heard it
            return "[Who took this report.]" if timed else "[Who took this report, and when.]"
        if not any(word in edit[0].words.lower() for word in ("declin", "did not take")):
            return None
        if kind_of(actor_of(marked.span.root)) != "patient":
            return None
        return "[In whose words, and what was offered.]" if timed else "[In whose words, when, and what was offered.]"
    actor = actor_of(marked.span.root)
    subject = next((child for child in marked.span.root.lefts if child.dep_ == "nsubj"), None)
    if actor is None and subject is not None and subject.pos_ == "PROPN":
        return None  # nobody wrote down what was expected of a visitor
    told = any(RULES.match(token.lower_) for token in marked.sentence if token.pos_ in {"NOUN", "PROPN"})
    if category != "failure" or "did not" not in edit[0].words.lower() or told or kind_of(actor) == "patient" or any_of(marked.sentence, words().bodily):
        return None
    if any(token.lower_ in {"i", "we"} for token in marked.sentence):
        return None  # authors need no source for what they did, nor a rule for what they thought
    sourced = ACCORDING.search(sentence) is not None or is_reported(marked.span.root, marked)
    missing = [name for name, told in (("time", timed), ("source", sourced)) if not told]
    asked = "; ".join([*([" and ".join(missing)] if missing else []), "what was expected, and where that is written"])
    return f"[{asked[0].upper()}{asked[1:]}.]"


def _behind(marked: Marked, gap: str) -> Patch:
    end = marked.sentence.end_char
    ended = marked.text[marked.sentence.start_char : end].rstrip("\"”’' )]").endswith((".", "!", "?"))
    return Patch(end, end, f"{'' if ended else '.'} {gap}")


def actor_restored(sentence: Span, text: str) -> list[Patch] | None:
    """*The wrong dose was given* to *The wrong dose was given by [role]*, at the first human act that hides who acted."""
    hidden = [verb for verb in sentence if verb.tag_ == "VBN" and verb.lemma_ in HUMAN_ACTS and verb.lemma_ not in words().blaming and _is_agentless(verb)]
    trouble = [match.start() + sentence.start_char for match in TROUBLE.finditer(sentence.text)]
    if not hidden:
        return None
    verb = min(hidden, key=lambda each: min((abs(each.idx - at) for at in trouble), default=0))
    last = verb
    for child in verb.rights:
        if child.dep_ in {"prt", "dobj", "oprd"} and child.left_edge.i == last.i + 1 and child.right_edge.i - verb.i < LONGEST_OBJECT:
            last = child.right_edge
        elif child.dep_ in {"dobj", "oprd"}:
            return None
        else:
            break
    joined = [child for child in verb.rights if child.dep_ == "conj" and child.tag_ == "VBN" and child.left_edge.i == child.i and child.i - last.i <= 2]
    last = joined[-1] if joined else last
    following = last.nbor() if last.i + 1 < sentence.end else last
    if (following.text[:1].isupper() and following.pos_ != "PROPN") or "\n" in text[end_of(last) : following.idx]:
        return None  # another sentence, run on
    return [Patch(end_of(last), end_of(last), " by [who, by role]")]


def _is_agentless(verb: Token) -> bool:
    kinds = {child.dep_ for child in verb.children}
    subject = next((child for child in verb.lefts if child.dep_ == "nsubjpass"), None)
    if (
        subject is None
        or subject.lower_ in {"i", "we"}
        or any(child.lower_ in {"is", "are", "being"} or child.tag_ == "MD" or child.dep_ == "neg" for child in verb.lefts)
        or subject.lemma_.lower() in {"evidence", "reference", "consideration", "mention", "impression"}
    ):
        return False
    return "nsubjpass" in kinds and "agent" not in kinds
