"""Who is let in, with and without tokens."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from songcau.context.problems import BadRequestData, NotAllowed, NotSignedIn, ResourceNotFound, StorageUnavailable
from songcau.context.rights.caller import EVERYTHING
from songcau.context.rights.doors import OPERATOR, GuardedDoor, OpenDoor, is_near
from songcau.context.rights.grants import GrantKey
from songcau.context.rights.reach import Reach
from songcau.context.rights.tokens import Tokens
from songcau.kernel import clock

KEY = GrantKey(b"k" * 32)


class Asked:
    """What of a request tells who asks."""

    def __init__(self, peer: str = "127.0.0.1", **headers: str) -> None:
        self.peer = peer
        self.headers = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}


class Shelf:
    """Keeps documents in memory, or refuses as a full disk does."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        self.is_full = False

    async def keep(self, name: str, document: dict[str, Any] | None) -> None:
        if self.is_full:
            raise StorageUnavailable("The disk is full.")
        if document is None:
            del self.documents[name]
        else:
            self.documents[name] = document

    def tokens(self) -> Tokens:
        return Tokens(list(self.documents.values()), self.keep)


def create(tokens: Tokens, **members: object) -> tuple[str, str]:
    """Secret and id of a new token."""
    secret, token = asyncio.run(tokens.create({"label": "sensor 1", **members}, by="operator"))
    return secret, token.id


def bearer(secret: str, peer: str = "10.0.0.7") -> Asked:
    return Asked(peer, authorization=f"Bearer {secret}")


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "localhost:9090", "127.0.0.1:80", "[::1]:80", "city.localhost"])
def test_without_tokens_this_machine_may_do_everything(peer: str, host: str) -> None:
    assert OpenDoor().identify(Asked(peer, host=host)) is EVERYTHING


def test_without_tokens_the_unix_socket_may_do_everything() -> None:
    assert OpenDoor().identify(Asked("")) is EVERYTHING


@pytest.mark.parametrize("peer", ["10.0.0.7", "::ffff:10.0.0.7", "fe80::1%eth0", "?", "user 33"])
def test_without_tokens_other_machines_are_not_served(peer: str) -> None:
    with pytest.raises(NotSignedIn):
        OpenDoor().identify(Asked(peer, host="localhost"))


def test_without_tokens_a_proxy_on_this_machine_is_not_served() -> None:
    with pytest.raises(NotSignedIn):
        OpenDoor().identify(Asked(host="localhost", x_forwarded_for="203.0.113.9"))
    with pytest.raises(NotSignedIn):
        OpenDoor().identify(Asked("", forwarded="for=203.0.113.9"))
    assert not is_near(Asked(forwarded="for=203.0.113.9"))


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:80", "", "10.0.0.1"])
def test_a_name_made_up_for_this_machine_is_not_served(host: str) -> None:
    with pytest.raises(NotAllowed):
        OpenDoor().identify(Asked(host=host))


def test_a_foreign_page_may_call_only_when_its_origin_is_allowed() -> None:
    page = Asked(host="localhost", origin="https://map.example.vn")
    with pytest.raises(NotAllowed):
        OpenDoor().identify(page)
    assert OpenDoor(["https://map.example.vn/"]).identify(page) is EVERYTHING
    assert OpenDoor(["*"]).identify(page) is EVERYTHING
    assert OpenDoor().identify(Asked(host="localhost", origin="http://localhost:8000")) is EVERYTHING


def test_a_token_is_known_by_its_secret_alone_and_survives_a_restart() -> None:
    shelf = Shelf()
    secret, _ = create(shelf.tokens(), may=["read", "write"], types=["https://example.org/A"])
    assert secret not in str(shelf.documents)
    door = GuardedDoor(shelf.tokens(), KEY)
    caller = door.identify(bearer(secret))
    assert caller.label == "token:sensor 1"
    assert not caller.sees_all
    assert door.identify(bearer(secret)) is caller  # remembered
    for wrong in (secret[:-1], secret + "x", "scb_", ""):
        with pytest.raises(NotSignedIn):
            door.identify(bearer(wrong))


@pytest.mark.parametrize("header", ["Basic dTpw", "Bearer", "Bearer \xff", "", "Bearer " + "x" * 20000])
def test_other_credentials_are_refused(header: str) -> None:
    with pytest.raises(NotSignedIn):
        GuardedDoor(Shelf().tokens(), KEY).identify(Asked(authorization=header))


def test_with_tokens_nobody_comes_in_without_but_the_operator_on_the_unix_socket() -> None:
    door = GuardedDoor(Shelf().tokens(), KEY)
    for other in (Asked(), Asked("user 33"), Asked("", x_forwarded_for="203.0.113.9")):
        with pytest.raises(NotSignedIn):
            door.identify(other)
    assert door.identify(Asked("")) is OPERATOR
    assert OPERATOR.may_administer
    assert not OPERATOR.sees_all
    assert not OPERATOR.writes_all


def test_a_revoked_token_ends_at_once() -> None:
    shelf = Shelf()
    tokens = shelf.tokens()
    door = GuardedDoor(tokens, KEY)
    secret, token_id = create(tokens)
    door.identify(bearer(secret))
    asyncio.run(tokens.revoke(token_id))
    with pytest.raises(NotSignedIn):
        door.identify(bearer(secret))
    assert shelf.documents == {}
    with pytest.raises(ResourceNotFound):
        asyncio.run(tokens.revoke(token_id))


def test_a_token_that_the_disk_will_not_forget_is_unusable_and_can_be_revoked_again() -> None:
    shelf = Shelf()
    tokens = shelf.tokens()
    secret, token_id = create(tokens)
    shelf.is_full = True
    with pytest.raises(StorageUnavailable):
        asyncio.run(tokens.revoke(token_id))
    assert tokens.caller(secret) is None
    assert [token.id for token in tokens.all()] == [token_id]
    shelf.is_full = False
    asyncio.run(tokens.revoke(token_id))
    assert tokens.all() == []


def test_a_token_that_is_not_on_disk_is_not_given() -> None:
    shelf = Shelf()
    shelf.is_full = True
    tokens = shelf.tokens()
    with pytest.raises(StorageUnavailable):
        create(tokens)
    assert tokens.all() == []


def test_an_expired_token_is_refused_even_when_it_was_known() -> None:
    tokens = Shelf().tokens()
    door = GuardedDoor(tokens, KEY)
    ends = clock.now() + timedelta(hours=1)
    secret, _ = create(tokens, expiresAt=ends.isoformat())
    door.identify(bearer(secret))
    with clock.frozen(ends + timedelta(seconds=1)), pytest.raises(NotSignedIn):
        door.identify(bearer(secret))


def test_many_credentials_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songcau.context.rights.doors._MOST_KNOWN", 2)
    tokens = Shelf().tokens()
    door = GuardedDoor(tokens, KEY)
    secrets = [create(tokens)[0] for _ in range(3)]
    for secret in secrets * 2:
        door.identify(bearer(secret))
    assert len(door._known) <= 2


@pytest.mark.parametrize(
    "members",
    [
        {"label": ""},
        {"label": 5},
        {"label": "x" * 201},
        {"may": ["fly"]},
        {"may": "read"},
        {"types": []},
        {"types": [1]},
        {"types": "A"},
        {"attributes": [""]},
        {"wards": ["05512"]},
        {"wards": ["/wards/"]},
        {"wards": ["/wards/05512"]},
        {"wards": ["/wards/+"]},
        {"tenant": 7},
        {"expiresAt": "tomorrow"},
        {"expiresAt": "2030-01-01T00:00:00"},
        {"expiresAt": "2020-01-01T00:00:00Z"},
    ],
)
def test_a_token_of_unclear_reach_is_refused(members: Mapping[str, object]) -> None:
    with pytest.raises(BadRequestData):
        create(Shelf().tokens(), **members)


def test_the_reach_of_a_token_is_what_was_written_down() -> None:
    reach = Reach.read({"tenant": "*", "wards": ["/wards/W05512"], "attributes": ["speed"], "may": ["administer"]})
    assert Reach.read(reach.document()) == reach
    caller = reach.caller("x")
    assert caller.tenant is None
    assert caller.may_administer
    assert caller.limits_attributes
    assert Reach().caller("x").tenant == ""


def test_a_person_comes_in_with_a_grant(tmp_path: Path) -> None:
    key = GrantKey.of(tmp_path / "run" / "grants.key")
    door = GuardedDoor(Shelf().tokens(), GrantKey.of(tmp_path / "run" / "grants.key"))
    grant = key.sign("Nguyễn Thị Hoa", Reach(wards=("/wards/W05512",)))
    assert door.identify(bearer(grant)).label == "person:Nguyễn Thị Hoa"
    assert oct((tmp_path / "run" / "grants.key").stat().st_mode & 0o777) == "0o600"
