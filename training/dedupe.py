"""Near-copies by MinHash: pairs of documents whose word shingles overlap more than a threshold."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from datasketch import MinHash, MinHashLSH

from training.corpus import Document

SHINGLE = 5
PERMUTATIONS = 128
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NearCopy:
    """Two documents of different groups with their estimated Jaccard similarity, 0 to 1, over shingles of five words."""

    one: str
    other: str
    similarity: float
    splits: tuple[str | None, str | None]


def near_copies(documents: Iterable[Document], *, threshold: float = 0.5) -> list[NearCopy]:
    """Pairs at or above the threshold, most alike first. Variants of one group are near-copies on purpose and are left out."""
    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    seen: dict[str, tuple[MinHash, Document]] = {}
    found = []
    for document in documents:
        shingles = shingles_of(document)
        if not shingles:
            continue
        hashed = MinHash(num_perm=PERMUTATIONS, seed=1)
        hashed.update_batch([shingle.encode() for shingle in shingles])
        for name in index.query(hashed):
            twin, other = seen[name]
            similarity = float(hashed.jaccard(twin))
            if other.group != document.group and similarity >= threshold:
                found.append(NearCopy(one=other.id, other=document.id, similarity=similarity, splits=(other.split, document.split)))
        if document.id not in seen:
            index.insert(document.id, hashed)
            seen[document.id] = (hashed, document)
    return sorted(found, key=lambda pair: -pair.similarity)


def shingles_of(document: Document) -> set[str]:
    """Runs of five words of the labelled part, lower-cased; a shorter text is one shingle."""
    if document.text is None or not document.sentences:
        return set()
    labelled = document.text[document.sentences[0].start : document.sentences[-1].end]
    words = [word.lower() for word in WORD.findall(labelled)]
    return {" ".join(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))} if words else set()
