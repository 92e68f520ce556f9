"""Rewrites of words that grade, judge or find an error: a gap asks for what was seen, and says in which direction the grade went."""

from spacy.tokens import Token

from nlp.actors import SUBJECTS, kind_of, subject_of
from nlp.reframing.grammar import BE, PEOPLE, Patch, auxiliaries, end_of, in_the_manner_of, noun_phrase, words_of
from nlp.reframing.marked import Marked
from nlp.reframing.slots import graded
from nlp.reframing.statements import is_supposed
from nlp.reframing.wording import words

BRING_ABOUT = {"for", "in", "to", "of"}
SEEN = {
    "judgement": "[what was seen or recorded, and what was expected]",
    "character": "[what was said or done, seen or heard by whom]",
    "patient_blame": "[what was said or done, when, and what came before it]",
    "human_error": "[what was done, by which role, and what was intended]",
    "culpability": "[what was done or decided, with times and source]",
    "hindsight": "[which signs, seen by whom, when]",
}
LACKING = "[what was missing, and what was expected]"
OTHERWISE = "[what was done, and what was expected instead]"


def blamed(marked: Marked) -> list[Patch] | None:
    """*The nurse was at fault for the delay* to *The nurse [what was done or decided] [and how, if at all, that bore on] the delay*."""
    be = next(
        (
            token
            for token in marked.sentence.doc[max(marked.sentence.start, marked.span.start - 2) : marked.span.end]
            if token.lower_ in BE and token.pos_ in {"AUX", "VERB"}
        ),
        None,
    )
    subject = next((child for child in be.lefts if child.dep_ in SUBJECTS), None) if be is not None else None
    if be is None or subject is None or kind_of(subject) not in PEOPLE or auxiliaries(be) or be.i > marked.span.end:
        return None
    last = marked.span[-1]
    link = marked.sentence.doc[last.i + 1] if last.i + 1 < marked.sentence.end else None
    if link is None or link.is_punct:
        return [Patch(be.idx, end_of(last), SEEN["culpability"])]
    if link.lower_ in BRING_ABOUT and any(child.dep_ == "pobj" for child in link.rights):
        return [Patch(be.idx, end_of(link), f"{SEEN['culpability']} [and how, if at all, that bore on]")]
    return None


def trait(marked: Marked) -> list[Patch] | None:
    """A predicate that grades or judges (*was sloppy*, *were difficult throughout*) to a gap for what was seen; the copula goes with it."""
    adjective = next((token for token in reversed(list(marked.span)) if token.pos_ in {"ADJ", "NOUN"}), None)
    if adjective is None:
        return None
    be = adjective.head
    gap = SEEN.get(marked.finding.category)
    if marked.finding.category == "human_error":
        gap = "[what was done, and what was intended]"
    if gap is None or adjective.dep_ not in {"acomp", "attr"} or be.lemma_ != "be" or be.lower_ not in {"was", "were"} or auxiliaries(be):
        return None
    between = marked.sentence.doc[be.i + 1 : adjective.i]
    if any(token.dep_ == "neg" or token.pos_ not in {"ADV", "DET"} for token in between):
        return None
    last = adjective
    for child in adjective.rights:
        if (
            child.dep_ == "conj"
            and child.pos_ in {"ADJ", "VERB"}
            and not any(grand.dep_ in SUBJECTS | {"dobj"} for grand in child.children)
            and child.tag_ != "VBD"
        ):
            last = child
        elif child.dep_ not in {"cc", "punct", "advmod"} and not (
            child.dep_ == "prep" and marked.finding.category != "human_error" and child.lower_ in {"about", "with", "in", "towards", "over", "at"}
        ):
            return None
    if marked.finding.category == "judgement" and (graded(marked.span) is None or any(child.dep_ == "prep" for child in adjective.rights)):
        return None  # *poor with low signal*: the sentence says itself what was poor
    following = last.nbor() if last.i + 1 < marked.sentence.end else None
    ends = following is None or following.text in {".", "!"} or (following.lower_ == "throughout" and following.i + 2 >= marked.sentence.end)
    if is_supposed(be) or be.dep_ != "ROOT" or not any(child.dep_ in SUBJECTS for child in be.lefts) or not ends:
        return None  # the gap stands for the verb too: the clause must be whole and end there
    if any(token.dep_ == "cc" for each in be.lefts if each.dep_ in SUBJECTS for token in each.subtree):
        return None  # *the plan and hence his speed was poor*: whose grade it is, is open
    if marked.finding.category == "human_error" and kind_of(subject_of(be)) not in PEOPLE:
        return None
    return [Patch(be.idx, end_of(last), gap)]


def brushed_aside(marked: Marked) -> list[Patch] | None:
    """*Chose to ignore the nurse's concern* to *[what was done, and when, about] the nurse's concern*: the motive goes, its object stays."""
    verb = next(
        (token for token in reversed(list(marked.span)) if token.pos_ == "VERB" and token.lemma_ in {"ignore", "disregard", "dismiss", "neglect", "flout"}),
        None,
    )
    if verb is None or not any(child.dep_ == "dobj" for child in verb.rights):
        return None
    lead = verb.head if verb.dep_ == "xcomp" else verb
    if lead.tag_ != "VBD" or lead.left_edge.i == lead.i or auxiliaries(lead) or any(child.dep_ in {"neg", "advmod"} for child in lead.lefts):
        return None
    return [Patch(lead.idx, end_of(verb), "[what was done, and when, about]")]


def waiting_to_happen(marked: Marked) -> list[Patch] | None:
    """*An accident waiting to happen* to a gap for what was known before."""
    noun = marked.span[0]
    if "waiting to happen" not in marked.span.text.lower():
        return None
    first = noun.nbor(-1) if noun.i > marked.sentence.start and noun.nbor(-1).dep_ == "det" else noun
    return [Patch(first.idx, end_of(marked.span[-1]), "[a hazard known before: from which reports or audits, by whom; else leave out]")]


def graded_noun(marked: Marked) -> list[Patch] | None:
    """*Poor communication by the team led to* to *Communication by the team [what was missing, and what was expected] led to*; the gap keeps the direction."""
    word = next((token for token in reversed(list(marked.span)) if token.pos_ == "ADJ"), None)
    if word is None or word.dep_ != "amod" or word.head.i < word.i or any(child.dep_ in {"conj", "cc"} for child in word.children):
        return None
    noun, sentence = word.head, marked.sentence
    governors = list(noun.ancestors)[:2] if noun.dep_ in {"pobj", "dobj"} else []
    if any(each.lemma_.lower() in words().effects for each in governors):
        return None  # what *contributed to poor communication* did not contribute to communication
    intensifier = [child for child in word.lefts if child.dep_ == "advmod" and child.i == word.i - 1]
    first = intensifier[0] if intensifier else word
    if any(token.i < first.i for token in marked.span):
        return None  # *lack of good*
    if noun.dep_ in {"attr", "appos"} or is_supposed(noun) or _shares_its_grade(noun):
        return None
    if noun.dep_ == "pobj" and noun.head.lower_ == "of":
        return None
    verb = next((each for each in noun.ancestors if each.pos_ in {"VERB", "AUX"}), noun)
    owned = any(child.dep_ == "poss" or child.lower_ in {"the", "this", "these"} for child in noun.lefts)
    if verb.tag_ in {"VBZ", "VBP"} or (noun.dep_ == "dobj" and not owned):
        return None  # a general case, or *took steps* where too few were taken
    before = first.nbor(-1) if first.i > sentence.start else None
    if before is not None and before.lower_ in {"a", "an", "any", "no", "not", "such", "of", "lack", "for", "with", "without", "very", ","}:
        return None  # without its grade, *a bad combination* says nothing
    missing = word.lemma_.lower() in words().lacking
    gap = SEEN["hindsight"] if marked.finding.category == "hindsight" else LACKING if missing else OTHERWISE
    last = noun_phrase(noun)[-1]
    by = next((child for child in noun.rights if child.dep_ == "prep" and child.lower_ == "by" and child.i == last.i + 1), None)
    last = by.right_edge if by is not None and by.right_edge.i - by.i < 7 else last
    following = word.nbor()
    opening = marked.text[following.idx]
    if marked.text[first.idx].isupper() and not marked.shouted:
        opening = opening.upper()
    behind = sentence.doc[last.i + 1 : min(last.i + 3, sentence.end)]
    reasoned = any(token.lower_ in {"due", "because"} for token in behind)  # the lack has that reason
    runs_on = reasoned or (len(behind) > 0 and behind[0].pos_ in {"NOUN", "PROPN", "ADP"})
    if last.i < noun.i or following.is_punct or runs_on:
        return None
    return [Patch(first.idx, following.idx + 1, opening), Patch(end_of(last), end_of(last), f" {gap}")]


def _shares_its_grade(noun: Token) -> bool:
    """*Insufficient training and understanding*: a joined noun without an article or owner of its own is graded with it."""
    joined = [noun] if noun.dep_ == "conj" else [child for child in noun.rights if child.dep_ == "conj"]
    return any(not any(child.dep_ in {"det", "poss"} for child in other.lefts) for other in joined)


def error_noun(marked: Marked) -> list[Patch] | None:
    """*Due to nursing error*, *made a mistake*: what was done and what was intended become the gap; the actor stays."""
    noun = next((token for token in marked.span if token.lemma_.lower() in words().errors), None)
    if noun is not None and any(child.dep_ == "expl" for child in noun.head.lefts):
        return None  # *there were errors made*
    if (
        noun is None
        or is_supposed(noun)
        or any(child.lower_ in {"both", "all", "these", "those", "other"} or child.dep_ in {"nummod", "relcl"} for child in noun.children)
        or (noun.head.lower_ in {"in", "by", "with", "of"} and noun.left_edge == noun)
        or noun.head.lower_ in {"before", "after", "during", "since", "until"}
        or noun.pos_ not in {"NOUN", "PROPN"}
        or any(child.dep_ in {"conj", "cc"} or (child.dep_ == "amod" and child.i < marked.span.start) for child in noun.children)
    ):
        return None
    if (
        noun.head.lemma_ in {"make", "commit"}
        and noun.dep_ == "dobj"
        and noun.head.tag_ == "VBD"
        and not list(noun.rights)
        and not any(child.lower_ == "by" for child in noun.head.rights)
    ):
        return [Patch(noun.head.idx, end_of(noun), SEEN["human_error"])]
    after = noun.nbor() if noun.i + 1 < marked.sentence.end else None
    if after is not None and ((after.pos_ in {"PRON", "VERB", "AUX"} and noun.dep_ == "attr") or after.lower_ == "by"):
        return None  # *it was an error I regret*, *made an error by not looking*
    who = next((child for child in noun.lefts if child.dep_ in {"compound", "amod", "poss"}), None)
    behind = [child for child in noun.rights if child.dep_ == "prep"]
    if noun.dep_ not in {"pobj", "attr", "ROOT"} or any(child.right_edge.i >= marked.span.end for child in behind):
        return None
    if who is not None and kind_of(who) in PEOPLE:
        owner = words_of(marked.text, list(marked.sentence.doc[who.left_edge.i : who.i + 1])).removesuffix("'s")
        gap = f"[what the {owner} did, and what was intended]" if not owner.lower().startswith("the ") else f"[what {owner} did, and what was intended]"
    else:
        gap = SEEN["human_error"]
    first = noun.left_edge
    if first.i < marked.sentence.start or noun.i - first.i > 3:
        return None
    return [Patch(first.idx, end_of(behind[-1].right_edge if behind else noun), gap)]


def error_adverb(marked: Marked) -> list[Patch] | None:
    """*Mistakenly gave 10 mg* to *gave 10 mg [not meant: what was intended]*; never *wrongly*, for what was wrongly given was not just given."""
    word = next((token for token in marked.span if token.lower_ in words().unmeant | words().intent), None)
    if word is None or word.dep_ != "advmod" or word.head.pos_ != "VERB" or len(marked.span) > 2 or word.i == marked.sentence.start or is_supposed(word.head):
        return None
    actor = subject_of(word.head)
    if actor is None or kind_of(actor) not in {"staff", "organisation"} or actor.lower_ in {"he", "she", "they"} or word.head.lemma_ in words().voices:
        return None
    text, after = marked.text, end_of(word)
    gap = "[what was seen or said, and the account of those concerned]" if word.lower_ in words().intent else "[not meant: what was intended]"
    if text[after : after + 1] == " " and text[word.idx - 1] == " " and word.i < word.head.i:
        target = next((child for child in word.head.rights if child.dep_ == "dobj"), None)
        last = noun_phrase(target)[-1] if target is not None else word.head
        if target is not None and any(child.dep_ in {"relcl", "acl"} for child in target.rights):
            return None
        return [Patch(word.idx, after + 1, ""), Patch(end_of(last), end_of(last), f" {gap}")]
    return [Patch(word.idx, after, gap)] if word.i > word.head.i else None


def wrong_thing(marked: Marked) -> list[Patch] | None:
    """*The wrong dose* to *the wrong dose [which, and which was intended]*: the fact stays and is made exact."""
    word = next((token for token in marked.span if token.lower_ in {"wrong", "incorrect", "erroneous"}), None)
    if word is None or word.dep_ != "amod" or word.head.i < word.i or word.head.lower_ not in words().mixable or is_supposed(word.head):
        return None
    if any(token.lemma_.lower() in {"instead", "rather", "intend", "mean", "should", "correct"} for token in marked.sentence):
        return None  # the sentence tells it
    last = noun_phrase(word.head)[-1]
    return [Patch(end_of(last), end_of(last), " [which, and which was intended]")] if last.i >= word.head.i else None


def was_plain_that(marked: Marked) -> list[Patch] | None:
    """*It was obvious that the patient was deteriorating* to *Looking back, the patient was deteriorating [signs at the time]*."""
    word = next((token for token in marked.span if token.pos_ in {"ADJ", "ADV"}), None)
    be = word.head if word is not None else None
    if word is None or be is None or be.lemma_ != "be" or be.lower_ != "was":
        return None
    it = next((child for child in be.lefts if child.lower_ == "it"), None)
    clause = next((child for child in [*be.rights, *word.rights] if child.dep_ in {"ccomp", "advcl"} and child.left_edge.lower_ == "that"), None)
    if it is None or clause is None or it.i > marked.sentence.start + 2 or clause.left_edge.i + 1 >= marked.sentence.end:
        return None
    after = clause.left_edge.nbor()
    return [
        Patch(it.idx, after.idx, in_the_manner_of(marked.text[it.idx], "looking back, ")),
        Patch(end_of(clause.right_edge), end_of(clause.right_edge), " [signs at the time: what, seen by whom, when]"),
    ]


def clear_signs(marked: Marked) -> list[Patch] | None:
    """*Clear warning signs* to *warning signs [which, seen by whom, when]*."""
    word = next((token for token in marked.span if token.lemma_.lower() in words().plain), None)
    return graded_noun(marked) if word is not None and word.dep_ == "amod" else None
