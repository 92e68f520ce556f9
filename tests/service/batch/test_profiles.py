import pytest

from nlp.errors import UnreadableInputError
from service.batch.options import ColumnMap
from service.batch.profiles import merged, read_profile, shipped


@pytest.mark.parametrize("name", shipped())
def test_every_profile_that_ships_is_a_column_map(name):
    assert read_profile(name).mapping().text


def test_a_flag_goes_before_the_profile():
    mapping = merged(read_profile("osha_abstracts").mapping(), severity="mine", unit=None, keep=())
    assert (mapping.severity, mapping.unit, mapping.report_id) == ("mine", None, "doc_id")
    assert mapping.keep == ("labels.Human Factor", "labels.Environmental Factor")


@pytest.mark.parametrize("content", ["text = ", 'title = "t"', 'title = "t"\ntext = "x"\nward = "y"', 'title = "t"\ntext = 3'])
def test_a_profile_that_cannot_be_used_is_refused_in_a_sentence(tmp_path, content):
    (tmp_path / "p.toml").write_text(content)
    with pytest.raises(UnreadableInputError, match="profile"):
        read_profile(str(tmp_path / "p.toml"))


def test_an_unknown_profile_names_those_that_ship():
    with pytest.raises(UnreadableInputError, match="nasa_asrs"):
        read_profile("nobody")


def test_a_column_map_reads_each_column_once():
    assert ColumnMap(unit="a", keep=("a", "b")).columns() == ("text", "a", "b")
