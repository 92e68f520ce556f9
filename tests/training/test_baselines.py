import pytest

from tests.training.conftest import make_document
from training.baselines import MajorityPerTrigger, WordList, ngrams
from training.evaluate import evaluate, labeller_of, passage_of
from training.metrics import char_f1, pairs_of


def test_the_word_list_marks_its_words_wherever_they_stand(document):
    labels = WordList().label(document)
    assert [[document.text[start:end] for start, end, _ in each.spans] for each in labels] == [
        ["carelessly", "failed to"],
        ["failed"],
        ["reminded", "vigilant"],
    ]


def test_majority_per_trigger_learns_that_a_word_is_mostly_innocent(document):
    baseline = MajorityPerTrigger()
    baseline.learn([make_document(f"d{n}") for n in range(3)])
    assert [bool(each.spans) for each in baseline.label(document)] == [True, False, True]


def test_ngram_regression_learns_what_it_has_seen(document):
    baseline = ngrams()
    baseline.learn([make_document(f"d{n}") for n in range(6)])
    assert char_f1(pairs_of(document, baseline.label(document))) == pytest.approx(1)


def test_an_analyser_is_judged_on_its_own_reading_of_the_passage(analyzer):
    document = make_document(text="The nurse carelessly failed to check the chart. 😀 The pump failed at 03:10. Staff were reminded to be vigilant.")
    evaluation = evaluate("rules", labeller_of(analyzer), [document], draws=0)
    assert evaluation.figures["span char-F1"] > 0.9
    assert evaluation.tables["by source"]["authored"]["sentences"] == 3


def test_a_passage_keeps_its_words_under_shifted_offsets(document):
    long = document.model_copy(
        update={
            "text": "x y " * 600 + document.text,
            "sentences": tuple(mark.model_copy(update={"start": mark.start + 2400, "end": mark.end + 2400}) for mark in document.sentences),
            "layers": tuple(
                layer.model_copy(update={"spans": tuple(span.model_copy(update={"start": span.start + 2400, "end": span.end + 2400}) for span in layer.spans)})
                for layer in document.layers
            ),
        }
    )
    passage = passage_of(long)
    assert len(passage.text) < 1000
    assert [passage.text[span.start : span.end] for span in passage.layers[0].spans] == [span.words for span in document.layers[0].spans]
