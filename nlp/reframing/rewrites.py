"""The whole sentence in other words, with gaps in square brackets for what only the author can supply.

All but the marked construction stays as it is. A gap names what belongs there; nothing is filled in, and what the text only implies stands in the gap.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from spacy.tokens import Span, Token

from nlp.actors import SUBJECTS, kind_of, subject_of
from nlp.attribution import HUMAN_ACTS, TROUBLE
from nlp.reframing.grammar import BE, PEOPLE, Patch, auxiliaries, end_of, has_subject, in_the_manner_of, inflected, noun_phrase, words_of
from nlp.reframing.marked import Marked
from nlp.reframing.omissions import nobody_failed
from nlp.reframing.questions import DOUBT, KINDS
from nlp.reframing.slots import RULES, graded, supposed_verb
from nlp.reframing.wording import words

LONGEST_SUPPOSITION = 40  # tokens
BRING_ABOUT = {"for", "in", "to", "of"}
SEEN = {
    "judgement": "[what was seen or recorded, and what was expected]",
    "character": "[what was said or done, seen or heard by whom]",
    "patient_blame": "[what was said or done, when, and what came before it]",
    "human_error": "[what was done, by which role, and what was intended]",
    "culpability": "[what was done or decided, with times and source]",
    "hindsight": "[which signs, seen by whom, when]",
}
INTENT = {"deliberately", "intentionally", "knowingly", "wilfully", "willfully", "purposely"}
SENTENCE_GAPS = {
    "failure": "[Time and source; what was expected, and where that is written.]",
    "patient_blame": "[In whose words, when, and what was offered.]",
    "person_focused_action": "[Owner, date, and how it will be known that it works.]",
}


def rewrite_of(marked: Marked, edit: Sequence[Patch] | None) -> list[Patch] | None:
    """The patches of a rewrite: by the category's constructions, else the edit with a gap behind the sentence, else a gap in place of the grading words."""
    for construction in CONSTRUCTIONS.get(marked.finding.category, ()):
        patches = construction(marked)
        if patches:
            return [replace(patch, words=in_the_manner_of("x", patch.words, shouted=True)) for patch in patches] if marked.shouted else patches
    gap = SENTENCE_GAPS.get(marked.finding.category)
    if marked.finding.category == "person_focused_action" and re.search(KINDS["sanction"], marked.sentence.text, re.IGNORECASE):
        return None
    if gap and marked.finding.category == "patient_blame" and any(token.lemma_ in DOUBT for token in marked.span):
        gap = "[Who took this report, and when.]"
    if gap and (edit or marked.finding.category == "person_focused_action"):
        return [*(edit or ()), _behind(marked, gap)]
    return None


def _behind(marked: Marked, gap: str) -> Patch:
    end = marked.sentence.end_char
    stop = "" if marked.text[end - 1] in ".!?;:" else "."
    return Patch(end, end, f"{stop} {gap}")


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
    if verb.lemma_ == "be" or ";" in behind:
        return None
    negated = any(token.lower_ in {"not", "never", "n't"} for token in group)
    scaled = any(token.lower_ in SCALED or token.tag_ in {"JJR", "RBR"} for token in [*plain, *verb.subtree])
    adverbs = " ".join(token.text for token in plain)
    kept = f"{adverbs} " if adverbs else ""
    passive = any(token.lower_ == "been" for token in group)
    subject = next((child for child in verb.lefts if child.dep_ in SUBJECTS), None) or subject_of(verb)
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


SCALED = {"promptly", "immediately", "sooner", "earlier", "faster", "better", "more", "much", "always", "fully", "within", "urgently", "timely", "directly"}


def _whether(auxiliary: str, scaled: bool) -> str:
    """What is open: with a word of degree or time the act itself may have taken place."""
    return f"{auxiliary} or {auxiliary} not, and when" if scaled else f"{auxiliary} not"


def _be_for(subject: Token | None) -> str | None:
    if subject is None:
        return None
    if subject.lower_ in {"which", "that", "who"}:
        subject = subject.head.head if subject.head.dep_ == "relcl" else subject
    if subject.tag_ in {"NNS", "NNPS"} or subject.lower_ in {"they", "we", "these", "those"} or any(child.dep_ == "conj" for child in subject.rights):
        return "were"
    return "was" if subject.tag_ in {"NN", "NNP", "PRP", "DT", "WDT", "CD"} and subject.lower_ != "you" else None


def missed_opportunity(marked: Marked) -> list[Patch] | None:
    """*There were missed opportunities to assess him*: who, and what was open, become gaps."""
    noun = next((token for token in marked.span if token.lemma_ == "opportunity"), None)
    verb = next((child for child in noun.rights if child.tag_ == "VB"), None) if noun is not None else None
    if noun is None or verb is None:
        return None
    missed = next((child for child in noun.lefts if child.lower_ in {"missed", "lost"}), None)
    if missed is None:
        return None
    before = missed.nbor(-1) if missed.i > marked.sentence.start else missed
    start, article = (before.idx, in_the_manner_of(marked.text[before.idx], "an ")) if before.lower_ == "a" else (missed.idx, "")
    return [Patch(start, end_of(noun), f"{article}{noun.text} [which, when, open to whom by role]")]


def rule_departed_from(marked: Marked) -> list[Patch] | None:
    """*Did not follow the policy* to *[what was done], where the policy asks for [step, with its section]*."""
    verb = next((token for token in marked.span if token.pos_ == "VERB" and token.lemma_ in KEEPING | BREAKING), None)
    if verb is None:
        return None
    rule = next((child for child in verb.rights if child.dep_ == "dobj"), None)
    if rule is None:
        link = next((child for child in verb.rights if child.dep_ == "prep" and child.lower_ in {"with", "to", "from", "by"}), None)
        rule = next((child for child in link.rights if child.dep_ == "pobj"), None) if link is not None else None
    subject = next((child for child in verb.lefts if child.dep_ in SUBJECTS), None)
    if rule is None or not RULES.search(rule.lower_) or (subject is None and verb.dep_ not in {"xcomp", "conj"}):
        return None
    trigger = verb.head if verb.dep_ == "xcomp" else verb
    if trigger.tag_ not in {"VBD", "VB", "VBZ", "VBP"} or (verb.lemma_ in KEEPING and trigger is verb and not any(child.dep_ == "neg" for child in verb.lefts)):
        return None
    group = [
        token for token in [*auxiliaries(trigger), *(child for child in trigger.lefts if child.dep_ in {"neg", "advmod"}), trigger] if token.i <= trigger.i
    ]
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
    comma = "" if following is None or following.is_punct else ","
    return [Patch(first.idx, end_of(last), f"[what was done], where {named} {asks} for [step, with its section]{comma}")]


def rule_not_followed(marked: Marked) -> list[Patch] | None:
    """*The sepsis pathway was not followed* to *[what was done, by which role], where the sepsis pathway asks for [step]*."""
    verb = next((token for token in marked.span if token.tag_ == "VBN" and token.lemma_ in KEEPING | BREAKING), None)
    rule = next((child for child in verb.lefts if child.dep_ == "nsubjpass"), None) if verb is not None else None
    if verb is None or rule is None or not RULES.search(rule.lower_) or (verb.lemma_ in KEEPING and not any(child.dep_ == "neg" for child in verb.lefts)):
        return None
    if any(child.dep_ in {"agent", "conj"} for child in verb.rights) or any(child.lower_ in {"no", "what", "which"} for child in rule.lefts):
        return None
    last = rule.right_edge
    named = words_of(marked.text, list(marked.sentence.doc[rule.left_edge.i : last.i + 1])).rstrip(",")
    if rule.left_edge.i == marked.sentence.start and rule.left_edge.pos_ != "PROPN":
        named = named[0].lower() + named[1:]
    asks = "ask" if rule.tag_ in {"NNS", "NNPS"} else "asks"
    comma = "," if "," in named else ""
    return [Patch(rule.left_edge.idx, end_of(verb), f"[what was done, by which role], where {named}{comma} {asks} for [step, with its section]")]


KEEPING = {"follow", "adhere", "comply", "observe", "apply", "keep"}
BREAKING = {"violate", "breach", "break", "disregard", "ignore", "bypass", "flout", "circumvent", "contravene"}


def contrary_to(marked: Marked) -> list[Patch] | None:
    """*In breach of the protocol*, *contrary to policy* to *where the protocol asks for [step]*."""
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
    named = words_of(marked.text, list(marked.sentence.doc[rule.left_edge.i : last.i + 1]))
    before = first.nbor(-1)
    if word.lower_ == "compliant":
        before = next((token for token in word.ancestors if token.lemma_ == "be"), before)
    asks = "ask" if rule.tag_ in {"NNS", "NNPS"} else "asks"
    if before.lower_ in BE:
        return [Patch(before.idx, end_of(last), f"[what was done], where {named} {asks} for [step, with its section]")]
    return [Patch(first.idx, end_of(last), f"where {named} {asks} for [step, with its section]")] if before.text == "," else None


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
    if marked.finding.category == "judgement" and graded(marked.span) is None:
        return None
    return [Patch(be.idx, end_of(last), gap)]


def if_only(marked: Marked) -> list[Patch] | None:
    """*The fall could have been avoided if staff had raised the rails* to *Staff [did not: confirm with source] raise the rails*, the rest as an open point."""
    sentence, text = marked.sentence, marked.text
    verb = supposed_verb(sentence)
    subject = next((child for child in verb.lefts if child.dep_ in SUBJECTS), None) if verb is not None else None
    if verb is None or subject is None or verb.dep_ == "ROOT" or any(child.dep_ in {"conj", "neg"} for child in verb.children):
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
    elif first.i == sentence.start and sentence.doc[last.i + 1].text == ",":
        main = words_of(text, list(sentence.doc[last.i + 2 : stop.i]))
    else:
        return None
    if not main or main[0].isdigit():
        return None
    passive = any(child.dep_ == "auxpass" for child in verb.lefts)
    be, base = _be_for(subject), inflected(verb, "VB")
    form = f"[{be} not: confirm with source] {verb.text}" if passive else f"[did not: confirm with source] {base}"
    if base is None or (passive and be is None):
        return None
    who = words_of(text, list(sentence.doc[subject.left_edge.i : subject.right_edge.i + 1]))
    tail = words_of(text, list(sentence.doc[verb.i + 1 : last.i + 1])) if last.i > verb.i else ""
    main = main if sentence.doc[sentence.start].pos_ == "PROPN" or main[:2] == "I " else main[0].lower() + main[1:]
    said = f"{who[0].upper()}{who[1:]} {form} {tail}".rstrip(" ,")
    return [Patch(sentence.start_char, sentence.end_char, f"{said}. [Open: {main}. Say what is known of it, with its source, or leave it out.]")]


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
    """*Poor communication by the team led to* to *communication by the team [what was seen or recorded] led to*."""
    word = next((token for token in reversed(list(marked.span)) if token.pos_ == "ADJ"), None)
    gap = SEEN.get(marked.finding.category)
    if word is None or gap is None or word.dep_ != "amod" or word.head.i < word.i or any(child.dep_ in {"conj", "cc"} for child in word.children):
        return None
    noun = word.head
    intensifier = [child for child in word.lefts if child.dep_ == "advmod" and child.i == word.i - 1]
    first = intensifier[0] if intensifier else word
    if marked.span[-1] == word and marked.span[0].i < first.i:
        first = marked.span[0]
    last = noun_phrase(noun)[-1]
    tail = next((child for child in noun.rights if child.dep_ == "acl" and child.left_edge.i == last.i + 1 and child.right_edge.i - last.i < 14), None)
    last = tail.right_edge if tail is not None else last
    if noun.dep_ == "attr" and any(child.dep_ == "expl" for child in noun.head.lefts):
        return None
    if first.nbor(-1).lower_ in {"not", "no"} if first.i > marked.sentence.start else False:
        return None
    following = word.nbor()
    article = first.nbor(-1) if first.i > marked.sentence.start else None
    start, lead = first.idx, ""
    if article is not None and article.lower_ in {"a", "an"}:
        start, lead = article.idx, in_the_manner_of(marked.text[article.idx], "an" if following.lower_[0] in "aeiou" else "a") + " "
    opening = marked.text[following.idx]
    if not lead and marked.text[first.idx].isupper() and not marked.shouted:
        opening = opening.upper()
    if last.i < noun.i:
        return None
    return [Patch(start, following.idx + 1, f"{lead}{opening}"), Patch(end_of(last), end_of(last), f" {gap}")]


def error_noun(marked: Marked) -> list[Patch] | None:
    """*Due to nursing error*, *made a mistake*: what was done and what was intended become the gap; the actor stays."""
    noun = next(
        (
            token
            for token in marked.span
            if token.lemma_.lower() in {"error", "mistake", "lapse", "oversight", "slip", "inattention", "misjudgement", "blunder"}
        ),
        None,
    )
    if noun is None or noun.pos_ not in {"NOUN", "PROPN"} or any(child.dep_ in {"conj", "cc"} for child in noun.children):
        return None
    if noun.head.lemma_ in {"make", "commit"} and noun.dep_ == "dobj" and noun.head.tag_ == "VBD" and not list(noun.rights):
        return [Patch(noun.head.idx, end_of(noun), SEEN["human_error"])]
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
    """*Mistakenly gave 10 mg* to *gave 10 mg [what was intended]*: the mark of error becomes a gap, for dropping it would lose that it was not meant."""
    word = next(
        (token for token in marked.span if token.lower_ in {"mistakenly", "erroneously", "wrongly", "incorrectly", "inadvertently", "accidentally"} | INTENT),
        None,
    )
    if word is None or word.dep_ != "advmod" or word.head.pos_ != "VERB" or len(marked.span) > 2 or word.i == marked.sentence.start:
        return None
    text, after = marked.text, end_of(word)
    gap = "[what was seen or said, and the account of those concerned]" if word.lower_ in INTENT else "[what was intended]"
    if text[after : after + 1] == " " and text[word.idx - 1] == " " and word.i < word.head.i:
        target = next((child for child in word.head.rights if child.dep_ == "dobj"), None)
        last = noun_phrase(target)[-1] if target is not None else word.head
        return [Patch(word.idx, after + 1, ""), Patch(end_of(last), end_of(last), f" {gap}")]
    return [Patch(word.idx, after, gap)] if word.i > word.head.i else None


def wrong_thing(marked: Marked) -> list[Patch] | None:
    """*The wrong dose* to *the wrong dose [which, and which was intended]*: the fact stays and is made exact."""
    word = next((token for token in marked.span if token.lower_ in {"wrong", "incorrect", "erroneous"}), None)
    if word is None or word.dep_ != "amod" or word.head.i < word.i:
        return None
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


def actor_restored(sentence: Span, text: str) -> list[Patch] | None:
    """*The wrong dose was given* to *The wrong dose was given by [role]*, at the first human act that hides who acted."""
    hidden = [verb for verb in sentence if verb.tag_ == "VBN" and verb.lemma_ in HUMAN_ACTS and _is_agentless(verb)]
    trouble = [match.start() + sentence.start_char for match in TROUBLE.finditer(sentence.text)]
    if not hidden:
        return None
    verb = min(hidden, key=lambda each: min((abs(each.idx - at) for at in trouble), default=0))
    last = verb
    for child in verb.rights:
        if child.dep_ in {"prt", "dobj", "oprd"} and child.left_edge.i == last.i + 1:
            last = child.right_edge
        else:
            break
    joined = [child for child in verb.rights if child.dep_ == "conj" and child.tag_ == "VBN" and child.left_edge.i == child.i and child.i - last.i <= 2]
    last = joined[-1] if joined else last
    return [Patch(end_of(last), end_of(last), " by [who, by role]")]


def _is_agentless(verb: Token) -> bool:
    kinds = {child.dep_ for child in verb.children}
    subject = next((child for child in verb.lefts if child.dep_ == "nsubjpass"), None)
    if subject is None or subject.lower_ in {"i", "we"} or subject.lemma_.lower() in {"evidence", "reference", "consideration", "mention", "impression"}:
        return False
    return "nsubjpass" in kinds and "agent" not in kinds
