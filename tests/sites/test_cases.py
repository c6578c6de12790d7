"""Pages of sites, one field a test. A case is found by its files alone: `<key>/<case>.warc` and `<case>.json`.

`lantian sites save-case` writes both. What the rules do not get right yet is stated all the same, and named under
`known_wrong`; when they do, the test says that its name can be deleted there.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archive.cases import DRAFT, KNOWN_WRONG, Case, describe, find_cases, read_case
from archive.errors import ArchiveError
from archive.language import read_knowledge
from archive.sites import read_sites
from pipelines.process import process
from pipelines.site import Site, parse_site

HERE = Path(__file__).resolve().parent
CASES = find_cases(HERE)


@cache
def site_of(case: Case) -> Site:
    """The site file of the package; of an office that does not exist, the one beside its cases."""
    beside = case.folder / f"{case.key}.toml"
    if beside.is_file():
        return parse_site(beside.read_text(encoding="utf-8"), where=str(beside))
    sites = read_sites()
    assert case.key in sites, f"{case.folder}: no site file of that key in seeds/sites, nor beside its cases"
    return sites[case.key]


@cache
def outcome_of(case: Case) -> Mapping[str, Any]:
    capture, _ = read_case(case)
    return describe(process(capture, site_of(case), knowledge=read_knowledge()), url=capture.url)


def fields() -> Iterator[Any]:
    for case in CASES:
        try:
            _, expected = read_case(case)
        except ArchiveError:
            continue  # said by the test of the case itself
        wrong = expected.get(KNOWN_WRONG, {})
        for name in sorted(expected.keys() - {DRAFT, KNOWN_WRONG}):
            reason = f"{wrong.get(name)}; when this passes, delete {name!r} under known_wrong in {case.name}.json"
            marks = [pytest.mark.xfail(reason=reason, strict=True)] if name in wrong else []
            yield pytest.param(case, name, expected[name], id=f"{case}-{name}", marks=marks)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_case_is_whole_and_has_been_reviewed(case: Case) -> None:
    _, expected = read_case(case)
    assert site_of(case).key == case.key
    assert DRAFT not in expected, f"{case.json}: {expected[DRAFT]}"
    assert expected.keys() - {DRAFT, KNOWN_WRONG}, f"{case.json}: states no field"


@pytest.mark.parametrize(("case", "name", "expected"), list(fields()))
def test_a_field_of_a_page_is_what_its_case_states(case: Case, name: str, expected: object) -> None:
    assert outcome_of(case)[name] == expected


def test_there_are_cases_of_four_families() -> None:
    assert {"example_trs", "example_hanweb", "example_vsb", "example_nfcms"} <= {case.key for case in CASES}
