import pytest

from lrtui.errors import OperationFailed, UserError, sentence_of


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (UserError("no comparison 7"), "no comparison 7"),
        (OperationFailed("the disk is full"), "the disk is full"),
        (KeyError("x"), "KeyError: 'x'"),
        (AssertionError(), "AssertionError"),
    ],
)
def test_a_mistake_of_a_person_is_its_sentence_and_one_of_the_program_has_its_type(
    error: Exception, sentence: str
) -> None:
    assert sentence_of(error) == sentence
