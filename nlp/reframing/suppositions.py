"""Rewrites of what should or might have been: the act becomes an event to confirm, the rest an open point."""

from spacy.tokens import Token

from nlp.actors import SUBJECTS, kind_of, subject_of
from nlp.reframing.grammar import PEOPLE, Patch, end_of, has_subject, in_the_manner_of, inflected, words_of
from nlp.reframing.marked import Marked
from nlp.reframing.slots import supposed_verb
from nlp.reframing.statements import CLOCK, is_reported, is_supposed
from nlp.reframing.wording import words

LONGEST_SUPPOSITION = 40  # tokens


def should_have(marked: Marked) -> list[Patch] | None:
    """*The doctor should have reviewed the ECG* to *The doctor [did not: confirm with source] review the ECG [time; what was known then]*."""
    modal = next((token for token in marked.span if token.lower_ in {"should", "ought"} and token.tag_ == "MD"), None)
    verb = modal.head if modal is not None else None
    if (
        modal is None
        or verb is None
        or verb.tag_ != "VBN"
        or modal.i == marked.sentence.start
        or verb.nbor().text == "-"
        or any(child.dep_ == "conj" and not has_subject(child) for child in verb.rights)
    ):
        return None
    group = list(marked.sentence.doc[modal.i : verb.i])
    plain = [token for token in group if token.lower_ not in {"have", "of", "been", "to", "not", "never", "n't", modal.lower_}]
    if any(token.pos_ not in {"ADV"} for token in plain):
        return None
    behind = marked.text[end_of(verb) : marked.sentence.end_char]
    opened = any(token.lower_ in {"if", "whether", "unless"} or token.lemma_.lower() in words().demands for token in marked.sentence)
    if verb.lemma_ in {"be", "have"} or verb.dep_ == "conj" or ";" in behind or is_reported(verb, marked) or opened:
        return None  # what a witness or a rule expects is no word on what happened
    negated = any(token.lower_ in {"not", "never", "n't"} for token in group)
    scaled = any(token.lower_ in words().scaled or token.tag_ in {"JJR", "RBR"} for token in [*plain, *verb.subtree])
    adverbs = " ".join(token.text for token in plain)
    kept = f"{adverbs} " if adverbs else ""
    passive = any(token.lower_ == "been" for token in group)
    if any(token.tag_ == "JJR" for token in verb.subtree):
        return None  # *kept a closer watch*: a matter of degree all through
    subject = next((child for child in verb.lefts if child.dep_ in SUBJECTS), None) or subject_of(verb)
    if subject is None or subject.lower_ in {"i", "we"} or (not passive and not _can_act(subject)):
        return None  # the author knows what the author did; a thing that *should have resulted* in something is no act
    if passive:
        be = _be_for(subject)
        if be is None:
            return None
        new: str | None = (
            f"{be} {kept}{verb.text} [when, by which role; source]" if negated else f"[{_whether(be, scaled)}: confirm with source] {kept}{verb.text}"
        )
    elif negated:
        past = inflected(verb, "VBD")
        new = f"{kept}{past} [when, and what was known then]" if past else None
    else:
        base = inflected(verb, "VB")
        new = f"[{_whether('did', scaled)}: confirm with source] {kept}{base}" if base else None
    return [Patch(modal.idx, end_of(verb), new)] if new else None


def _whether(auxiliary: str, scaled: bool) -> str:
    """What is open: with a word of degree or time the act itself may have taken place."""
    return f"{auxiliary} or {auxiliary} not, and when" if scaled else f"{auxiliary} not"


def _can_act(subject: Token) -> bool:
    return kind_of(subject) in PEOPLE or subject.pos_ == "PROPN" or subject.lower_ in {"who", "which", "they"}


def _be_for(subject: Token | None) -> str | None:
    if subject is None:
        return None
    if subject.lower_ in {"which", "that", "who"}:
        subject = subject.head.head if subject.head.dep_ == "relcl" else subject
    if subject.tag_ in {"NNS", "NNPS"} or subject.lower_ in {"they", "we", "these", "those"} or any(child.dep_ == "conj" for child in subject.rights):
        return "were"
    return "was" if subject.tag_ in {"NN", "NNP", "PRP", "DT", "WDT", "CD"} and subject.lower_ != "you" else None


def if_only(marked: Marked) -> list[Patch] | None:
    """*The fall could have been avoided if staff had raised the rails* to *Staff [did not: confirm with source] raise the rails*, the rest as an open point."""
    sentence, text = marked.sentence, marked.text
    verb = supposed_verb(sentence)
    subject = next((child for child in verb.lefts if child.dep_ in SUBJECTS), None) if verb is not None else None
    if (
        verb is None
        or subject is None
        or verb.dep_ == "ROOT"
        or verb.lemma_ in {"be", "happen", "occur", "know"}
        or any(child.dep_ in {"conj", "neg"} for child in verb.children)
    ):
        return None
    first, last = verb.left_edge, verb.right_edge
    stop = sentence[-1]
    if (
        len(sentence) > LONGEST_SUPPOSITION
        or any(token.text in {";", ":", "[", "("} for token in sentence)
        or subject.right_edge.i > verb.i
        or not stop.is_punct
    ):
        return None
    if last.i >= stop.i - 1:
        main = words_of(text, list(sentence.doc[sentence.start : first.i])).rstrip(",")
        main = main if sentence[0].pos_ == "PROPN" or main[:2] == "I " else main[:1].lower() + main[1:]
    elif first.i == sentence.start and sentence.doc[last.i + 1].text == ",":
        main = words_of(text, list(sentence.doc[last.i + 2 : stop.i]))
    else:
        return None
    if not main or main[0].isdigit() or any(token.lemma_.lower() in words().voices for token in sentence):
        return None
    passive = any(child.dep_ == "auxpass" for child in verb.lefts)
    be, base = _be_for(subject), inflected(verb, "VB")
    form = f"[{be} not: confirm with source] {verb.text}" if passive else f"[did not: confirm with source] {base}"
    if base is None or (passive and be is None):
        return None
    people = [token for token in sentence.doc[subject.left_edge.i : subject.right_edge.i + 1] if token.lower_ != "only" or token.nbor(-1).lower_ != "if"]
    who = words_of(text, people)
    tail = words_of(text, list(sentence.doc[verb.i + 1 : last.i + 1])) if last.i > verb.i else ""
    said = f"{who[0].upper()}{who[1:]} {form} {tail}".rstrip(" ,")
    return [Patch(sentence.start_char, sentence.end_char, f"{said}. [Open: {main}. Say what is known of it, with its source, or leave it out.]")]


def missed_opportunity(marked: Marked) -> list[Patch] | None:
    """*There were missed opportunities to assess him*: who, and what was open, become gaps."""
    noun = next((token for token in marked.span if token.lemma_ == "opportunity"), None)
    verb = next((child for child in noun.rights if child.tag_ == "VB"), None) if noun is not None else None
    if noun is None or verb is None:
        return None
    missed = next((child for child in noun.lefts if child.lower_ in {"missed", "lost"}), None)
    if missed is None:
        return None
    if is_supposed(noun):
        return None
    asked = "open to whom by role" if CLOCK.search(marked.sentence.text) else "which, when, open to whom by role"
    before = missed.nbor(-1) if missed.i > marked.sentence.start else missed
    start, article = (before.idx, in_the_manner_of(marked.text[before.idx], "an ")) if before.lower_ == "a" else (missed.idx, "")
    return [Patch(start, end_of(noun), f"{article}{noun.text} [not taken: {asked}]")]
