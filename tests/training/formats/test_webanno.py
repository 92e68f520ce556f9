"""WebAnno TSV 3.3, as INCEpTION writes it."""

import pytest

from nlp.errors import UnreadableInputError
from training.formats import FORMATS, detect
from training.formats.draft import Options

pytest.importorskip("regex")

HEAD = "#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.Blame|reason|value\n\n\n"
ROWS = """#Text=The nurse carelessly failed to check the allergy status.
1-1\t0-3\tThe\t_\t_\t
1-2\t4-9\tnurse\t_\t_\t
1-3\t10-20\tcarelessly\thindsight\tCHARACTER\t
1-4\t21-27\tfailed\t*[1]\tFAILURE_VERB[1]\t
1-5\t28-30\tto\t*[1]\tFAILURE_VERB[1]\t
1-6\t31-36\tcheck\t*[1]\tFAILURE_VERB[1]\t
"""


def read(tmp_path, content):
    (tmp_path / "r1.tsv").write_text(content, encoding="utf-8", newline="")
    assert detect(tmp_path / "r1.tsv") == "webanno-tsv"
    return FORMATS["webanno-tsv"].read(tmp_path / "r1.tsv", Options(labels={"FAILURE_VERB": "failure", "SELF": "character"}))


def spans(found):
    return [(span.words, span.category) for document in found.documents for layer in document.layers for span in layer.spans]


def test_values_and_regions_over_several_tokens(tmp_path):
    found = read(tmp_path, HEAD + ROWS)
    assert spans(found) == [("carelessly", "character"), ("failed to check", "failure")]
    assert (found.read, found.skipped, found.repaired) == (1, 0, 0)


def test_line_ends_of_windows_are_no_text(tmp_path):
    assert spans(read(tmp_path, (HEAD + ROWS).replace("\n", "\r\n"))) == spans(read(tmp_path, HEAD + ROWS))


def test_offsets_are_utf16_and_sentences_those_of_the_file(tmp_path):
    found = read(
        tmp_path,
        HEAD
        + "#Text=I like it 😊 .\n1-1\t0-1\tI\t_\t_\t\n1-4\t10-12\t😊\t_\t_\t\n\n#Text=He failed\n2-1\t15-17\tHe\t_\t_\t\n2-2\t18-24\tfailed\t_\tfailure\t\n",
    )
    assert found.documents[0].text == "I like it 😊 .\nHe failed"
    assert [(mark.start, mark.end) for mark in found.documents[0].sentences] == [(0, 13), (14, 23)]
    assert spans(found) == [("failed", "failure")]


def test_sentences_without_a_gap_and_with_a_wide_one(tmp_path):
    rows = "#Text=He\n1-1\t2-4\tHe\t_\t_\t\n\n#Text=ran.\n2-1\t4-8\tran.\t_\t_\t\n\n#Text=She\n3-1\t11-14\tShe\t_\t_\t\n"
    assert read(tmp_path, HEAD + rows).documents[0].text == "  Heran.\n  She"


def test_several_text_lines_are_one_sentence_and_escapes_are_undone(tmp_path):
    rows = "#Text=This is\\ta\n#Text=te\\\\st\\r .\n1-1\t0-4\tThis\t*\t_\t\n1-2\t10-15\tte\\\\st\t_\t_\t\n"
    assert read(tmp_path, HEAD + rows).documents[0].text == "This is\ta\nte\\st\r ."


def test_stacked_values_sub_tokens_and_escaped_signs(tmp_path):
    rows = (
        "#Text=self-blaming notes\n"
        "1-1\t0-12\tself-blaming\t*\tjudgement[1]|SELF[2]\t\n"
        "1-1.1\t5-12\tblaming\ta\\|b\\_\tculpability\t\n"
        "1-2\t13-18\tnotes\t*\tjudgement[1]\t\n"
    )
    found = read(tmp_path, HEAD + rows)
    assert spans(found) == [("self-blaming notes", "judgement"), ("self-blaming", "character"), ("blaming", "culpability")]


def test_columns_of_relations_chains_and_grammar_are_passed_over(tmp_path):
    head = (
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue\n#T_SP=custom.Blame|value\n#T_SP=custom.Flag\n"
        "#T_CH=de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink|referenceType|referenceRelation\n#T_RL=custom.R|value|BT_custom.Blame\n\n\n"
    )
    rows = "#Text=He failed\n1-1\t0-2\tHe\tPRP\t_\t_\tpr[1]\tcoref->1-1\t_\t_\t\n1-2\t3-9\tfailed\tVBD\tfailure\t*\t_\t_\tx\t1-1\t\n"
    found = read(tmp_path, head + rows)
    assert spans(found) == [("failed", "failure")]
    assert found.skipped == 1


def test_tokens_that_are_not_in_the_text_refuse_it(tmp_path):
    found = read(tmp_path, HEAD + ROWS.replace("\tcheck\t", "\tczech\t"))
    assert "31..36" in found.refused[0][1]


def test_another_tsv_is_refused(tmp_path):
    (tmp_path / "r1.tsv").write_text("a\tb\n")
    with pytest.raises(UnreadableInputError, match="not WebAnno TSV 3"):
        FORMATS["webanno-tsv"].read(tmp_path / "r1.tsv", Options())
