"""Edits of words that call something not done a failure: *failed to check* to *did not check*, *the nurse's failure to check* to *the nurse did not check*.

Each function knows one construction and answers None wherever its grammar is not sure.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from nlp.actors import SUBJECTS, kind_of
from nlp.reframing.grammar import BE, PEOPLE, Patch, auxiliaries, end_of, in_the_manner_of, inflected, is_negated, words_of
from nlp.reframing.marked import Marked

OMIT = frozenset({"fail", "neglect", "omit", "forget", "overlook"})
BOTHER = frozenset({"bother", "trouble"})
FAILURE = frozenset({"failure", "failures", "omission", "inability"})
SOFT_ADVERBS = {
    "inadvertently",
    "also",
    "then",
    "subsequently",
    "again",
    "initially",
    "later",
    "repeatedly",
    "still",
    "therefore",
    "thereafter",
    "twice",
    "previously",
}
FORCE = {"completely", "totally", "wholly", "utterly", "simply", "plainly", "clearly", "consistently", "negligently", "carelessly"}
CAUSAL = {"lead", "result", "cause", "contribute", "mean", "delay", "allow", "increase", "expose", "place", "put", "prevent", "create", "permit"}
FOR_REASON = {"due", "because", "owing"}


def failed_to(marked: Marked) -> list[Patch] | None:
    """*Failed/fails/failing/has failed to check*, and the same with *neglect*, *omit*, *forget*, *overlook*."""
    trigger = marked.near(OMIT)
    if trigger is None or trigger.pos_ not in {"VERB", "AUX"} or is_negated(trigger):
        return None
    if trigger.lemma_ == "forget" and any(child.lower_ in {"i", "we"} for child in trigger.children):
        return None  # what one says of one's own memory is evidence
    verb = _infinitive(trigger)
    if verb is None or _by_failing(verb, marked):
        return None
    start, leading = _start(trigger)
    if start is None:
        return None
    replacement = _negated(trigger, verb)
    if replacement is None:
        return None
    head, *rest = replacement
    shouted = marked.shouted
    to = _to(trigger, verb)
    between = [token.text for token in trigger.doc[to.i + 1 : verb.i]] if to is not None else []
    phrase = " ".join([*leading, head, *between, rest[0]])
    first = Patch(start.idx, end_of(verb), in_the_manner_of(marked.text[start.idx], phrase, shouted=shouted))
    more = _coordinated(verb, rest[0])
    return None if more is None else [first, *more]


def did_not_bother(marked: Marked) -> list[Patch] | None:
    """*Did not bother to check*, *never bothered to check*, *could not be bothered to check*."""
    trigger = marked.near(BOTHER)
    if trigger is None or trigger.pos_ != "VERB":
        return None
    verb = _infinitive(trigger)
    before = [child for child in trigger.lefts if child.dep_ in {"aux", "auxpass", "neg", "advmod"}]
    words = {child.lower_ for child in before}
    if verb is None or verb.lemma_ == "be" or not words & {"not", "n't", "never"} or any(child.dep_ == "conj" for child in verb.children):
        return None
    if not before or trigger.i - before[0].i != len(before):
        return None
    if words & {"do", "does"}:
        phrase = f"{'does' if 'does' in words else 'do'} not {verb.lower_}"
    elif words & {"did", "could", "never"}:
        phrase = f"did not {verb.lower_}"
    else:
        return None
    if "have" in {child.lemma_ for child in before}:
        return None
    return [Patch(before[0].idx, end_of(verb), in_the_manner_of(marked.text[before[0].idx], phrase, shouted=marked.shouted))]


def failure_to(marked: Marked) -> list[Patch] | None:
    """*The nurse's failure to check*, *failure of the crew to check*, *due to failure to check*: by where the noun stands in the sentence."""
    noun = marked.near(FAILURE)
    if noun is None or noun.lemma_.lower() not in {"failure", "omission"} or noun.pos_ != "NOUN":
        return None
    verb = _infinitive(noun)
    if verb is None or verb.lemma_ == "be" or any(child.dep_ == "amod" for child in noun.children):
        return None
    owner = _owner(noun, marked.text)
    if owner is not None and _pronoun_or_thing(owner[1]):
        return None
    start = _start_of(noun)
    if owner is not None and start.i and start.nbor(-1).lemma_ == "be" and _there(start.nbor(-1)) is not None:
        return _existential(marked, start.nbor(-1), noun, verb, owner[0])
    if noun.dep_ == "pobj" and noun.head.i == start.i - 1:
        return _after_preposition(marked, noun, verb, start, owner[0] if owner else None)
    if owner is None:
        return _agentless_subject(marked, noun, verb, start)
    clause = _as_clause(marked, noun, verb, start, owner[0]) if noun.dep_ == "nsubj" and noun.head.pos_ in {"VERB", "AUX"} else None
    return clause or _alone(marked, noun, verb, start, owner[0])


def _with_adverbs(noun: Token, verb: Token, form: str) -> str:
    """The verb's form behind the adverbs that stood between the noun and it (*failure to effectively use*)."""
    adverbs = [token.text for token in noun.doc[noun.i + 1 : verb.i] if token.pos_ == "ADV" and token.head in {noun, verb}]
    return " ".join([*adverbs, form])


def _joins_owned_noun(verb: Token) -> bool:
    """*Failure to hold the course and his exceedance of*: a second noun with an owner fits no clause."""
    for token in verb.subtree:
        if token.i > verb.i and token.dep_ == "conj" and token.pos_ == "NOUN" and any(child.dep_ == "poss" for child in token.lefts):
            return True
    return False


def _there(be: Token) -> Token | None:
    return next((child for child in be.lefts if child.lower_ == "there" and child.i == be.i - 1), None)


def _existential(marked: Marked, be: Token, noun: Token, verb: Token, owner: str) -> list[Patch] | None:
    """*There was a failure by the night team to note* to *The night team did not note*."""
    there, more = _there(be), _coordinated(verb, verb.lower_)
    if there is None or more is None or be.lower_ not in {"was", "were"}:
        return None
    return [
        Patch(
            there.idx,
            end_of(verb),
            in_the_manner_of(marked.text[there.idx], f"{owner} did not {_with_adverbs(noun, verb, verb.lower_)}", shouted=marked.shouted),
        ),
        *more,
    ]


def nobody_failed(marked: Marked) -> list[Patch] | None:
    """*There was a failure to escalate* to *[who, by role,] did not escalate*: a rewrite, for the actor is a gap."""
    noun = marked.near(FAILURE)
    verb = _infinitive(noun) if noun is not None and noun.pos_ == "NOUN" else None
    if noun is None or verb is None or verb.lemma_ == "be" or _owner(noun, marked.text) is not None or _another_failing(noun, marked):
        return None
    start = _start_of(noun)
    be = start.nbor(-1) if start.i > marked.sentence.start else None
    more = _coordinated(verb, verb.lower_)
    if more is None:
        return None
    if be is not None and be.lower_ in {"was", "were"} and (there := _there(be)) is not None:
        return [Patch(there.idx, end_of(verb), f"[who, by role,] did not {_with_adverbs(noun, verb, verb.lower_)}"), *more]
    opens = not any(token.is_alpha and len(token) > 1 for token in noun.doc[marked.sentence.start : start.i])
    general = any(token.tag_ in {"VBZ", "VBP"} for token in marked.sentence)  # *failure to look puts people at risk*: no event, or read as none
    if opens and noun.dep_ == "ROOT" and not general and not _tells_more(marked, noun):
        return [Patch(start.idx, end_of(verb), f"[Who, by role,] did not {_with_adverbs(noun, verb, verb.lower_)}"), *more]
    return None


def _another_failing(noun: Token, marked: Marked) -> bool:
    """*A failure to mitigate by failing to act*, *a failure to refer, a failure to tell*: one hangs on the other, or they make a list."""
    return any(token.i > noun.i and token.lemma_.lower() in OMIT | {"failure", "omission"} for token in marked.sentence)


def _by_failing(verb: Token, marked: Marked) -> bool:
    """*Failed to take steps by failing to tell*: *did not take steps by not telling* would say something else."""
    return any(token.lower_ == "by" and token.nbor().lemma_.lower() in OMIT for token in marked.sentence if verb.i < token.i < marked.sentence.end - 1)


def _alone(marked: Marked, noun: Token, verb: Token, start: Token, owner: str) -> list[Patch] | None:
    """The noun is the sentence, or follows *was* or a colon."""
    clause = f"{owner} did not {_with_adverbs(noun, verb, verb.lower_)}"
    more = _coordinated(verb, verb.lower_)
    if more is None or any(child.dep_ in {"conj", "cc"} for child in noun.children) or _joins_owned_noun(verb):
        return None
    before = start.nbor(-1) if start.i > marked.sentence.start else None
    if noun.dep_ in {"attr", "nsubj"} and before is not None and before.lower_ in {"was", "were"} and noun.head == before and not _is_cleft(noun):
        clause = f"that {clause}"
    elif ((before is not None and before.text == ":") or noun.dep_ == "ROOT") and not _tells_more(marked, noun) and _opens(before):
        clause = clause[0].upper() + clause[1:] if marked.text[start.idx].isupper() else clause
    else:
        return None
    return [Patch(start.idx, end_of(verb), in_the_manner_of("x", clause, shouted=marked.shouted)), *more]


def _opens(before: Token | None) -> bool:
    """Whether a statement may begin behind this token."""
    return before is None or before.text in {":", ".", ")", "-", "•", "–"} or before.is_digit


def _tells_more(marked: Marked, noun: Token) -> bool:
    """Whether the sentence has a finite verb outside relative clauses: then the noun is more than a heading."""
    for token in marked.sentence:
        if token.i > noun.i and token.tag_ in {"VBD", "VBZ", "VBP"} and not any(each.dep_ == "relcl" for each in [token, *token.ancestors]):
            return True
    return any(token.tag_ == "VBN" and token.i > noun.i and token.nbor(-1).tag_ in {"VB", "NN", "NNS"} for token in marked.sentence)


def _is_cleft(noun: Token) -> bool:
    """*It was the failure to check which mattered*, *there was a failure*: no clause fits behind the verb."""
    lead = any(child.lower_ in {"it", "there", "this", "that", "which"} for child in noun.head.lefts)
    return lead or any(token.dep_ == "relcl" for token in noun.head.subtree if token.i > noun.i)


def _agentless_subject(marked: Marked, noun: Token, verb: Token, start: Token) -> list[Patch] | None:
    """*Failure to check the chart led to harm* to *Not checking the chart led to harm*."""
    gerund = inflected(verb, "VBG")
    if (
        gerund is None
        or noun.dep_ != "nsubj"
        or any(token.is_alpha and len(token) > 1 for token in noun.doc[marked.sentence.start : start.i])
        or noun.i - start.i > 1
        or start.lower_ in {"that", "this", "such"}
        or noun.head.i < verb.i
        or any(child.dep_ in {"conj", "cc"} for child in noun.children)
    ):
        return None
    more = _coordinated(verb, gerund)
    opening = in_the_manner_of(marked.text[start.idx], f"not {_with_adverbs(noun, verb, gerund)}", shouted=marked.shouted)
    return None if more is None else [Patch(start.idx, end_of(verb), opening), *more]


def _as_clause(marked: Marked, noun: Token, verb: Token, start: Token, owner: str) -> list[Patch] | None:
    """*The nurse's failure to check the chart led to harm* to *The nurse did not check the chart, which led to harm*."""
    matrix = noun.head
    past = matrix.tag_ == "VBD" or any(child.dep_ == "aux" and child.lower_ in {"had", "have", "has"} for child in matrix.lefts)
    plain = matrix.lemma_ in CAUSAL or (matrix.lemma_ == "be" and any(child.lower_ in FOR_REASON for child in matrix.rights))
    if not past or not plain or is_negated(matrix) or matrix.dep_ not in {"ROOT"} or any(child.dep_ in {"conj", "cc"} for child in noun.children):
        return None
    group = min([matrix, *auxiliaries(matrix), *(child for child in matrix.lefts if child.dep_ == "advmod" and child.i > noun.i)], key=lambda token: token.i)
    last = group.nbor(-1)
    if last.i < verb.i or (last.is_punct and last.text != ","):
        return None
    more = _coordinated(verb, verb.lower_)
    if more is None:
        return None
    if _joins_owned_noun(verb):
        return None
    link = Patch(end_of(last) if last.text != "," else last.idx, group.idx, ", which ")
    opening = in_the_manner_of(marked.text[start.idx], f"{owner} did not {_with_adverbs(noun, verb, verb.lower_)}", shouted=marked.shouted)
    return [Patch(start.idx, end_of(verb), opening), *more, link]


def _after_preposition(marked: Marked, noun: Token, verb: Token, start: Token, owner: str | None) -> list[Patch] | None:
    gerund = inflected(verb, "VBG")
    preposition = noun.head
    if owner is not None and preposition.lower_ == "of" and kind_of(preposition.head) in PEOPLE:
        return None  # *the pilot of the first aircraft's failure*
    if gerund is None or any(child.dep_ in {"conj", "cc"} for child in noun.children) or preposition.lower_ in {"in", "than", "into", "about", "like", "as"}:
        return None
    if owner is not None and any(child.dep_ == "conj" for child in verb.children):
        return None
    more = _coordinated(verb, gerund)
    if more is None:
        return None
    lead = preposition.nbor(-1) if preposition.i > marked.sentence.start else None
    if owner is not None and preposition.lower_ == "to" and lead is not None and lead.lower_ in FOR_REASON:
        return [
            Patch(
                lead.idx,
                end_of(verb),
                in_the_manner_of(marked.text[lead.idx], f"because {owner} did not {_with_adverbs(noun, verb, verb.lower_)}", shouted=marked.shouted),
            ),
            *more,
        ]
    done = _with_adverbs(noun, verb, gerund)
    phrase = f"{owner} not {done}" if owner else f"not {done}"
    return [Patch(start.idx, end_of(verb), in_the_manner_of("x", phrase, shouted=marked.shouted)), *more]


def _negated(trigger: Token, verb: Token) -> tuple[str, str] | None:
    """The negation and the form of the verb behind it."""
    helpers = auxiliaries(trigger)
    forms = [helper.lower_ for helper in helpers]
    lemmas = {helper.lemma_.lower() for helper in helpers}
    if verb.lemma_ == "be" or any(child.dep_ == "auxpass" for child in verb.children):
        return None
    if trigger.tag_ == "VBG":
        gerund = inflected(verb, "VBG")
        return ("not", gerund) if gerund and (not helpers or (len(helpers) == 1 and forms[0] in BE)) else None
    if "have" in lemmas:
        participle = inflected(verb, "VBN")
        return ("not", participle) if participle and len(helpers) == 1 else None
    if lemmas == {"do"} and trigger.tag_ in {"VB", "VBP"}:
        return ("not", verb.lower_)
    if helpers:
        return None
    if trigger.tag_ == "VBZ":
        return ("does not", verb.lower_)
    if trigger.tag_ == "VBP" and trigger.lower_ == trigger.lemma_.lower():
        return ("do not", verb.lower_)
    if trigger.lower_ in {"failed", "neglected", "omitted", "forgot", "overlooked"} and _is_finite(trigger):
        return ("did not", verb.lower_)
    return None


def _is_finite(trigger: Token) -> bool:
    """A past tense and not a participle (*the team, failed by its managers*): taggers confuse the two, a subject decides."""
    if trigger.tag_ == "VBD":
        return True
    return any(child.dep_ in SUBJECTS for child in trigger.lefts) or trigger.dep_ == "conj"


def _infinitive(trigger: Token) -> Token | None:
    """The verb of *to check* right behind the trigger, adverbs and the actor's phrase (*failure of the crew to check*) let through."""
    inner = (
        [grand for child in trigger.rights if child.dep_ in {"prep", "agent"} for end in child.rights if _may_act(end) for grand in end.rights]
        if trigger.pos_ == "NOUN"
        else []
    )
    for child in [*trigger.rights, *inner]:
        to = _to(trigger, child) if child.tag_ == "VB" and child.dep_ in {"xcomp", "acl", "advcl", "ccomp", "relcl"} else None
        if to is None:
            continue
        if to.i != trigger.i + 1 and trigger.pos_ != "NOUN":
            return None
        return child if all(token.pos_ == "ADV" for token in trigger.doc[to.i + 1 : child.i]) else None
    return None


def _may_act(noun: Token) -> bool:
    """*Failure of the crew to check*, and not *omission of the requirement to check*."""
    return noun.pos_ == "PROPN" or kind_of(noun) in PEOPLE


def _to(trigger: Token, verb: Token) -> Token | None:
    return next((child for child in verb.lefts if child.lower_ == "to" and child.i > trigger.i), None)


def _start(trigger: Token) -> tuple[Token | None, list[str]]:
    """Where the edit starts, with the adverbs that it keeps; None where an adverb stands that fits no negation."""
    adverbs = [child for child in trigger.lefts if child.dep_ == "advmod" and child.i == trigger.i - 1]
    if not adverbs or adverbs[0].lower_ in SOFT_ADVERBS or adverbs[0].pos_ in {"SCONJ"} or adverbs[0].tag_ in {"WRB", "CC"}:
        return trigger, []
    if adverbs[0].lower_ in FORCE:
        return adverbs[0], []
    return None, []


def _coordinated(verb: Token, form: str) -> list[Patch] | None:
    """Mends verbs joined to the first (*failed to check and to record*); None where they cannot be mended for certain."""
    patches: list[Patch] = []
    for other in _conjuncts(verb):
        to = next((child for child in other.lefts if child.lower_ == "to" and child.dep_ == "aux"), None)
        if other.tag_ != "VB" or has_other_subject(other):
            if other.tag_ in {"VBD", "VBZ", "VBP"}:
                continue  # a verb of the main clause that the parser hung too low
            return None
        tag = {verb.lower_: "VB"}.get(form) or ("VBG" if form.endswith("ing") else "VBN")
        word = inflected(other, tag)
        if word is None:
            return None
        start = to if to is not None else other
        between = [token.text for token in other.doc[start.i + 1 : other.i]] if to is not None else []
        joint = start.nbor(-1)
        if to is not None and joint.lower_ == "and":
            patches.append(Patch(joint.idx, end_of(other), " ".join(["or", *between, word])))
        elif to is not None or word != other.lower_:
            patches.append(Patch(start.idx, end_of(other), " ".join([*between, word])))
    return patches


def has_other_subject(verb: Token) -> bool:
    """Whether a joined verb opens a clause of its own."""
    return any(child.dep_ in SUBJECTS for child in verb.children)


def _conjuncts(verb: Token) -> Iterator[Token]:
    for child in verb.rights:
        if child.dep_ == "conj" and child.pos_ in {"VERB", "AUX"}:
            yield child
            yield from _conjuncts(child)


def _owner(noun: Token, text: str) -> tuple[str, Token] | None:
    """Whose failure: *the nurse's*, *of the crew*, *by the unit*, as words and as its head."""
    for child in noun.children:
        if child.dep_ == "poss":
            words = words_of(text, list(noun.doc[child.left_edge.i : child.i + 1]))
            subject = {"his": "he", "her": "she", "their": "they", "its": "it", "my": "I", "our": "we"}.get(child.lower_)
            return (subject or words, child)
    for child in noun.children:
        if child.dep_ in {"prep", "agent"} and child.lower_ in {"of", "by"} and child.i == noun.i + 1:
            inner = next((end for end in child.children if end.dep_ == "pobj"), None)
            if inner is not None:
                tokens = [token for token in noun.doc[child.i + 1 : inner.i + 1]]
                return (words_of(text, tokens), inner) if tokens else None
    return None


def _pronoun_or_thing(owner: Token) -> bool:
    return owner.lower_ in {"its", "this", "that", "these", "those"} or kind_of(owner) == "thing" or owner.lower_ in {"system", "process"}


def _start_of(noun: Token) -> Token:
    """The first word of the noun's phrase: its owner, its article, or the noun."""
    first = noun
    for child in noun.lefts:
        if child.dep_ in {"poss", "det", "compound", "advmod"}:
            first = min(first, child.left_edge, key=lambda token: token.i)
    return first
