"""Every setting of songcau: its type, default and meaning. Read from the environment (`SONGCAU_…`) or one TOML file.

The environment wins over the file. A setting that is unknown, missing or of the wrong type stops the start
with one line a person can act on.
"""

import difflib
import os
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from songcau.entry.refusing import SettingsError
from songcau.foundation.accounts.sign_on.providers import Provider

PREFIX = "SONGCAU_"
FILE_VARIABLE = "SONGCAU_FILE"
DEFAULT_FILE = "songcau.toml"

Key = Annotated[SecretStr, Field(min_length=32)]


class Settings(BaseSettings):
    """All settings. `songcau settings` prints this list; `songcau settings --new` prints a file to start from."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    secret_key: Key = Field(description="Signs sessions and cookies. At least 32 random characters. Required.")
    audit_key: Key = Field(
        description="Signs the chain of audit entries. Keep it for the life of the database: with another key "
        "`songcau audit verify` cannot confirm older entries. At least 32 random characters. Required."
    )
    data: Path = Field(Path("songcau-data"), description="Folder for the SQLite file, uploads and sockets.")
    database: str = Field(
        "",
        description="`postgresql://user:password@host:port/name` (15 or newer); empty for SQLite in `data`.",
    )
    nats: str = Field("", description="`nats://host:port` to carry events by NATS JetStream; empty for none.")
    address: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the web server listens on.")
    base_url: str = Field("", description="Address people type, with scheme. Empty: made from `address` and `port`.")
    tls_certificate: Path | None = Field(
        None, description="PEM file; with `tls_key` the web server speaks HTTPS itself."
    )
    tls_key: Path | None = Field(None, description="PEM file of the private key.")
    behind_proxy: bool = Field(
        False, description="True when a reverse proxy on this machine sets X-Forwarded-For and X-Forwarded-Proto."
    )
    city_profile: Literal["tn-2022", "vn-2025"] = Field("tn-2022", description="Administrative units loaded first.")
    city_name: Annotated[str, StringConstraints(min_length=1)] = Field(
        "Thành phố Thái Nguyên", description="Shown in page heads and prints."
    )
    time_zone: str = Field("Asia/Ho_Chi_Minh", description="IANA time zone of the city.")
    language: Literal["vi", "en"] = Field("vi", description="Language of a visitor who has chosen none.")
    context_store: str = Field(
        "",
        description="`postgresql://user@host/database` in which the context broker keeps the live city and its "
        "history; empty: SQLite in `data`.",
    )
    context_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="Port on which other systems reach the context broker, with tokens; 0: none does.",
    )
    context_address: str = Field(
        "127.0.0.1", description="Address that the context broker listens on, with `context_port`."
    )
    context_origins: list[str] = Field(
        [], description="Origins of web pages elsewhere that may call the context broker, as `https://map.example.vn`."
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="Bearer token for `/metrics`. Empty: only callers on this machine may read it."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level that is logged.")
    log_format: Literal["json", "console"] = Field("json", description="One JSON object a line, or lines for people.")
    files_store: str = Field(
        "", description="`s3://bucket/prefix` for an S3-compatible store of files; empty: the folder `files` in `data`."
    )
    files_s3_endpoint: str = Field(
        "", description="Address of the S3-compatible service, `https://host:port`. Empty: Amazon's own."
    )
    files_s3_region: str = Field("us-east-1", description="Region of the bucket; most own services ignore it.")
    files_s3_key_id: str = Field("", description="Access key of the bucket. Empty: as boto3 finds it by itself.")
    files_s3_secret: SecretStr = Field(SecretStr(""), description="Secret of the access key.")
    files_scanner: str = Field(
        "", description="`clamd://host:port` for a ClamAV virus scanner. Empty: files are marked as not scanned."
    )
    smtp_host: str = Field(
        "", description="Name of the mail server that notices are handed to; empty: no e-mail is sent."
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server: 587 for starttls, 465 for tls.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="`starttls` (nothing is sent without it), `tls` from the first byte, or `none`."
    )
    smtp_user: str = Field("", description="User on the mail server; empty: without sign-in.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password of the user on the mail server.")
    smtp_from: str = Field(
        "", validate_default=True, description="Sender's address of notices; required with `smtp_host`."
    )
    smtp_ca: Path | None = Field(
        None, description="PEM file of the authority that vouches for the mail server; none: those of the system."
    )
    zalo_app_id: str = Field("", description="Application that is authorised for the city's Zalo Official Account.")
    zalo_secret_key: SecretStr = Field(SecretStr(""), description="Secret key of the Zalo application.")
    zalo_api: str = Field("https://openapi.zalo.me", description="Address of Zalo's message API.")
    zalo_oauth: str = Field("https://oauth.zaloapp.com", description="Address of Zalo's exchange of tokens.")
    mqtt_mapping: Path | None = Field(
        None, description="Mapping file of the MQTT gateway, from topics to entities; none: no such gateway runs."
    )
    province_agreement: Path | None = Field(
        None, description="File that says what goes to the province's centre; none: nothing does."
    )
    backup_key: SecretStr = Field(
        SecretStr(""),
        description="Encrypts what `songcau backup` writes: a passphrase of at least 16 characters. Keep a copy away "
        "from the backups: without it they cannot be read. Empty: as `backup_key_file` says, or not encrypted.",
    )
    backup_key_file: Path | None = Field(None, description="File that holds the backup's key instead of `backup_key`.")
    sign_in_providers: dict[str, Provider] = Field(
        {},
        description="Who vouches for citizens (OpenID Connect): one table `[sign_in_providers.CODE]` each, with "
        "`label`, `issuer`, `client_id`, `client_secret`, `levels`, `claims`; the README of accounts shows one.",
    )
    web_processes: int = Field(
        1, ge=1, le=32, description="Web processes of this machine, all on one port: at most one for each processor."
    )
    worker_threads: int = Field(2, ge=1, le=32, description="Events one worker process delivers at the same time.")
    outbox_lease_seconds: int = Field(
        30, ge=1, le=3600, description="After this long a delivery claimed by a worker that died is taken up again."
    )
    demo: bool = Field(False, description="Marks every page as a demonstration; allows `songcau user otp`.")

    @field_validator("database", "context_store")
    @classmethod
    def _database_is_known(cls, value: str) -> str:
        if value and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("must be empty (SQLite) or begin with postgresql://")
        return value

    @field_validator("files_store")
    @classmethod
    def _files_store_is_known(cls, value: str) -> str:
        if value and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?", value):
            raise ValueError("must be empty (a folder in `data`) or look like s3://bucket/prefix")
        return value

    @field_validator("files_scanner")
    @classmethod
    def _scanner_is_known(cls, value: str) -> str:
        if value and not re.fullmatch(r"clamd://[^/:\s]+:\d{1,5}", value):
            raise ValueError("must be empty (no scanner) or look like clamd://host:port")
        return value

    @field_validator("smtp_from")
    @classmethod
    def _mail_has_a_sender(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("smtp_host") and not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
            raise ValueError("with smtp_host the sender's address is needed, such as thongbao@example.vn")
        return value

    @field_validator("sign_in_providers")
    @classmethod
    def _provider_codes_are_usable(cls, value: dict[str, Provider]) -> dict[str, Provider]:
        for code in value:
            if not re.fullmatch(r"[a-z][a-z0-9-]{1,19}", code) or code == "phone":
                raise ValueError(f"{code!r} is no code of a provider: 2 to 20 of a-z, 0-9, dash; and not `phone`")
        return value

    @field_validator("time_zone")
    @classmethod
    def _zone_is_known(cls, value: str) -> str:
        import zoneinfo

        if value not in zoneinfo.available_timezones():
            raise ValueError("is not an IANA time zone, such as Asia/Ho_Chi_Minh")
        return value

    @property
    def public_url(self) -> str:
        """The address people type, without a slash at the end."""
        scheme = "https" if self.tls_certificate else "http"
        return (self.base_url or f"{scheme}://{self.address}:{self.port}").rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=settings_file())


def settings_file() -> Path | None:
    """The TOML file in use, or None. Raises SettingsError when the one named does not exist."""
    if named := os.environ.get(FILE_VARIABLE):
        if not Path(named).is_file():
            raise SettingsError(f"{FILE_VARIABLE} names {named}, which is not a file")
        return Path(named)
    default = Path(DEFAULT_FILE)
    return default if default.is_file() else None


@cache
def load() -> Settings:
    """The settings of this process. Raises SettingsError with one line for each thing wrong."""
    _refuse_unknown_variables()
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(
            "\n".join(_line(problem["type"], problem["loc"], problem["msg"]) for problem in error.errors())
        ) from None
    except ValueError as error:  # a TOML file that cannot be read
        raise SettingsError(f"{settings_file()}: {error}") from None


def _refuse_unknown_variables() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | {FILE_VARIABLE}
    for variable in sorted(os.environ):
        if variable.startswith(PREFIX) and variable not in known:
            raise SettingsError(f"{variable} is not a setting of songcau{_suggestion(variable, known)}")


def _line(kind: str, location: tuple[int | str, ...], message: str) -> str:
    name = str(location[0]) if location else "?"
    if kind == "missing":
        return (
            f"{name} is required: set {PREFIX}{name.upper()}, or write it into {DEFAULT_FILE} "
            "(`songcau settings --new` prints a file to start from)"
        )
    if kind == "extra_forbidden":
        return f"{name} is not a setting of songcau{_suggestion(name, set(Settings.model_fields))}"
    return f"{'.'.join(map(str, location)) or name}: {message}"


def _suggestion(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {close[0]}?" if close else "; `songcau settings` lists them all"
