"""Offsets cut out the same words whatever stands around them."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.report import Report
from service.offsets import to_utf16

NOISE = st.text(alphabet=st.sampled_from("😀e\u0301\r\n\x00 .a“”’\u202e👩‍⚕️\t•A1"), max_size=30)


def words16(text, start, end):
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(before=NOISE, after=NOISE)
def test_every_span_cuts_out_its_words_in_both_units(analyzer, before, after):
    text = f"{before} The nurse failed to check the chart. {after}"
    analysis = analyzer.analyze(Report("t", text))
    wide = to_utf16(analysis, text)
    assert wide.offset_unit == "utf16"
    for one, two in zip(analysis.findings + analysis.sentences, wide.findings + wide.sentences, strict=True):
        assert 0 <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == words16(text, two.start, two.end)
        assert text[one.start : one.end].strip()
    for one, two in zip(analysis.findings, wide.findings, strict=True):
        for first, second in zip(one.suggestions, two.suggestions, strict=True):
            if first.start is not None:
                assert text[first.start : first.end] == words16(text, second.start, second.end)


def test_a_blaming_phrase_is_found_after_an_emoji(analyzer):
    text = "😀😀 The nurse failed to check."
    [finding] = analyzer.analyze(Report("t", text)).findings
    assert text[finding.start : finding.end] == "failed to check"


def test_one_text_is_a_batch_of_one(analyzer):
    reports = [Report("a", "The nurse failed to check."), Report("b", "He was lazy.")]
    assert list(analyzer.analyze_all(reports)) == [analyzer.analyze(report) for report in reports]


def test_finding_ids_survive_a_second_run(analyzer):
    report = Report("a", "The nurse failed to check.")
    first, second = analyzer.analyze(report), analyzer.analyze(replace(report, id="b"))
    assert [finding.id for finding in first.findings] == [finding.id for finding in second.findings]
