import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import QueryError
from archive.folding import read_folding
from archive.search.condition import compile_query
from archive.search.query import Either, Every, Filter, Term, Without, parse_query

A, B, C = Term("甲乙"), Term("丙丁"), Term("戊己")


@pytest.mark.parametrize(
    ("query", "node"),
    [
        ("甲乙", A),
        ("甲乙 丙丁", Every((A, B))),
        ("甲乙 AND 丙丁", Every((A, B))),
        ("甲乙 OR 丙丁 戊己", Either((A, Every((B, C))))),
        ("(甲乙 OR 丙丁) 戊己", Every((Either((A, B)), C))),
        ("（甲乙 OR 丙丁）戊己", Every((Either((A, B)), C))),
        ("甲乙 NOT 丙丁", Every((A, Without(B)))),
        ("甲乙 AND NOT (丙丁 OR 戊己)", Every((A, Without(Either((B, C)))))),
        ('"甲乙 AND 丙丁"', Term("甲乙 AND 丙丁", None, is_quoted=True)),
        ('"开展“回头看”行动"', Term("开展“回头看”行动", None, is_quoted=True)),
        ("“甲乙”丙丁", Every((Term("甲乙", None, is_quoted=True), B))),
        ("title:甲乙", Term("甲乙", "title")),
        ("source：“甲 乙”", Term("甲 乙", "source", is_quoted=True)),
        ("site:wuxi since:2021-06", Every((Filter("site", "wuxi"), Filter("since", "2021-06")))),
        ("18:13", Term("18:13")),
        ("COD:35", Term("COD:35")),
        ("来源:甲乙", Term("来源:甲乙")),
        ("and or", Every((Term("and"), Term("or")))),
    ],
)
def test_a_query_is_understood(query: str, node: object) -> None:
    assert parse_query(query) == node


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ('"甲乙', "never closed; add one at the end"),
        ("甲乙”", "never closed"),
        ("(甲乙", "'(' is never closed"),
        ("甲乙)", "')' without '('"),
        ("()", "')' where a word should stand"),
        ("甲乙 AND", "ends where a word should follow"),
        ("OR 甲乙", "'OR' where a word should stand"),
        ("甲乙 OR OR 丙丁", "'OR' where a word should stand"),
        ("NOT", "ends where a word"),
        ("NOT 甲乙", "only what is not wanted"),
        ("甲乙 OR NOT 丙丁", "only what is not wanted"),
        ("sorce:甲乙", "no field 'sorce:'; did you mean 'source:'?"),
        ("http://example.cn/", "no field 'http:'; there are title, source"),
        ("title: 甲乙", "'title:' has no value"),
        ("since:2021-13", "not a date"),
        ("until:yesterday", "not a date"),
        ("kind:magazine", "no kind 'magazine'; there are article, attachment, bureau, newspaper"),
        ("水", "one character"),
        ("title:5", "one character"),
        ('"，。"', "holds nothing to search for"),
        ('""', "holds nothing to search for"),
        ("，", "holds nothing to search for"),
        ("甲" * 2001, "too many"),
        ("(" * 60 + "甲乙" + ")" * 60, "more than 40 parentheses"),
    ],
)
def test_what_cannot_be_understood_is_said_in_one_line(query: str, says: str) -> None:
    kinds = {"wuxi": "bureau", "daily": "newspaper"}
    with pytest.raises(QueryError) as caught:
        compile_query(parse_query(query), read_folding(), kinds)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


PIECES = st.sampled_from(
    ["甲乙", '"', "(", ")", "AND", "OR", "NOT", "title:", "site:x", "*", "'", ";", "^", "-", "{", ":", " ", "\0"]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_whatever_is_typed_is_understood_or_refused(query: str) -> None:
    try:
        compiled = compile_query(parse_query(query), read_folding(), {})
    except QueryError:
        return
    assert compiled.match or compiled.values
