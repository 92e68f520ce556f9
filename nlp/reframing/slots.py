"""What a sentence offers for a question: who acted, what was done, to what, when, and what lies near at hand. Only the sentence's own words."""

import re

from spacy.tokens import Span, Token

from nlp.actors import SUBJECTS, is_device, kind_of, kinds
from nlp.reframing.clauses import clause_around, clause_of
from nlp.reframing.grammar import PEOPLE, actor_of, noun_phrase, words_of
from nlp.reframing.marked import Marked
from nlp.reframing.wording import words

TIME = re.compile(
    r"\b(?:at|by|around|on)\s+(?:approximately\s+|about\s+)?(?:\d{1,2}[:.]\d{2}(?:\s?(?:am|pm|hours|hrs))?|\d{4}\s?(?:hours|hrs)|\d{1,2}\s(?:January|February|March|"
    r"April|May|June|July|August|September|October|November|December)(?:\s\d{4})?)\b"
)
YOU = {"i": "you", "we": "you", "me": "you", "us": "you", "myself": "you"}
OBJECT = {"he": "him", "she": "her", "they": "them"}
POSSESSIVES = {"their", "its", "it", "his", "her", "the"}
OWNERS = {"his": "he", "her": "she", "their": "they", "my": "you", "our": "you", "him": "he", "them": "they"}
RULES = re.compile(
    r"polic|procedur|protocol|guid|rule|checklist|regulation|standard|order|instruction|plan|requirement|bundle|pathway|law|limitation|manual|sop|emtala|cfr|form"
)
WEIGHING = re.compile(
    r"\b(?:adequate|appropriate|proper|correct|effective|sufficient|timely|prompt|thorough|reasonable|safe|better|full|clear)(?:ly)?\s+|"
    r"\b\w*(?:careless|inadequate|poor|improper|negligent|blatant|obvious|reckless)(?:ly)?\s+",
    re.IGNORECASE,
)
ADJECTIVAL = {"amod", "acomp", "attr", "compound"}
NAMED = re.compile(r"(?:you|he|she|they|(?:the|your|his|her|their) [a-z][\w'’ -]*|Dr\.? [A-Z][\w'’ -]*)")
LONGEST_WORD = 7


def slots_of(marked: Marked) -> dict[str, str]:
    """Every slot that the sentence can fill; `who` is the kind of actor (person, organisation, nobody)."""
    span, text = marked.span, marked.text
    slots = {"when": _when(marked), "who": "nobody"}
    quoted = _word(marked)
    if len(quoted.split()) <= LONGEST_WORD and not re.search('["“”\\[\\]?]', quoted):
        slots["word"] = quoted
    slots.update(_actor_slots(doer(marked), text))
    rule = _rule(marked)
    if rule is not None and (phrase := definite(rule, text, without=span)) and phrase.split()[0] not in POSSESSIVES:
        slots["rule"] = phrase
    if clause := clause_around(span, marked.sentence):
        slots["clause"] = clause
    if slots["who"] != "nobody" and not NAMED.fullmatch(slots["actor"]):
        slots["who"] = "nobody"  # a garbled name
    return {name: _plain(value, marked) for name, value in slots.items()}


def doer(marked: Marked) -> Token | None:
    """Who does what is marked, or leaves it undone."""
    verb = _main_verb(marked)
    actor = actor_of(verb if verb is not None else marked.span.root)
    return actor or next((child for token in marked.span for child in token.lefts if child.dep_ == "poss" and child.lower_ in OWNERS), None)


def who(marked: Marked, slots: dict[str, str]) -> str:
    """Who or what acts, as `questions.toml` groups it: person, organisation, patient, thing; `told` where that is not sure."""
    actor, verb = doer(marked), _main_verb(marked)
    if actor is None:
        subject = next((child for child in clause_of(marked.span.root).children if child.dep_ == "nsubj"), None)
        return "thing" if kind_of(subject) == "thing" or (subject is not None and is_device(subject)) else "told"
    kind = kind_of(actor)
    if verb is not None and verb.lemma_ in words().attending and (actor.pos_ == "PROPN" or kind == "patient" or actor.lower_ in {"he", "she"}):
        return "patient"
    return ("person" if slots["who"] == "person" else "told") if kind == "staff" else kind


def _word(marked: Marked) -> str:
    """The marked words, a grade with what it grades."""
    span, text = marked.span, marked.text
    last = span[-1] if span[-1].dep_ in {"amod", "advmod"} else span.root
    head = last.head
    if last.dep_ in {"amod", "advmod"} and 0 < head.i - last.i < 4 and marked.finding.category in {"human_error", "judgement"}:
        quoted = words_of(text, list(span.doc[span.start : head.i + 1]))
    else:
        quoted = " ".join(text[marked.finding.start : marked.finding.end].split())
    if marked.finding.category == "judgement" and any(
        token.lower_ in words().approving for token in span
    ):  # what would count as *adequate*, not as *not adequate*
        quoted = re.sub(r"^(?:(?:not|no|never|lack of|lack(?:ed|s|ing)|absence of|without|fail\w* to)\s|\w+n['’]t\s)+", "", quoted, flags=re.IGNORECASE)
    elif noun := next((token for token in reversed(list(span)) if token.pos_ == "NOUN" and token.lemma_.lower() in words().failings), None):
        quoted = words_of(text, [*(child for child in noun.lefts if child.dep_ in {"amod", "compound"} and child.i >= span.start), noun])
    opens = not any(token.is_alpha for token in span.doc[marked.sentence.start : span.start])
    return quoted[:1].lower() + quoted[1:] if opens and not quoted.isupper() else quoted


def _plain(value: str, marked: Marked) -> str:
    """Small letters where the report shouts; *I* stays."""
    return re.sub(r"\bi\b", "I", value.lower()) if marked.shouted else value


def _when(marked: Marked) -> str:
    found = TIME.findall(marked.sentence.text)
    return found[0] if len(found) == 1 else "at that time"


def _main_verb(marked: Marked) -> Token | None:
    """The verb whose doing is in question: the complement of the trigger, else the last verb marked, else the verb that a marked adverb describes."""
    span = marked.span
    supposed = supposed_verb(marked.sentence) if marked.finding.category == "counterfactual" else None
    if supposed is not None:
        return supposed
    verbs = [token for token in span if token.pos_ == "VERB" and token.dep_ not in ADJECTIVAL and not (token.dep_ == "conj" and token.head.pos_ == "ADJ")]
    inside = [token for token in verbs if token.lemma_ not in words().loaded]
    if inside:
        return inside[-1]
    for token in (*verbs, span.root):
        for child in token.rights:
            if child.dep_ in {"xcomp", "acl", "pcomp"} and child.pos_ == "VERB" and child.i < token.i + 4:
                return child
            deep = (grand for end in child.rights for grand in (end, *end.rights, *(each for right in end.rights for each in right.rights)))
            found = (
                next((grand for grand in deep if grand.dep_ == "pcomp" and grand.pos_ == "VERB" and grand.i < token.i + 7), None)
                if child.dep_ == "prep"
                else None
            )
            if found is not None:
                return found
    if span.root.pos_ in {"ADV", "ADP", "SCONJ"} and span.root.head.pos_ == "VERB":
        return span.root.head
    return verbs[-1] if verbs else None


def supposed_verb(sentence: Span) -> Token | None:
    """The verb of *if staff had raised the rails*, *had the nurse checked*, where the sentence has one."""
    for token in sentence:
        if token.tag_ not in {"VBN", "VBD"}:
            continue
        had = next((child for child in token.lefts if child.lower_ == "had"), None)
        opened = any(child.dep_ == "mark" and child.lower_ == "if" for child in token.lefts)
        inverted = had is not None and had.i == token.left_edge.i and any(child.dep_ in SUBJECTS and child.i > had.i for child in token.lefts)
        if had is not None and (opened or inverted):
            return token
    return None


def _actor_slots(actor: Token | None, text: str) -> dict[str, str]:
    if actor is None:
        return {}
    lower = actor.lower_
    joined = [actor, *_joined(actor)]
    if len(joined) > 1 and any(each.lower_ in YOU for each in joined):
        name = "you"
    elif len(joined) > 1 and joined[-1].i - actor.left_edge.i < LONGEST_WORD + 3:
        name = definite(actor, text)
        name = f"{name} {words_of(text, list(actor.doc[actor.i + 1 : joined[-1].i + 1]))}" if name else ""
    elif lower in OWNERS:
        name = OWNERS[lower]
    elif actor.pos_ == "PRON" or lower in {"i", "we", "he", "she", "they"}:
        name = YOU.get(lower, lower)
        if name not in {"you", "he", "she", "they"}:
            return {}
    elif actor.pos_ == "PROPN" and actor.lemma_.lower() not in kinds() and any(child.dep_ in {"poss", "amod", "det"} for child in actor.lefts):
        return {}
    else:
        name = definite(actor, text)
    if not name:
        return {}
    owned = any(child.dep_ == "poss" and kind_of(child) in PEOPLE for child in actor.lefts)  # *the pilot's approach*
    kind = "nobody" if owned else {"organisation": "organisation", "patient": "nobody"}.get(kind_of(actor), "person")
    return {"actor": name, "actor_obj": OBJECT.get(name, name), "who": kind}


def _joined(noun: Token) -> list[Token]:
    """Nouns joined to this one, as far as they go."""
    found = [child for child in noun.rights if child.dep_ == "conj" and child.pos_ in {"NOUN", "PROPN", "PRON"}]
    return [*found, *(more for each in found for more in _joined(each))]


def definite(noun: Token, text: str, *, without: Span | None = None) -> str:
    """The noun's phrase with a definite article where it has none or *a*, less the grading words marked before it; empty where it is no phrase to ask about."""
    if noun.pos_ == "PRON" or noun.lower_ in {"this", "that", "these", "those", "it", "which", "who", "one", "all"}:
        return ""
    phrase = noun_phrase(noun)
    named = words_of(text, phrase)
    if re.search('["“”\\[\\]]', named) or named.count("(") != named.count(")"):
        return ""
    first = phrase[0]
    if without is not None and any(token.i < noun.i for token in without) and without[-1].i < noun.i and without[0].i >= first.i:
        named = named.replace(f"{words_of(text, list(without))} ", "", 1)
        first = without.doc[without.end] if first.i == without.start else first
    named = WEIGHING.sub("", named + " ").strip()
    if first.lower_ in {"a", "an", "any", "another", "some", "no", "each", "every"}:
        rest = named.split(" ", 1)
        return f"the {rest[1]}" if len(rest) > 1 else ""
    if (first.pos_ != "PROPN" or first.lemma_.lower() in kinds()) and not named[:2].isupper():
        named = named[:1].lower() + named[1:]
    if first.lower_ in {"my", "our"}:
        return "your " + named.split(" ", 1)[1] if " " in named else ""
    bare = (
        first.dep_ not in {"det", "poss"}
        and first.tag_ not in {"DT", "PRP$", "CD"}
        and not any(child.dep_ in {"det", "poss", "nummod"} for child in noun.children)
    )
    return f"the {named}" if bare and noun.tag_ == "NN" and noun.lemma_.lower() not in words().uncounted else named


def graded(span: Span) -> Token | None:
    """The noun that a grading word grades: what it stands before, or the subject of *was*."""
    word = next((token for token in reversed(list(span)) if token.pos_ in {"ADJ", "ADV", "NOUN"}), span.root)
    while word.dep_ == "conj" and word.head.pos_ == "ADJ":
        word = word.head
    if word.pos_ == "NOUN":
        return next((end for child in word.rights if child.lower_ in {"of", "in"} for end in child.rights if end.dep_ == "pobj"), None)
    if word.dep_ in {"amod", "compound"} and word.head.pos_ in {"NOUN", "PROPN"}:
        return word.head
    verb = word.head
    subject = next((child for child in verb.lefts if child.dep_ in {"nsubj", "nsubjpass"}), None)
    return subject if subject is not None and subject.pos_ == "NOUN" and kind_of(subject) not in PEOPLE else None


def _rule(marked: Marked) -> Token | None:
    """The rule that was departed from: the nearest noun behind the marked words, or in them, that names one."""
    after = [token for token in marked.sentence if marked.span.start <= token.i < marked.span.end + 12 and token.pos_ in {"NOUN", "PROPN"}]
    subject = [child for token in marked.span for child in token.lefts if child.dep_ == "nsubjpass"]
    return next((token for token in [*subject, *after] if RULES.search(token.lower_) and token.dep_ not in {"compound", "nmod"}), None)
