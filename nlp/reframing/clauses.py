"""The words that a question quotes: one whole clause from its subject to what its verb calls for, else a whole phrase, else nothing."""

import re
from collections.abc import Iterator

from spacy.tokens import Span, Token

from nlp.actors import SUBJECTS, kind_of
from nlp.reframing.grammar import is_shouted, noun_phrase
from nlp.reframing.wording import words

SHORT = 16  # words that a reader takes in at once
LONGEST = 28
LEAST = 3
# What a head cannot do without, and what may stand behind the last word quoted.
TIGHT = {"dobj", "attr", "acomp", "oprd", "dative", "agent", "prt", "xcomp", "ccomp", "pobj", "pcomp", "neg", "aux", "auxpass", "nummod", "quantmod", "nsubj"}
LOOSE = {"prep", "advcl", "relcl", "acl", "conj", "cc", "punct", "appos", "npadvmod", "advmod", "parataxis", "dep", "mark", "preconj"}
OUTSIDE = {"punct", "cc", "mark", "advcl", "preconj", "intj", "parataxis", "ccomp", "dep", "meta"}
FINITE = {"VBD", "VBZ", "VBP", "MD"}
ADJOINED = {"for", "by", "in", "on", "at", "during", "after", "before", "within", "until"}  # after *was provided*, the statement may end
UNFINISHED = {"ADP", "SCONJ", "DET", "CCONJ", "PART", "AUX"}
NUMBERING = re.compile(  # and words that only join
    r"^(?:[-•*·]\s*|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+|"
    r"(?:and|or|but|so|then|first|second|third|therefore|however|additionally|furthermore),?\s)+",
    re.IGNORECASE,
)
TRAILING = re.compile(r"\s(?:[b-hj-z]|[ivx]{2,4}|Therefore|However)$")  # the next item's letter, the next sentence's opening
BASIS = re.compile(
    r"^Based (?:up)?on .{5,200}?(?:\bit was determined (?:that )?|,? (?=the [\w() ]{2,60}? (?:failed|did not)\b))", re.IGNORECASE
)  # a surveyor's formula
MARKS = str.maketrans({'"': "'", "“": "'", "”": "'", "„": "'", "[": "(", "]": ")"})
# Signs that a sentence was cut or run on, and openings that hang on a word before.
UNQUOTABLE = re.compile(
    r"[?;•·]|(?<!\d):|:(?!\d)|\.\.|\.\s|[\w)]\.[A-Z]|[a-z]\.\d|[a-z]{3}[A-Z][a-z]{4}|\b(?i:redacted)\b|^\W|\s[-–—]\s|(?<!#)(?<![Pp]art)\s\d{1,2}$"
    r"|[a-z] (?:My|The|There|This|He|She|It|We)\s|[a-z]{3} (?:Lack|Failure|Inadequate)\b"
    r"|^(?:(?:to|in|of|for|by) )?(?:which|who|that)\s|^(?:to|was|were|been|being)\s|\bby \w+ing$|\b(\w+) \1\b"
    r"|\b(?:claim|alleg|insist|stat|report)(?:e?s|e?d|ing)?$|\bfull well$|, had \w+ \w+$|\b(?:btwn|because)$|^(?:only )?a matter of time$"
    r"|\bthat if\b(?!.*\b(?:would|will|could|may|might)\b)"
)


def clause_around(span: Span, sentence: Span) -> str:
    """The sentence where it is short, else the nearest clause or phrase that holds the marked words whole; empty where there is none."""
    for start, end in _ranges(span, sentence):
        if start <= span.start and end >= span.end and (quoted := _quoted(sentence.doc[start:end])):
            return quoted
    return ""


def clause_of(token: Token) -> Token:
    """The verb with a subject of its own that governs the token; what negates it from above goes with it. The token where there is none."""
    head = next((each for each in (token, *token.ancestors) if each.pos_ in {"VERB", "AUX"} and _subject(each) is not None), None)
    if head is None:
        return token
    while head.dep_ in {"ccomp", "xcomp", "advcl", "pcomp", "acl"} and head.head != head and _turns(head.head):
        above = clause_of(head.head)
        if above == head or (above == head.head and _subject(above) is None):
            break
        head = above
    return head


def _turns(governor: Token) -> bool:
    """Whether what it governs is denied, or left undone."""
    turned = governor.lemma_.lower() in words().reversing or any(child.dep_ == "neg" or child.lower_ == "no" for child in governor.lefts)
    passes = governor.head != governor and (governor.dep_ == "xcomp" or governor.pos_ == "ADJ")
    return turned or (passes and _turns(governor.head))


def _ranges(span: Span, sentence: Span) -> Iterator[tuple[int, int]]:
    if len(_text(sentence).split()) <= SHORT and sentence[-1].text != ":" and any(token.tag_ in FINITE for token in sentence):
        yield sentence.start, sentence.end
    head = clause_of(span.root)
    if head.dep_ == "csubj":
        head = head.head  # *what I did not do was to call*
    if head.lemma_ == "be" and span.root.pos_ == "NOUN" and any(child.dep_ == "poss" for child in span.root.lefts):
        yield from _spread(span.root, noun_phrase(span.root)[0].i, span, sentence)  # *contributing to it was his failure to*
    if _subject(head) is not None:
        yield from _spread(head, _first(head), span, sentence)
    for phrase in (span.root, *span.root.ancestors):
        if phrase.tag_ == "VBG" and phrase.i >= sentence.start and phrase.dep_ != "amod":
            yield from _spread(phrase, phrase.i, span, sentence)
        elif phrase.pos_ in {"NOUN", "PROPN"} and phrase.i < span.end + 4 and _holds_an_act(phrase):
            start = noun_phrase(phrase)[0].i
            if start == sentence.start or phrase.doc[start - 1].lower_ != "of" or phrase.doc[start - 2].lower_ in {"result", "reason", "because"}:
                yield from ((start, end) for start, end in _spread(phrase, start, span, sentence) if end - start > LEAST)
        if phrase.pos_ in {"VERB", "AUX"} and phrase.tag_ != "VBG":
            whole = (phrase.tag_ != "VBN" and (phrase.tag_ != "VB" or phrase.i > span.start)) or any(
                child.dep_ in {"aux", "auxpass"} and child.i >= span.start for child in phrase.lefts
            )
            if span.start <= phrase.i < span.end and phrase.lemma_ not in {"be", "have"} and whole:
                start = span.start - (span[0].dep_ == "neg" and span.start > sentence.start)
                yield from _spread(phrase, start, span, sentence)  # what was or was not done, without who
            return


def _holds_an_act(noun: Token) -> bool:
    """*Failure to check*, *delay in sending*, *the lack of a plan*: a noun that tells what was or was not done."""
    return any(child.dep_ in {"prep", "acl", "relcl"} for child in noun.rights)


def _spread(head: Token, start: int, span: Span, sentence: Span) -> Iterator[tuple[int, int]]:
    """From `start` to each place where the clause may end: the longest within what is read at once, else the shortest."""
    least = max(_reach(head), _reach(span.root), span.end - 1) + 1
    ends = [end for end in range(least, min(sentence.end, head.right_edge.i + 1, start + 2 * LONGEST) + 1) if _may_end(start, end, head)]
    short = [end for end in ends if len(_text(sentence.doc[start:end]).split()) <= SHORT]
    yield from ((start, end) for end in (*reversed(short), *(end for end in ends if end not in short)))


def _reach(head: Token) -> int:
    """The last token that the head cannot do without."""
    last = head.i
    for child in head.rights:
        beside = child.i == last + 1 and head.pos_ in {"VERB", "AUX", "ADJ"} and not _adjoins(child, head)
        close = child.dep_ == "prep" and (child.lower_ == "of" or beside)
        act = child.dep_ in {"acl", "relcl"} and child.tag_ == "VB"
        if child.dep_ in TIGHT or close or act or (head.dep_ == "prep" and child.dep_ == "prep"):
            last = max(last, _reach(child), child.i)
    return last


def _may_end(start: int, end: int, head: Token) -> bool:
    doc = head.doc
    inside = range(start, end)
    for token in doc[start:end]:
        if token != head and token.head.i >= end and token.head not in head.ancestors:
            return False
    last = doc[end - 1]
    stranded = last.dep_ == "prep" and last.head.tag_ == "VBN" and not list(last.children)  # *was not adhered to*
    if (last.pos_ in UNFINISHED and last.dep_ != "prt" and not stranded and (last != head or last.lemma_ in {"have", "be"})) or (
        last.is_punct and last.text not in {")", "."}
    ):
        return False
    if end >= head.sent.end:
        return True
    following = doc[end]
    verb_follows = following if following.text != "," else following.nbor() if end + 1 < head.sent.end else following
    if (following.lower_ == "that" and following.tag_ == "IN") or (
        following.lower_ == "to" and end + 1 < head.sent.end and following.nbor().lower_ == last.lower_
    ):
        return False  # *failed to see at the meeting that*, *face to face*
    if verb_follows.tag_ in FINITE and not (head.pos_ in {"NOUN", "PROPN", "VERB"} and _stands_before(head, verb_follows)):
        return False  # a clause whose verb would be cut off
    if (
        (following.dep_ in {"advmod", "npadvmod"} and following.head.i < end)
        or (last.tag_ == "VB" and following.tag_ in {"PRP", "PRP$"})
        or (following.tag_ == "VBG" and any(token.lemma_ in words().effects for token in doc[max(start, end - 6) : end]))
        or any(_lacks_its_clause(token, end) for token in doc[start:end])
    ):
        return False
    if following.pos_ == "ADP" and not list(following.children):
        return False  # *sign in*, read as a noun and a preposition
    if following.dep_ == "prep" and not _adjoins(following, last) and (last.pos_ in {"VERB", "AUX", "ADJ", "ADV", "ADP"} or last.lower_ in words().binding):
        return False
    if following.text in {"-", "/", "(", "#", "'s", "'", "%"} or (not last.whitespace_ and not following.is_punct) or following.like_num:
        return False
    joins_nouns = following.dep_ == "cc" and following.head.pos_ not in {"VERB", "AUX"} and following.head.i in inside
    crossing = [token for token in doc[end : head.right_edge.i + 1] if token.head.i in inside]
    bare_verb = following.dep_ == "cc" and last.pos_ == "VERB"
    return not joins_nouns and not bare_verb and all(_may_be_left(token) for token in crossing)


def _may_be_left(token: Token) -> bool:
    """Whether a clause is whole without this, which completes no word inside."""
    infinitive = token.tag_ == "VB" or any(child.tag_ == "TO" for child in token.lefts)
    return token.dep_ in LOOSE and token.lower_ not in {"of", "than"} and not infinitive


def _adjoins(preposition: Token, verb: Token) -> bool:
    """*Was provided for*: behind a passive that is whole."""
    return preposition.lower_ in ADJOINED and verb.tag_ == "VBN" and any(child.dep_ == "auxpass" for child in verb.lefts)


def _lacks_its_clause(verb: Token, end: int) -> bool:
    """*Ensure two patients*, where what was to happen to them comes later; *provide the patient*, where *with* what comes later."""
    if verb.lemma_ not in words().ensuring or any(child.dep_ == "ccomp" for child in verb.rights):
        return False
    given = next((child for child in verb.rights if child.dep_ == "dobj"), None)
    bare = given is not None and given.pos_ == "PROPN" and all(child.dep_ == "compound" for child in given.lefts)
    named = given is not None and (bare or given.pos_ == "NUM" or kind_of(given) == "patient" or given.lower_ in {"record", "records"})
    return named and not any(token.lower_ == "with" for token in verb.doc[verb.i : end])


def _stands_before(phrase: Token, verb: Token) -> bool:
    """Whether the phrase is that verb's subject, so that it is whole before it."""
    return any(child == phrase for each in (verb, verb.head) for child in each.lefts)


def _first(head: Token) -> int:
    """Where the clause starts: its subject, with what stands close before it; the noun that a relative clause describes."""
    subject = _subject(head)
    assert subject is not None
    if head.dep_ == "relcl" and not _agrees(head):
        return head.right_edge.i + 1  # the parser hung it on another noun: nothing to quote
    if head.dep_ == "relcl" and subject.lower_ == "which" and subject.nbor(-1).text == ",":
        return head.right_edge.i + 1  # it may tell of the whole clause before
    if head.dep_ == "relcl" and (subject.tag_ in {"WDT", "WP"} or any(child.lower_ == "no" for child in head.head.lefts)):
        return noun_phrase(head.head)[0].i
    if any(child.dep_ in {"aux", "auxpass"} and child.i < subject.left_edge.i and child.lower_ not in {"had", "should", "were"} for child in head.lefts):
        return head.right_edge.i + 1  # *nor was she asked*
    if head.dep_ != "ROOT" and any(child.tag_ == "TO" and child.i > subject.i for child in head.lefts):
        return head.right_edge.i + 1  # *they wanted us to fly*
    first, seen = head.i, False
    for child in reversed(list(head.lefts)):
        if seen and ((child.dep_ in OUTSIDE and child.lower_ not in {"if", "-"}) or any(token.text == "," for token in child.subtree)):
            break
        if child == subject and any(token.text == "," and token.i < child.i for token in child.subtree):
            return noun_phrase(subject)[0].i
        if (child.lower_ == "that" and child.dep_ == "mark") or child.tag_ == "WRB":
            break
        first, seen = child.left_edge.i, seen or child == subject or child.left_edge.i <= subject.i
    return first


def _agrees(head: Token) -> bool:
    """Whether a relative clause has the number of the noun that it is hung on."""
    plural = any(token.lower_ in {"were", "are", "have"} for token in (head, *head.lefts))
    return not (plural and head.head.tag_ in {"NN", "NNP"} and not any(child.dep_ == "conj" for child in head.head.rights))


def _subject(verb: Token) -> Token | None:
    return next((child for child in verb.children if child.dep_ in SUBJECTS and child.i != verb.i), None)


def _text(clause: Span) -> str:
    bare = BASIS.sub("", NUMBERING.sub("", " ".join(clause.text.translate(MARKS).split()))).strip(" .,–—-")
    return re.sub(r"^that (?=had |if )", "", TRAILING.sub("", bare).rstrip(" .,"))


def _quoted(clause: Span) -> str:
    """The words as they can stand between quotation marks; empty where they cannot."""
    quoted = _text(clause)
    if not LEAST <= len(quoted.split()) <= LONGEST or UNQUOTABLE.search(quoted):
        return ""
    if quoted.count("(") != quoted.count(")") or re.match(r"[^(]*\)", quoted) or re.sub(r"\w'\w|s'\s", "", quoted).count("'") % 2:
        return ""
    return quoted.lower() if is_shouted(quoted) else quoted
