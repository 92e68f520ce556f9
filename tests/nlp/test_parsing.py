import pytest

from nlp.parsing import Parser, reading_text
from nlp.report import Report


@pytest.fixture(scope="module")
def parser():
    return Parser()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "Dr. A. Smith saw Mr J. Brown at 3.30 p.m. on Ward 4. He left.",
            ["Dr. A. Smith saw Mr J. Brown at 3.30 p.m. on Ward 4.", "He left."],
        ),
        ("He was given 2.5 mg of morphine. She slept.", ["He was given 2.5 mg of morphine.", "She slept."]),
        ("1. Background\nThe ward was full.", ["1. Background", "The ward was full."]),
        ("The nurse did not check\nthe wristband. He fell.", ["The nurse did not check\nthe wristband.", "He fell."]),
        ("• First point\n• Second point", ["• First point", "• Second point"]),
        ("Name\tRole\nA\tNurse", ["Name\tRole", "A\tNurse"]),
        ("The pump stopped. 😀 Then it began.", ["The pump stopped.", "Then it began."]),
        ("THE LOT WAS UNKNOWN.THE DEVICE WAS NOT RETURNED.", ["THE LOT WAS UNKNOWN.", "THE DEVICE WAS NOT RETURNED."]),
        ("2.1 The Trust met.\r\n2.2 It agreed.", ["2.1 The Trust met.", "2.2 It agreed."]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_sentences_survive_headings_bullets_doses_times_and_line_breaks(parser, text, sentences):
    [parse] = parser.parse_all([Report("t", text)])
    assert [text[each.start_char : each.end_char] for each in parse.sentences] == sentences


def test_what_the_parser_reads_has_the_length_of_the_text():
    text = "“Quoted”\u00a0text\r\nwith a soft\nbreak \U0001f600 e\u0301"
    assert len(reading_text(text)) == len(text)
