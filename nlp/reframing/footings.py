"""What a sentence is to an investigation: an event told, a count of cases, a habit, a rule, a risk. Each is asked in another way, or not at all."""

import re
from typing import Literal

from spacy.tokens import Span, Token

from nlp.actors import SUBJECTS, kind_of
from nlp.reframing.clauses import clause_of
from nlp.reframing.grammar import actor_of
from nlp.reframing.marked import Marked
from nlp.reframing.wording import words

Footing = Literal["told", "own", "organisation", "cases", "case", "habit", "norm", "supposed", "effect", "named", "search", "open"]

NUMBER = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|some|many|most)"
ASIDE = r"(?:\([^)]*\)\s*)?"
CASES = re.compile(rf"\b({NUMBER})\s*{ASIDE}(?:\w+\s+){{0,2}}{ASIDE}(?:out\s+)?of\s+(?:the\s+)?({NUMBER}|\(#)", re.IGNORECASE)
LOOKED_AT = re.compile(r"\bsampled\b|\b(?:patients|records|residents|cases)(?:\s+whose\s+\w+(?:\s+\w+)?\s+were)?\s+(?:reviewed|examined)\b", re.IGNORECASE)
ARRANGEMENT = re.compile(r"by-?laws|\bpolic|regulation|\blog\b|\bsigns?\b|\blists?\b|\bcontract|\bsystem|\bprocess", re.IGNORECASE)
OWN = re.compile(r"\b(?:I|we|my|our)\b", re.IGNORECASE)
OWNED = re.compile(r"\b(?:my|our)\b|\b(?:I|we) (?:\w+ )?(?:made|committed)\b", re.IGNORECASE)
INQUIRER = re.compile(r"\b(?:inquest|coroner|surveyor|panel\s+(?:chair|member|found|believe|conclu|consider|note|recommend|has|was))", re.IGNORECASE)


def footing_of(marked: Marked) -> Footing:
    """How the marked words stand in their sentence; `told` where nothing else is sure."""
    span, category = marked.span, marked.finding.category
    head = clause_of(span.root)
    if _is_open(marked):
        return "open"
    if category == "failure" and _is_search(span, head):
        return "search"
    if noun := _bare_failing(span):
        return "effect" if _has_effect(noun) else "own" if is_view(marked.sentence) and OWNED.search(marked.sentence.text) else "named"
    if (category != "counterfactual" or not _looks_back(marked)) and (ahead := _ahead(span, head)):
        return ahead
    return _looking_back(marked, head)


def _is_open(marked: Marked) -> bool:
    """A question, a reference, an illness, a thing's failure, nobody in particular: nothing that an investigation of people's work could answer."""
    span, actor = marked.span, actor_of(marked.span.root)
    refers = marked.sentence[0].lower_ in {"refer", "see"}
    if (
        refers
        or marked.sentence.text.rstrip(" \"')").endswith("?")
        or any(child.lower_ == "whether" for each in (span.root, *span.root.ancestors) for child in each.lefts)
    ):
        return True
    if any(child.lower_ in words().organs or (child.lower_ == "its" and not list(span.root.rights)) for child in span.root.lefts):
        return True  # *cardiac failure*, *the pump and its failure*
    if any(token.lower_ == "nothing" for token in span.root.ancestors) or any(child.lower_ in {"any", "no"} for child in span.root.lefts):
        return span.root.pos_ != "ADJ"  # *nothing that she could have done*, *any failure*
    return actor is not None and actor.lower_ in words().anyone


def _ahead(span: Span, head: Token) -> Footing | None:
    """What is asked for, may be or will be: nothing of it has taken place."""
    if _is_norm(head):
        return "norm"
    if _is_possible(span.root, head):
        return "supposed"
    return "open" if any(child.lower_ in {"will", "'ll", "shall"} for each in (head, span.root) for child in each.lefts) else None


def _looking_back(marked: Marked, head: Token) -> Footing:
    span, category = marked.span, marked.finding.category
    if _is_own(span, head):
        if is_narrator(marked.sentence):
            return "own"
        if span.root == head:
            return "open"  # a witness, in his or her own words
    elif category in {"failure", "human_error"} and span.root.pos_ == "NOUN" and is_view(marked.sentence) and not _is_anothers(span):
        return "own"
    if (counted := _cases(marked.sentence.text)) and not ARRANGEMENT.search(head.sent.doc[span.start : span.end + 20].text):
        return counted
    past = _is_past(head) or any(token.tag_ == "VBD" for token in span.doc[max(head.sent.start, span.start - 2) : span.end])
    if kind_of(actor_of(span.root)) == "organisation" and past:
        return "organisation"
    found = category in {"failure", "human_error"} and (head.lemma_ == "be" or span.root.pos_ == "NOUN")  # *the cause is the failure to*
    present = head.tag_ in {"VBZ", "VBP"} or any(child.lower_ in {"do", "does"} for child in head.lefts)
    return "told" if found or past or not present else "habit"


def _cases(sentence: str) -> Footing | None:
    """Whether cases are counted, and whether it is one of several."""
    match = CASES.search(sentence)
    if match is None:
        return "cases" if LOOKED_AT.search(sentence) else None
    count, whole = (group.lower() in {"1", "one"} for group in match.groups())
    return None if whole else "case" if count else "cases"


def _is_search(span: Span, head: Token) -> bool:
    subject = _subject(head)
    found = subject is not None and subject.lemma_.lower() in words().searches
    return found and any(token.lemma_.lower() in words().finds for token in (*span, *(child for token in span for child in token.rights)))


def _bare_failing(span: Span) -> Token | None:
    """*These failings*, *the error*, *this deficient practice*: a noun that does not say what was done or not done."""
    noun = next((token for token in reversed(list(span)) if token.pos_ == "NOUN" and token.lemma_.lower() in words().failings), None)
    if noun is None and span.root.dep_ == "amod" and span.root.head.lemma_.lower() == "practice":
        noun = span.root.head
    if noun is None or (noun.i + 1 < noun.sent.end and noun.nbor().lower_ in {"to", "of"}):
        return None
    if noun.dep_ == "attr" and (subject := _subject(noun.head)) is not None and subject.pos_ in {"NOUN", "PROPN"}:
        return None  # *the lack of a ladder was a failing*
    told = {"by", "of", "to"} if noun.tag_ == "NNS" else {"in", "by", "of", "to"}
    if any(child.dep_ in {"acl", "compound", "poss", "nummod"} or child.lower_ in told for child in noun.children):
        return None
    return noun


def _has_effect(noun: Token) -> bool:
    verb = noun.head
    return noun.dep_ in SUBJECTS and verb.lemma_.lower() in words().effects and not any(child.dep_ == "auxpass" for child in verb.lefts)


def _looks_back(marked: Marked) -> bool:
    """*Should have*, *had he*, *missed opportunity*: what was not, told of the past."""
    return any(token.lower_ in {"had", "of", "been", "missed", "lost", "were"} or (token.lower_ == "have" and token.dep_ == "aux") for token in marked.sentence)


def _is_norm(head: Token) -> bool:
    helpers = {child.lower_ for child in head.lefts if child.dep_ == "aux"}
    above = head.head if head.dep_ in {"ccomp", "xcomp", "advcl"} else head
    return (bool(helpers & words().duties) and "have" not in helpers) or above.lemma_.lower() in {"require", "recommend"}


def _is_possible(token: Token, head: Token) -> bool:
    """Under *may*, *could*, *risk of*, *if*; what governs the sentence's own verb counts too."""
    subject = _subject(head)
    if subject is not None and subject.lemma_.lower() in words().risks and head.lemma_ == "be":
        return True  # *the risk is of being overlooked*
    inside, below = True, token
    for each in (token, *token.ancestors):
        before = [child for child in (each.lefts if inside else ()) if child.dep_ in {"mark", "aux", "advmod", "amod", "compound"}]
        if any(child.lower_ in words().risks for child in before) and not any(child.lower_ == "have" for child in before if child.dep_ == "aux"):
            return True
        under = below.lower_ in {"of", "for"} or below.dep_ in {"acl", "ccomp", "relcl", "advcl"}
        if each.pos_ == "NOUN" and each.lemma_.lower() in words().risks and under:
            return True
        below, inside = each, inside and each != head
    return False


def _is_own(span: Span, head: Token) -> bool:
    subject = _subject(head)
    while subject is None and head.dep_ in {"conj", "xcomp", "advcl"} and head.head != head:
        head = head.head
        subject = _subject(head)
    if subject is not None and subject.lower_ in {"i", "we"}:
        return True
    return any(child.lower_ in {"my", "our"} for token in span for child in token.lefts) or any(token.lower_ in {"my", "our"} for token in span)


def _is_anothers(span: Span) -> bool:
    """Whether the failing is said to be somebody else's."""
    return actor_of(span.root) is not None or any(child.dep_ == "poss" for token in span for child in token.lefts)


def _is_past(head: Token) -> bool:
    """Whether the clause is told in a past tense, or in the perfect."""
    helpers = [child for child in head.lefts if child.dep_ in {"aux", "auxpass"}]
    return head.tag_ == "VBD" or any(child.lower_ in {"had", "has", "have", "did", "was", "were"} for child in helpers)


def _subject(verb: Token) -> Token | None:
    return next((child for child in verb.children if child.dep_ in SUBJECTS), None)


def is_narrator(sentence: Span) -> bool:
    """Whether *I* and *we* are those who were there, and not a coroner or another who looks into it."""
    return INQUIRER.search(sentence.doc.text) is None


def is_view(sentence: Span) -> bool:
    """Whether the author, who was there, speaks for himself or herself."""
    return OWN.search(sentence.text) is not None and is_narrator(sentence)
