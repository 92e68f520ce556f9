import json
import re
from pathlib import Path

import pytest

from nlp.errors import UnreadableInputError
from tests.training.conftest import make_document
from training import corpus
from training.agreed import with_gold
from training.check import check, personal_identifiers
from training.dedupe import near_copies
from training.loading import load_corpus
from training.splits import split
from training.standoff import Assembly, assemble, without_text
from training.statistics import statistics


def kinds(*documents, **known):
    return {fault.kind for fault in check(documents, **known)}


def changed(document, **update):
    return document.model_copy(update=update)


def with_span(document, **update):
    layer = document.layers[0]
    return changed(document, layers=(layer.model_copy(update={"spans": (layer.spans[0].model_copy(update=update), *layer.spans[1:])}), *document.layers[1:]))


def test_a_written_document_reads_back_equal(document, tmp_path):
    corpus.write([document], tmp_path / "c.jsonl")
    assert list(corpus.read(tmp_path)) == [document]


def test_an_unknown_key_is_named_and_the_text_is_not_repeated(document, tmp_path):
    record = {**json.loads(corpus.dumps(document)), "colour": "red"}
    (tmp_path / "c.jsonl").write_text(json.dumps(record))
    with pytest.raises(UnreadableInputError, match=r"c.jsonl, line 1 .*colour") as error:
        list(corpus.read(tmp_path / "c.jsonl"))
    assert "nurse" not in str(error.value)


def test_a_layer_must_label_every_sentence(document):
    with pytest.raises(ValueError, match="sentence labels for 3 sentences"):
        corpus.Document.model_validate({**document.model_dump(), "layers": [{**document.layers[0].model_dump(), "attribution": ["none"]}]})


def test_the_schema_lists_the_categories_of_the_taxonomy():
    assert tuple(corpus.schema()["$defs"]["BlameSpan"]["properties"]["category"]["enum"]) == corpus.CATEGORIES


def test_a_sound_document_has_no_fault(document):
    assert kinds(document) == set()


@pytest.mark.parametrize(
    ("update", "kind"),
    [
        ({"start": 11, "end": 21}, "wrong_words"),
        ({"category": "rudeness"}, "unknown_label"),
        ({"start": 10, "end": 25, "words": None}, "overlap"),
        ({"start": 9, "end": 20, "words": None}, "blank_edge"),
        ({"start": 40, "end": 60, "words": None}, "span_outside"),
    ],
)
def test_check_finds_a_faulty_span(document, update, kind):
    assert kind in kinds(with_span(document, **update))


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [("check the", "check\u00a0the", "non-breaking"), ("chart", "charts", "shifted|edited"), ("😀", "", "shifted")],
)
def test_check_says_how_a_text_was_changed(document, before, after, why):
    faults = [fault for fault in check([changed(document, text=document.text.replace(before, after))]) if fault.kind == "text_changed"]
    assert faults
    assert any(re.search(why, fault.message) for fault in faults), [fault.message for fault in faults]


def test_check_finds_an_evaluation_sentence(document):
    assert kinds(document, known=frozenset({document.sentences[1].sha256})) == {"evaluation_leak"}


def test_check_finds_a_copy_in_another_split():
    assert "leak" in kinds(make_document("a", split="train"), make_document("b", split="test"))


def test_variants_of_one_group_are_no_near_copies():
    assert near_copies([make_document("a", group="g"), make_document("b", group="g")]) == []
    assert near_copies([make_document("a"), make_document("b")])[0].similarity == 1


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Ring 020 7946 0018 now.", "a telephone number"),
        ("Write to a.b@c.org.", "an e-mail address"),
        ("He lives at SW1A 1AA.", "a UK postcode"),
        ("NHS 943 476 5919", "an NHS number"),
        ("DOB: 03/04/1951", "a date of birth"),
    ],
)
def test_personal_identifiers_are_found(text, what):
    assert what in personal_identifiers(text)


def test_doses_and_times_are_no_personal_identifiers():
    assert personal_identifiers("At 03:10 on 12/04/2021 he had 1000 250 1234567890 units, 943 476 5918, ward B12 5.") == []


def test_groups_stay_together_and_adding_documents_moves_none():
    few = [make_document(f"d{n}", group=f"g{n // 2}") for n in range(40)]
    many = few + [make_document(f"e{n}") for n in range(10)]
    first, second = list(split(few)), list(split(many))
    assert [document.split for document in second[:40]] == [document.split for document in first]
    assert all(one.split == other.split for one, other in zip(first[::2], first[1::2], strict=True))
    assert {document.split for document in second} == {"train", "dev", "test"}


def test_a_whole_source_can_be_held_out():
    documents = [make_document(f"d{n}", source="ntsb" if n % 3 else "osha") for n in range(30)]
    assert {document.split for document in split(documents, hold_out="ntsb") if document.origin.source == "ntsb"} == {"test"}
    assert "test" not in {document.split for document in split(documents, hold_out="ntsb") if document.origin.source == "osha"}


def test_standoff_loses_every_word_and_assembles_again(document, tmp_path):
    (tmp_path / "reports.jsonl").write_text(json.dumps({"doc_id": "d1", "text": document.text}) + "\n")
    bare = without_text(document)
    assert "nurse" not in corpus.dumps(bare)
    assert "carelessly" not in corpus.dumps(bare)
    assembly = Assembly()
    (again,) = assemble([bare], tmp_path, assembly)
    assert again.text == document.text
    assert assembly.is_whole


def test_a_changed_or_missing_text_is_named_and_left_out(document, tmp_path):
    (tmp_path / "reports.jsonl").write_text(json.dumps({"doc_id": "d1", "text": document.text + "!"}).replace("nurse", "Nurse") + "\n")
    assembly = Assembly()
    assert list(assemble([without_text(document), without_text(make_document("d2"))], tmp_path, assembly)) == []
    assert (assembly.changed, assembly.missing) == (["d1"], ["d2"])


def test_statistics_count_the_agreed_layer(document):
    found = statistics([document])
    assert (found.documents, found.sentences, found.with_span) == (1, 3, 2)
    assert found.counted == {"judgement": 1, "failure": 1, "person_focused_action": 1}


def test_a_corpus_streams_through_datasets(document, tmp_path):
    corpus.write(split([document, make_document("d2")]), tmp_path / "c.jsonl")
    rows = list(load_corpus(tmp_path / "c.jsonl"))
    assert [row["id"] for row in rows] == ["d1", "d2"]
    assert rows[0]["text"] == document.text
    assert rows[0]["layers"][0]["spans"][0]["category"] == "judgement"


def test_the_example_of_the_documentation_is_sound(tmp_path):
    page = (Path(corpus.__file__).parent.parent / "docs" / "corpus-format.md").read_text()
    example = page.split("```json\n")[1].split("```")[0]
    (tmp_path / "example.jsonl").write_text(example.replace("\n", ""))
    assert check(corpus.read(tmp_path / "example.jsonl")) == []
    assert all(f"`{key}`" in page for key in corpus.Document.model_fields)


def test_gold_is_what_the_readers_say_alike_and_the_rest_stays_unlabelled(document):
    bare = document.model_copy(update={"layers": document.layers[1:]})
    agreed = with_gold(bare).layer()
    assert agreed.attribution == ("individual", "none", None)
    assert [span.category for span in agreed.spans] == ["judgement", "failure"]
    assert with_gold(bare, decided_by="reader-a").layer() == document.layer()
