"""Canonical JSON: the example of the RFC, and agreement with another implementation."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from archive.canonical import LARGEST_INTEGER, canonical_json

_text = st.text(st.characters(exclude_categories=["Cs"]))
_names = st.text(st.characters(max_codepoint=127))
_plain = st.none() | st.booleans() | _text | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
_values = st.recursive(_plain, lambda inner: st.lists(inner) | st.dictionaries(_names, inner), max_leaves=20)


@given(_values)
def test_it_writes_what_another_implementation_writes(value: Any) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)
    assert json.loads(canonical_json(value)) == value


def test_strings_are_escaped_as_the_rfc_says() -> None:
    """RFC 8785 §3.2.2, the string of its example."""
    value = {"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f", "literals": [None, True, False]}
    expected = '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    assert canonical_json(value).decode() == expected


@pytest.mark.parametrize("value", [1.5, 2**53, b"", {1: 2}, {"环": 1}, float("nan"), object(), "\ud800"])
def test_what_cannot_be_written_one_way_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical_json([value])
