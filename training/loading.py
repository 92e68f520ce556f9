"""A corpus through the `datasets` library: streamed, with typed features. One row is one document."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datasets import Features, IterableDataset, List, Value

from training.corpus import read

SPAN = {"start": Value("int64"), "end": Value("int64"), "category": Value("string"), "reported": Value("bool"), "words": Value("string")}
FEATURES = Features(
    {
        "id": Value("string"),
        "text": Value("string"),
        "offset_unit": Value("string"),
        "source": Value("string"),
        "licence": Value("string"),
        "group": Value("string"),
        "slice": Value("string"),
        "split": Value("string"),
        "sentences": List({"start": Value("int64"), "end": Value("int64"), "sha256": Value("string")}),
        "layers": List(
            {
                "annotator": Value("string"),
                "spans": List(SPAN),
                "attribution": List(Value("string")),
                "factors": List(List(Value("string"))),
                "action_strength": List(Value("string")),
            }
        ),
    }
)


def load_corpus(path: Path, *, split: str | None = None) -> IterableDataset:
    """The documents of a corpus file or folder as a streaming dataset; `split` keeps one split.

    Raises:
        UnreadableInputError: when iterated, for a line that is not a document.
    """
    return IterableDataset.from_generator(_rows, features=FEATURES, gen_kwargs={"path": path, "split": split})


def _rows(path: Path, split: str | None) -> Iterator[dict[str, Any]]:
    for document in read(path):
        if split and document.split != split:
            continue
        record = document.model_dump(mode="json")
        record["source"], record["licence"] = document.origin.source, document.origin.licence
        yield {key: record[key] for key in FEATURES}
