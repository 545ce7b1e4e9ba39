"""The document says what the router answers: every address, every parameter, and nothing else."""

from songcau.context.api.description import OPERATIONS, PARAMETERS, openapi
from songcau.context.api.routes import API
from songcau.context.api.tests.conftest import Client


def test_every_address_of_the_api_is_described(client: Client) -> None:
    routed = {
        (route.method, route.template.removeprefix(API))
        for route in client.router.routes
        if route.template.startswith(API) and route.method != "other" and not route.template.endswith("/")
    }
    described = {(operation.method, operation.path) for operation in OPERATIONS}
    assert routed <= described
    assert {one for one in described - routed if not one[1].startswith("/subscriptions")} == set()


def test_every_described_parameter_is_one_of_some_operation() -> None:
    assert set(PARAMETERS) == {name for operation in OPERATIONS for name in operation.params}


def test_the_document_names_each_operation_once() -> None:
    paths = openapi()["paths"]
    assert sum(map(len, paths.values())) == len(OPERATIONS)
    found = {one["name"] for one in paths[API + "/entities"]["get"]["parameters"]}
    assert {"type", "q", "limit", "georel"} <= found
