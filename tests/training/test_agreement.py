import pytest

from nlp.errors import UnreadableInputError
from tests.training.conftest import make_document
from training.agreement import agreement
from training.metrics import (
    Labels,
    Pair,
    attribution_macro_f1,
    char_f1,
    char_f1_with_category,
    false_alarms,
    interval,
    labels_of,
    pairs_of,
    sentence_f1,
    span_f1,
)


def test_two_readers_are_compared_and_gold_is_left_out(document):
    figures = {figure.name: figure for figure in agreement([document])}
    marked = len("carelesslyfailedtocheck")
    missed = len("remindedtobevigilant")
    assert figures["span char-F1"].value == pytest.approx(2 * marked / (2 * marked + missed))
    assert figures["failure, alpha"].value == 1
    assert figures["attribution, kappa"].value < 1


def test_agreement_of_one_reader_is_refused(document):
    with pytest.raises(UnreadableInputError, match="two annotator layers"):
        agreement([document.model_copy(update={"layers": document.layers[:2]})])


def test_gold_against_itself_is_perfect(document):
    pairs = pairs_of(document, labels_of(document))
    assert (char_f1(pairs), char_f1_with_category(pairs), sentence_f1(pairs), span_f1(pairs, exact=True), false_alarms(pairs)) == (1, 1, 1, 1, 0)


def test_a_wrong_category_costs_only_where_it_is_asked_for():
    def labels(category):
        return Labels(characters=dict.fromkeys(range(5), category), spans=((0, 5, category),), attribution="individual", action_strength="none")

    pairs = [Pair(group="g", source="s", length=9, gold=labels("failure"), predicted=labels("judgement"))]
    assert (char_f1(pairs), char_f1_with_category(pairs), span_f1(pairs, exact=False)) == (1, 0, 0)


def test_reported_blame_is_not_counted(document):
    layer = document.layers[0]
    told = layer.model_copy(update={"spans": tuple(span.model_copy(update={"reported": True}) for span in layer.spans)})
    labels = labels_of(document.model_copy(update={"layers": (told,)}))
    assert not any(each.characters for each in labels)
    assert labels[0].shown


def test_attribution_macro_f1_is_over_all_four_labels(document):
    assert attribution_macro_f1(pairs_of(document, labels_of(document))) == 0.5


def test_the_interval_holds_the_value_and_draws_groups():
    pairs = [pair for n in range(8) for pair in pairs_of(make_document(f"d{n}"), labels_of(make_document(f"d{n}"), "reader-b" if n % 2 else "gold"))]
    low, high = interval(pairs, char_f1, draws=50)
    assert low < char_f1(pairs) < high


def test_a_sentence_that_gold_leaves_open_is_not_judged(document):
    open_gold = document.layers[0].model_copy(update={"attribution": ("individual", None, "individual")})
    pairs = pairs_of(document.model_copy(update={"layers": (open_gold,)}), labels_of(document))
    assert len(pairs) == 2
