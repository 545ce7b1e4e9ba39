"""The MQTT server that a gateway listens to: its address, who asks, and how much may be under way."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from songcau.gateways.faults import MappingFault
from songcau.gateways.mapping.document import Members

VERSIONS = ("5", "3.1.1")
PLAIN_PORT, TLS_PORT = 1883, 8883
_NEAR = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Server:
    """client_id: fixed, since the server keeps under it what came while the gateway was away, for `session_seconds`.

    in_flight: messages that the server may send before the first of them is acknowledged (MQTT 5): so many, at most,
    are written again after a kill. tick_seconds: how long the first message of a batch may wait for others; batch:
    readings written together.
    """

    host: str
    port: int
    client_id: str
    version: str = "5"
    user: str | None = None
    password: str | None = None
    tls: ssl.SSLContext | None = None
    session_seconds: int = 7 * 86400
    in_flight: int = 100
    largest_payload: int = 256 * 1024
    tick_seconds: float = 0.02
    batch: int = 500

    @property
    def address(self) -> str:
        """For people, without the password."""
        return f"{'mqtts' if self.tls else 'mqtt'}://{self.host}:{self.port}"


def server_of(members: Members) -> Server:
    """The table [server]. Raises MappingFault."""
    host, port, is_secure = _address(members)
    user = members.text_or_none("user")
    password = _password(members)
    tls = _tls(members, is_secure=is_secure)
    allowed = members.flag("allow_clear_password")
    if password is not None and not is_secure and host not in _NEAR and not allowed:
        raise MappingFault("SECRET_IN_THE_CLEAR", where=members.place("password_file"))
    made = Server(
        host,
        port,
        members.text("client_id"),
        members.of("version", VERSIONS, VERSIONS[0]),
        user,
        password,
        tls,
        session_seconds=3600 * members.whole("session_hours", 168, least=1, most=24 * 365),
        in_flight=members.whole("in_flight", 100, least=1, most=10_000),
        largest_payload=members.whole("largest_payload", 256 * 1024, least=64, most=8 * 1024 * 1024),
        tick_seconds=members.whole("tick_milliseconds", 20, least=0, most=10_000) / 1000,
        batch=members.whole("batch", 500, least=1, most=500),
    )
    members.end()
    return made


def _address(members: Members) -> tuple[str, int, bool]:
    text = members.text("address")
    fault = MappingFault("ADDRESS_MALFORMED", where=members.place("address"), address=text)
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise fault from None
    if url.scheme not in ("mqtt", "mqtts") or not url.hostname or url.path or url.query or "@" in url.netloc:
        raise fault
    is_secure = url.scheme == "mqtts"
    return url.hostname, port or (TLS_PORT if is_secure else PLAIN_PORT), is_secure


def _password(members: Members) -> str | None:
    """The first line of a file: a mapping is shown around, a password is not."""
    file = members.file("password_file")
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(members, "password_file", file, error) from error


def _tls(members: Members, *, is_secure: bool) -> ssl.SSLContext | None:
    ca, certificate, key = members.file("ca"), members.file("certificate"), members.file("key")
    if not is_secure:
        if ca or certificate or key:
            raise MappingFault("MEMBERS_EXCLUDE", where=members.where, first="mqtt://", second="ca, certificate, key")
        return None
    try:
        context = ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise _unusable(members, "ca", ca, error) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate is not None:
        try:
            context.load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as error:
            raise _unusable(members, "certificate", certificate, error) from error
    return context


def _unusable(members: Members, name: str, file: Path | None, error: Exception) -> MappingFault:
    why = error.strerror if isinstance(error, OSError) and error.strerror else error
    return MappingFault("FILE_UNUSABLE", where=members.place(name), file=file, why=why)
