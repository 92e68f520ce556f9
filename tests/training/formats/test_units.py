"""Offset units are told by the recorded words, never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.errors import UnreadableInputError
from training.formats.units import UNITS, Region, boundaries, resolve, utf16_offsets

pytest.importorskip("regex")
TEXTS = st.text(st.sampled_from("ab .😀é\u0301\u200d\u00a0\r\n"), min_size=1, max_size=25)


@given(TEXTS, st.data())
def test_offsets_of_every_unit_come_back_as_code_points(text, data):
    unit = data.draw(st.sampled_from(UNITS))
    limits = boundaries(text, unit)
    start, end = sorted(data.draw(st.lists(st.sampled_from([at for at, limit in enumerate(limits) if limit is not None]), min_size=2, max_size=2)))
    found = resolve(text, [Region(start, end, text[limits[start] : limits[end]])], unit=unit)
    assert found == (((limits[start], limits[end]),), 0)


@given(TEXTS, st.data())
def test_auto_is_right_or_refuses(text, data):
    unit = data.draw(st.sampled_from(UNITS))
    limits = boundaries(text, unit)
    start, end = sorted(data.draw(st.lists(st.sampled_from([at for at, limit in enumerate(limits) if limit is not None]), min_size=2, max_size=2)))
    words = text[limits[start] : limits[end]]
    try:
        ((place,), _) = resolve(text, [Region(start, end, words)])
    except UnreadableInputError:
        return
    assert text[slice(*place)] == words


@given(TEXTS)
def test_utf16_offsets_are_those_of_the_encoding(text):
    assert utf16_offsets(text)[-1] == len(text.encode("utf-16-le")) // 2
    assert [limit for limit in boundaries(text, "utf16") if limit is not None] == list(range(len(text) + 1))


@pytest.mark.parametrize(
    ("regions", "unit"),
    [([Region(6, 12, "failed")], "codepoint"), ([Region(7, 13, "failed")], "utf16"), ([Region(5, 11, "failed")], "grapheme")],
    ids=["code points", "UTF-16", "graphemes"],
)
def test_the_recorded_words_tell_the_unit(regions, unit):
    text = "😀 e\u0301: failed."
    assert resolve(text, regions) == (((6, 12),), 0)
    assert resolve(text, [region._replace(words=None) for region in regions], unit=unit) == (((6, 12),), 0)


def test_without_words_and_with_emoji_before_the_region_the_unit_is_refused():
    with pytest.raises(UnreadableInputError, match="cannot be told"):
        resolve("😀 failed.", [Region(2, 8)])


def test_without_words_a_region_before_any_emoji_is_certain():
    assert resolve("failed 😀", [Region(0, 6)]).spans == ((0, 6),)


def test_one_region_with_words_decides_for_those_without():
    assert resolve("😀 she failed", [Region(3, 6, "she"), Region(7, 13)]).spans == ((2, 5), (6, 12))


def test_words_that_are_nowhere_are_refused_and_not_repeated():
    with pytest.raises(UnreadableInputError, match=r"first at 0\.\.4") as caught:
        resolve("She failed.", [Region(0, 4, "secret")])
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("e\u0301.\r\nHe failed.", 7, 13), ("A.\nHe failed.", 7, 13)],
    ids=["CRLF counted as one", "LF counted as two"],
)
def test_line_ends_counted_otherwise_are_repaired(text, start, end):
    ((place,), repaired) = resolve(text, [Region(start, end, "failed")])
    assert (text[slice(*place)], repaired) == ("failed", 1)


@pytest.mark.parametrize(("text", "words"), [("It was\u00a0at fault.", "was at fault"), ("It was\nat fault.", "was\\nat fault")], ids=["NBSP", "backslash n"])
def test_blanks_of_another_kind_are_repaired(text, words):
    assert resolve(text, [Region(3, 15, words)]) == (((3, 15),), 1)


def test_an_offset_inside_of_a_surrogate_pair_is_no_utf16():
    with pytest.raises(UnreadableInputError, match="outside"):
        resolve("😀", [Region(1, 2)], unit="utf16")
