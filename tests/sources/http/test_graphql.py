"""GraphQL: what was asked for, or the error of ours that an answer with errors stands for."""

import msgspec
import pytest

from core.domain.listings import SourceName
from core.errors import SourceChanged, SourceUnavailable
from core.sources.http.graphql import Answer, data_of, failure_in
from tests.sources.payloads import Json, fetched


class Thing(msgspec.Struct):
    """What was asked for."""

    size: int


def errors(*codes: Json) -> Json:
    return {"errors": [{"message": "No", "extensions": {"code": code}} for code in codes]}


def thing_of(answer: Json) -> Thing:
    return data_of(fetched(SourceName.ALT, answer), Answer[Thing])


@pytest.mark.parametrize("answer", [{"data": {"size": 3}}, {"data": {"size": 3}, "errors": []}])
def test_data_without_errors_is_believed(answer: Json) -> None:
    assert thing_of(answer) == Thing(3)
    assert failure_in(fetched(SourceName.ALT, answer)) is None


@pytest.mark.parametrize("answer", [errors("INTERNAL"), errors(500), errors(None), {"errors": [{}]}])
def test_an_error_of_the_vendors_is_no_answer_whatever_comes_with_it(answer: Json) -> None:
    with pytest.raises(SourceUnavailable, match="answered with an error"):
        thing_of({"data": {"size": 3}} | answer)
    assert isinstance(failure_in(fetched(SourceName.ALT, answer)), SourceUnavailable)


@pytest.mark.parametrize("code", ["BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"])
def test_a_question_that_is_not_understood_is_a_change_and_no_failure(code: str) -> None:
    with pytest.raises(SourceChanged, match=r"our question was wrong: No at \$\.errors\[0\]"):
        thing_of(errors(code))
    assert failure_in(fetched(SourceName.ALT, errors(code))) is None


def test_neither_data_nor_errors_is_no_answer() -> None:
    with pytest.raises(SourceUnavailable, match="no data"):
        thing_of({"data": None})


@pytest.mark.parametrize("answer", [[], 7, {"errors": "many"}])
def test_another_shape_is_the_readers_business(answer: Json) -> None:
    with pytest.raises(SourceChanged):
        thing_of(answer)
    assert failure_in(fetched(SourceName.ALT, answer)) is None
