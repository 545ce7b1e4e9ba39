"""Numbers, instants and nesting at the edge of what can be written down are refused, and never a fault."""

import pytest

from songcau.context.api.tests.client import Client, prop, room
from songcau.context.problems import BadRequestData
from songcau.context.rights.reach import Reach
from songcau.context.rights.tokens import new_token
from songcau.kernel import clock

ONE = "/entities/urn:ngsi-ld:Room:1"
AGGREGATED = f"/temporal{ONE}?options=aggregatedValues&aggrMethods=sum&aggrPeriodDuration="
DEEP = 400  # more than can be written as JSON, less than cannot be read


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


@pytest.fixture
def made(client: Client) -> Client:
    client.ask("POST", "/entities", room(1, a=prop(1, observedAt="2026-11-28T00:00:00Z")))
    return client


@pytest.mark.parametrize(
    "path",
    [
        f"{ONE}?join=inline&joinLevel={'9' * 5000}",
        f"{ONE}?join=inline&joinLevel=٣",
        f"/temporal{ONE}?lastN=1{'0' * 5000}",
        f"/temporal{ONE}?lastN=0000000001{'0' * 5000}",
        f"/entities?type=Room&limit={'9' * 5000}",
        f"{AGGREGATED}P999999W",
        f"{AGGREGATED}PT99999999H",
        f"{AGGREGATED}P999999Y",
        f"{AGGREGATED}P999999W&timerel=between&timeAt=0001-01-01T00:00:00Z&endTimeAt=9999-12-31T23:59:59.999999Z",
    ],
)
def test_a_number_that_nobody_can_mean_is_refused(made: Client, path: str) -> None:
    assert made.ask("GET", path).status == 400


def test_a_context_too_deep_to_be_written_is_refused(made: Client) -> None:
    hosted = b'{"@context":{"x":{"@id":"https://example.org/x","y":%b}}}' % nested(DEEP)
    assert made.ask("POST", "/jsonldContexts", raw=hosted).status == 400
    within = b'{"id":"urn:x:1","type":"T","@context":[{"x":{"@id":"https://example.org/x","y":%b}}]}' % nested(DEEP)
    assert made.ask("POST", "/entities", raw=within, content_type="application/ld+json").status == 400


def test_the_default_instance_can_be_named_when_deleting(made: Client) -> None:
    assert made.ask("DELETE", f"{ONE}/attrs/a?datasetId=@none&deleteAll=perhaps").status == 400
    assert made.ask("DELETE", f"/temporal{ONE}/attrs/a?datasetId=@none").status == 204
    assert made.ask("DELETE", f"{ONE}/attrs/a?datasetId=@none").status == 204
    assert made.ask("DELETE", f"{ONE}/attrs/a?datasetId=@none").status == 404


def test_a_past_that_says_nothing_is_not_acknowledged(made: Client) -> None:
    for body in (room(2), room(2, a=[])):
        assert made.ask("POST", "/temporal/entities", body).status == 400
    assert made.ask("GET", "/temporal/entities/urn:ngsi-ld:Room:2").status == 404


@pytest.mark.parametrize("ends", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"])
def test_a_token_cannot_end_beyond_the_calendar(ends: str) -> None:
    with pytest.raises(BadRequestData):
        new_token("device", Reach(), by="test", now=clock.now(), expires_at=ends)
