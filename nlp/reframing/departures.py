"""Rewrites of a rule departed from: what was done becomes a gap, the rule stays and is asked for its section."""

from spacy.tokens import Token

from nlp.actors import SUBJECTS, kind_of
from nlp.reframing.grammar import BE, PEOPLE, Patch, auxiliaries, end_of, noun_phrase, words_of
from nlp.reframing.marked import Marked
from nlp.reframing.slots import RULES
from nlp.reframing.statements import is_supposed
from nlp.reframing.wording import words


def rule_departed_from(marked: Marked) -> list[Patch] | None:
    """*Did not follow the policy* to *[what was done], where the policy asks for [another step, with its section]*."""
    verb = next((token for token in marked.span if token.pos_ == "VERB" and token.lemma_ in words().keeping | words().breaking), None)
    if verb is None:
        return None
    rule = next((child for child in verb.rights if child.dep_ == "dobj"), None)
    if rule is None:
        link = next((child for child in verb.rights if child.dep_ == "prep" and child.lower_ in {"with", "to", "from", "by"}), None)
        rule = next((child for child in link.rights if child.dep_ == "pobj"), None) if link is not None else None
    subject = next((child for child in verb.lefts if child.dep_ in SUBJECTS), None)
    if rule is None or not RULES.search(rule.lower_) or (subject is None and verb.dep_ not in {"xcomp", "conj"}):
        return None
    if any(child.dep_ in {"relcl", "cc", "conj"} for child in rule.rights) or (subject is not None and kind_of(subject) not in PEOPLE) or is_supposed(verb):
        return None  # the rule's words stand there, no one acts, or it is no event
    trigger = verb.head if verb.dep_ == "xcomp" else verb
    if trigger.tag_ not in {"VBD", "VB", "VBZ", "VBP"} or (
        verb.lemma_ in words().keeping and trigger is verb and not any(child.dep_ == "neg" for child in verb.lefts)
    ):
        return None
    group = [
        token for token in [*auxiliaries(trigger), *(child for child in trigger.lefts if child.dep_ in {"neg", "advmod"}), trigger] if token.i <= trigger.i
    ]
    if trigger.tag_ in {"VBZ", "VBP"} or any(token.lower_ in {"do", "does"} or (token.pos_ == "ADV" and token.dep_ != "neg") for token in group):
        return None  # a habit, or a matter of degree
    first = min(group, key=lambda token: token.i)
    last = rule.right_edge if rule.right_edge.i - rule.i < 10 else noun_phrase(rule)[-1]
    if (
        first.i <= marked.sentence.start
        or first.nbor(-1).lower_ in {"to", "that"}
        or any(token.is_punct and token.text in {";", ":"} for token in rule.subtree)
    ):
        return None
    named = words_of(marked.text, list(marked.sentence.doc[rule.left_edge.i : last.i + 1]))
    asks = "ask" if rule.tag_ in {"NNS", "NNPS"} else "asks"
    following = marked.sentence.doc[last.i + 1] if last.i + 1 < marked.sentence.end else None
    if not _is_last(following):
        return None  # what goes on would lose what it hangs on
    return [Patch(first.idx, end_of(last), f"[what was done], where {named} {asks} for [another step, with its section]")]


def _is_last(following: Token | None) -> bool:
    """Whether the statement ends here."""
    return following is None or following.text in {".", ";", "!"}


def rule_not_followed(marked: Marked) -> list[Patch] | None:
    """*The sepsis pathway was not followed* to *[what was done, by which role], where the sepsis pathway asks for [another step]*."""
    verb = next((token for token in marked.span if token.tag_ == "VBN" and token.lemma_ in words().keeping | words().breaking), None)
    rule = next((child for child in verb.lefts if child.dep_ == "nsubjpass"), None) if verb is not None else None
    if (
        verb is None
        or rule is None
        or not RULES.search(rule.lower_)
        or (verb.lemma_ in words().keeping and not any(child.dep_ == "neg" for child in verb.lefts))
    ):
        return None
    if any(child.dep_ in {"agent", "conj"} for child in verb.rights) or any(child.lower_ in {"no", "what", "which"} for child in rule.lefts):
        return None
    last = rule.right_edge
    following = verb.nbor() if verb.i + 1 < marked.sentence.end else None
    if is_supposed(verb) or not _is_last(following) or not any(child.lower_ in {"was", "were"} for child in verb.lefts):
        return None
    named = words_of(marked.text, list(marked.sentence.doc[rule.left_edge.i : last.i + 1])).rstrip(",")
    if rule.left_edge.i == marked.sentence.start and rule.left_edge.pos_ != "PROPN" and not rule.left_edge.is_upper:
        named = named[0].lower() + named[1:]
    asks = "ask" if rule.tag_ in {"NNS", "NNPS"} else "asks"
    comma = "," if "," in named else ""
    return [Patch(rule.left_edge.idx, end_of(verb), f"[what was done, by which role], where {named}{comma} {asks} for [another step, with its section]")]


def contrary_to(marked: Marked) -> list[Patch] | None:
    """*In breach of the protocol*, *contrary to policy* to *where the protocol asks for [another step]*."""
    word = next(
        (token for token in marked.span if token.lower_ in {"contrary", "breach", "violation", "contravention", "disregard", "defiance", "compliant"}), None
    )
    if word is None:
        return None
    first = word.nbor(-1) if word.i > marked.sentence.start and word.nbor(-1).lower_ == "in" else word
    link = word.nbor() if word.i + 1 < marked.sentence.end else word
    rule = next((child for child in link.rights if child.dep_ == "pobj"), None)
    if link.lower_ not in {"to", "of", "with"} or rule is None or not RULES.search(rule.lower_) or first.i == marked.sentence.start:
        return None
    last = rule.right_edge if rule.right_edge.i - rule.i < 8 else rule
    if not _is_last(last.nbor() if last.i + 1 < marked.sentence.end else None):
        return None
    named = words_of(marked.text, list(marked.sentence.doc[rule.left_edge.i : last.i + 1]))
    before = first.nbor(-1)
    if word.lower_ == "compliant":
        before = next((token for token in word.ancestors if token.lemma_ == "be"), before)
    asks = "ask" if rule.tag_ in {"NNS", "NNPS"} else "asks"
    if before.lower_ in BE:
        return [Patch(before.idx, end_of(last), f"[what was done], where {named} {asks} for [another step, with its section]")]
    return [Patch(first.idx, end_of(last), f"where {named} {asks} for [another step, with its section]")] if before.text == "," else None
