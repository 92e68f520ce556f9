"""What each corpus is worth to a plain learner: span figures of n-gram logistic regression on held-out real passages, by what it learnt from.

python tests/corpus_worth.py [--reports ../shared/reports]
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from training.baselines import ngrams
from training.config import CorpusConfig
from training.corpus import Document
from training.metrics import char_f1, char_f1_with_category, false_alarms, pairs_of, sentence_f1
from training.train import gather

CORPORA = Path(__file__).parent.parent / "corpora"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=Path, default=Path("../shared/reports"))
    arguments = parser.parse_args()
    public = gather([CorpusConfig(path=CORPORA / "public", reports=arguments.reports)])
    authored = gather([CorpusConfig(path=CORPORA / "authored")]).train
    held_out = (*public.dev, *public.test)
    print(f"held out: {sum(len(each.sentences) for each in held_out)} real sentences of {len(held_out)} documents, of which none was learnt from")
    for name, documents in mixes(public.train, authored):
        learner = ngrams(spans_only=True)
        learner.learn(documents)
        pairs = [pair for document in held_out for pair in pairs_of(document, learner.label(document))]
        figures = (char_f1(pairs), char_f1_with_category(pairs), sentence_f1(pairs), false_alarms(pairs))
        print("{:32} char-F1 {:.3f}, with category {:.3f}, sentence F1 {:.3f}, false alarms {:.3f}".format(name, *figures), flush=True)


def mixes(real: Sequence[Document], authored: Sequence[Document]) -> list[tuple[str, list[Document]]]:
    quarter = list(real[::4])
    return [
        ("authored", list(authored)),
        ("a quarter of real", quarter),
        ("a quarter of real, and authored", [*quarter, *authored]),
        ("real", list(real)),
        ("real and authored", [*real, *authored]),
    ]


if __name__ == "__main__":
    main()
