"""Requests made from the OpenAPI document, valid and not: each is answered, none with a server error."""

from collections.abc import Iterator

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error

from songcau.context.api.description import openapi
from tests.context.running import running_broker

schema = schemathesis.openapi.from_dict(openapi())


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_broker(tmp_path_factory.mktemp("broker")) as (process, found):
        yield found
        assert process.poll() is None


@schema.parametrize()
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_what_the_document_allows_is_answered(case: schemathesis.Case, address: str) -> None:
    case.call_and_validate(base_url=address, checks=[not_a_server_error])


def test_the_broker_still_serves(address: str) -> None:
    assert httpx.get(f"{address}/readyz").status_code == 200
