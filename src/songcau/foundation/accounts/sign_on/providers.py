"""What a city must say about a provider to let people sign in by it. Read by the settings; no Django here.

[sign_in_providers.vneid]
label = "VNeID"
issuer = "https://sso.example.gov.vn"
client_id = "…"
client_secret = "…"
scopes = "openid profile"
floor = "LOW"                                # who is known less surely does not come in at all
levels = { LoA1 = "LOW", LoA2 = "SUBSTANTIAL", LoA3 = "HIGH" }
claims = { full_name = "HoVaTen", birth = "NgayThangNamSinh", phone = "SoDienThoai", number = "SoDinhDanh" }
"""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from songcau.foundation.accounts.sign_on.rules import Assurance

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def _level(value: object) -> object:
    if isinstance(value, str) and value in Assurance.__members__:
        return Assurance[value]
    if isinstance(value, Assurance):
        return value
    raise ValueError(f"must be one of {', '.join(Assurance.__members__)}")


Level = Annotated[Assurance, BeforeValidator(_level)]
# Asymmetric ones only: with them a provider's public key can sign nothing, whatever a token's header says.
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"]


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(url: str) -> bool:
    return (urlsplit(url).hostname or "") in _LOOPBACK


def is_safe(url: str) -> bool:
    """https, or this machine itself; no name and password in it."""
    parts = urlsplit(url)
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))
    return secure and bool(parts.hostname) and "@" not in parts.netloc


class ClaimMap(BaseModel):
    """Which claim holds what. An empty name: the provider does not say it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str = "sub"
    full_name: str = "name"
    birth: str = "birthdate"
    phone: str = "phone_number"
    number: str = ""


class Provider(BaseModel):
    """One provider. Its code is the key in the table of settings, and part of the addresses of its answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str = Field(min_length=1, max_length=60)
    issuer: str
    client_id: str = Field(min_length=1)
    client_secret: SecretStr = SecretStr("")
    scopes: str = "openid"
    claims: ClaimMap = ClaimMap()
    levels: dict[str, Level] = {}
    # What an answer counts as that names no level, or one not in the table.
    otherwise: Level = Assurance.NONE
    floor: Level = Assurance.LOW
    # Whether people who hold a role may come in by it too (their one-time code is asked for all the same).
    staff: bool = False
    algorithms: tuple[Algorithm, ...] = ("RS256", "PS256", "ES256")
    # Where the provider describes itself; empty: below the issuer.
    discovery: str = ""
    # Further origins on which its pages and services may lie.
    origins: tuple[str, ...] = ()

    @field_validator("issuer", "discovery")
    @classmethod
    def _address_is_safe(cls, value: str) -> str:
        if value and not is_safe(value):
            raise ValueError("must begin with https:// (http:// only on this machine)")
        return value

    @field_validator("issuer")
    @classmethod
    def _issuer_is_said(cls, value: str) -> str:
        if not value:
            raise ValueError("is required")
        return value

    @field_validator("scopes")
    @classmethod
    def _openid_is_asked_for(cls, value: str) -> str:
        if "openid" not in value.split():
            raise ValueError("must hold openid")
        return value

    @property
    def strongest(self) -> Assurance:
        """The most that a sign-in by it can amount to."""
        return max([*self.levels.values(), self.otherwise])

    @property
    def host(self) -> str:
        """What people should see in the address bar there."""
        return urlsplit(self.issuer).hostname or ""

    @property
    def allowed_origins(self) -> frozenset[str]:
        return frozenset({origin_of(self.issuer), *(origin_of(url) for url in self.origins)})

    @property
    def described_at(self) -> str:
        return self.discovery or self.issuer.rstrip("/") + "/.well-known/openid-configuration"
