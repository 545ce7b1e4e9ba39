"""Signed grants: what is accepted, and the many things that are not."""

import base64
import json
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import OctKey

from songcau.context.problems import NotSignedIn
from songcau.context.rights.grants import GrantKey, UnusableKey
from songcau.context.rights.reach import Reach

SECRET = b"0123456789abcdef0123456789abcdef"
KEY = GrantKey(SECRET)
NOW = 1_800_000_000.0
CLAIMS = {"sub": "Hoa", "iat": int(NOW), "exp": int(NOW) + 300, "may": ["read"]}
HEAD = {"alg": "HS256", "typ": "songcau-grant+jwt"}


def signed(claims: object, head: dict[str, str] | None = None, secret: bytes = SECRET) -> str:
    """As another library signs it."""
    return jws.serialize_compact(head or HEAD, json.dumps(claims), OctKey.import_key(secret))


def test_a_grant_is_read_back_until_it_ends() -> None:
    caller, ends = KEY.read(KEY.sign("Hoa", Reach(attributes=("speed",)), seconds=60, now=NOW), NOW + 59)
    assert (caller.label, ends) == ("person:Hoa", NOW + 60)
    assert caller.limits_attributes


def test_another_library_reads_and_writes_the_same_grants() -> None:
    found = jws.deserialize_compact(KEY.sign("Hoa", Reach(), now=NOW), OctKey.import_key(SECRET))
    assert json.loads(found.payload)["sub"] == "Hoa"
    assert KEY.read(signed(CLAIMS), NOW)[0].label == "person:Hoa"


@pytest.mark.parametrize(
    "claims",
    [
        [],
        "text",
        {},
        {**CLAIMS, "sub": ""},
        {**CLAIMS, "sub": 5},
        {**CLAIMS, "exp": None},
        {**CLAIMS, "exp": True},
        {**CLAIMS, "exp": NOW + 300.5},
        {**CLAIMS, "exp": int(NOW)},
        {**CLAIMS, "exp": int(NOW) + 601},
        {**CLAIMS, "iat": int(NOW) + 60, "exp": int(NOW) + 120},
        {**CLAIMS, "may": ["fly"]},
        {**CLAIMS, "wards": ["nowhere"]},
    ],
)
def test_claims_that_say_too_little_or_too_much_are_refused(claims: object) -> None:
    with pytest.raises(NotSignedIn):
        KEY.read(signed(claims), NOW)


@pytest.mark.parametrize(
    "grant",
    [
        "",
        "a.b.c",
        "...",
        signed(CLAIMS, secret=b"f" * 32),
        signed(CLAIMS, {"typ": "songcau-grant+jwt", "alg": "HS256"}),
        signed(CLAIMS)[:-2],
        signed(CLAIMS) + "é",
        signed(CLAIMS).rpartition(".")[0] + ".",
        base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=") + "." + signed(CLAIMS).split(".")[1] + ".",
        signed({**CLAIMS, "sub": "x" * 20000}),
    ],
)
def test_what_was_not_signed_here_is_refused(grant: str) -> None:
    with pytest.raises(NotSignedIn):
        KEY.read(grant, NOW)


def test_grants_are_short_and_name_a_person() -> None:
    for person, seconds in (("Hoa", 601), ("Hoa", 0), ("", 60), ("x" * 201, 60)):
        with pytest.raises(ValueError, match="ten minutes"):
            KEY.sign(person, Reach(), seconds=seconds)


@pytest.mark.parametrize("content", [b"", b"c2hvcnQ", b"\xff\xfe", b"not a key!"])
def test_a_damaged_key_file_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "grants.key"
    file.write_bytes(content)
    with pytest.raises(UnusableKey):
        GrantKey.of(file)


def test_a_key_made_meanwhile_by_another_process_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "grants.key"
    first = GrantKey.of(file)
    real = Path.read_text
    answers = iter([FileNotFoundError()])

    def not_there_yet(self: Path, encoding: str | None = None) -> str:
        for error in answers:
            raise error
        return real(self, encoding=encoding)

    monkeypatch.setattr(Path, "read_text", not_there_yet)
    second = GrantKey.of(file)
    assert second.read(first.sign("Hoa", Reach(), now=NOW), NOW)[0].label == "person:Hoa"
    assert [found.name for found in tmp_path.iterdir()] == ["grants.key"]
