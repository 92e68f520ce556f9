"""What is hidden from the network: names of people and peoples, and nouns that tell a person's sex."""

import pytest

from nlp.names import names
from nlp.parsing import Parser
from nlp.report import Report


@pytest.fixture(scope="module")
def hidden():
    parser = Parser()

    def hidden(text: str, *, gendered: bool = False) -> list[str]:
        parse = next(parser.parse_all([Report("r", text)]))
        return [text[start:end] for start, end in names(parse.doc, gendered=gendered)]

    return hidden


def test_a_name_is_hidden_with_its_courtesy_title_and_without_its_role(hidden):
    assert hidden("Then Mr Okonkwo and Nurse Kowalczyk left the ward.") == ["Mr Okonkwo", "Kowalczyk"]


def test_nouns_that_tell_the_sex_are_hidden_on_wish_and_in_order(hidden):
    text = "The elderly lady and Mrs Okonkwo were seen by two men who man the desk."
    assert hidden(text) == ["Mrs Okonkwo"]
    assert hidden(text, gendered=True) == ["lady", "Mrs Okonkwo", "men"]


def test_an_institution_keeps_its_name(hidden):
    assert hidden("He was taken to Brackenfold Hospital by the Saxby Ambulance Service.") == []
