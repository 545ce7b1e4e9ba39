"""The language that selects scopes."""

import pytest

from songcau.context.language import scopes
from songcau.context.problems import BadRequestData, TooComplexQuery

PARK = ("/Madrid/Gardens/ParqueNorte", "/CompanyA/OrganizationB/UnitC")


@pytest.mark.parametrize(
    ("text", "found", "holds"),
    [
        ("/Madrid/Gardens/ParqueNorte", PARK, True),
        ("Madrid/Gardens/ParqueNorte", PARK, True),
        ("/Madrid/Gardens", PARK, False),
        ("/Madrid/Gardens/ParqueNorte/x", PARK, False),
        ("/Madrid/+/ParqueNorte", PARK, True),
        ("/+/+/+", PARK, True),
        ("/+/+", PARK, False),
        ("/CompanyA/#", PARK, True),
        ("/CompanyA", ("/CompanyA",), True),
        ("/CompanyA/#", ("/CompanyA",), True),
        ("/CompanyB/#", PARK, False),
        ("/#", PARK, True),
        ("#", PARK, True),
        ("/#", (), False),
        ("/Madrid/#;/CompanyA/#", PARK, True),
        ("/Madrid/#;/CompanyB/#", PARK, False),
        ("/Madrid/#,/CompanyB/#", PARK, True),
        ("/Paris|/CompanyA/#", PARK, True),
        ("(/Paris,/CompanyA/#);/Madrid/#", PARK, True),
        ("(/Paris,/CompanyA/#);/Lyon/#", PARK, False),
        ("/wards/W05512", ("wards/W05512",), True),
    ],
)
def test_which_scopes_a_query_means(text: str, found: tuple[str, ...], holds: bool) -> None:
    query = scopes.parse(text)
    assert query.matches(found) is holds
    if holds:
        assert any(query.covers(scope) for scope in found)


@pytest.mark.parametrize(
    "text", ["", "/", "//", "/a//b", "/a/", "/a/#/b", "/a+", "/#a", "(/a", "/a)", "/a;", ",/a", "()"]
)
def test_a_broken_scope_query_is_refused(text: str) -> None:
    with pytest.raises(BadRequestData):
        scopes.parse(text)


@pytest.mark.parametrize("text", ["(" * 40 + "/a" + ")" * 40, ",".join(["/a"] * 300), "/a" * 5000])
def test_a_scope_query_is_bounded(text: str) -> None:
    with pytest.raises(TooComplexQuery):
        scopes.parse(text)


def test_the_memory_of_answers_is_bounded() -> None:
    query = scopes.parse("/a/#")
    for number in range(scopes.REMEMBERED + 10):
        assert not query.matches((f"/b/{number}",))
    assert query.matches(("/a/1",))
