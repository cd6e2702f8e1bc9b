"""The little GraphQL: what was asked for, and nothing that does not exist."""

import pytest

from core.simulator.vendors.graphql import GraphqlError, parse_query, pick

ANSWER = {"cert": {"number": "1", "asset": {"id": "a", "pops": [{"count": 1}, {"count": 2}]}, "none": None}}


def test_arguments_and_the_operation_name_are_skipped() -> None:
    query = "query Cert($n: String!) { cert(number: $n, f: {a: 1}) { number asset { id } } }"
    assert parse_query(query) == {"cert": {"number": {}, "asset": {"id": {}}}}


def test_lists_and_nulls_are_picked_through() -> None:
    wanted = parse_query("{ cert { none { anything } asset { pops { count } } } }")
    assert pick(ANSWER, wanted) == {"cert": {"none": None, "asset": {"pops": [{"count": 1}, {"count": 2}]}}}


@pytest.mark.parametrize("query", ["", "{", "{}", "{ cert { } }", "{ cert } }", "{ $ }", "query"])
def test_what_is_no_query_is_refused(query: str) -> None:
    with pytest.raises(GraphqlError, match="Syntax Error"):
        parse_query(query)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ cert { colour } }", 'Cannot query field "colour" on "cert"'),
        ("{ cert }", 'Field "cert" must have a selection'),
        ("{ cert { number { digit } } }", 'Field "number" must not have a selection'),
    ],
)
def test_fields_that_do_not_exist_are_refused(query: str, message: str) -> None:
    with pytest.raises(GraphqlError, match=message):
        pick(ANSWER, parse_query(query))


def test_a_query_may_not_be_nested_without_end() -> None:
    with pytest.raises(GraphqlError, match="Syntax Error"):
        parse_query("{a" * 40 + "}" * 40)
