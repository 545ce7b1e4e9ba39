"""Mail servers on loopback: good ones (aiosmtpd), and sockets that misbehave in one way each."""

import datetime
import email
import email.policy
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Inbox:
    """Takes mail for everybody but `nobody@` (unknown) and `later@` (not now)."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, bytes]] = []

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user"
        if address.startswith("later@"):
            return "450 4.2.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        said = (
            email.message_from_bytes(envelope.content, policy=email.policy.default).get_body(("plain",)).get_content()
        )
        if "refuse this" in said:
            return "554 5.7.1 spam"
        if "postpone this" in said:
            return "451 4.3.0 try again"
        self.letters.append((envelope.rcpt_tos[0], envelope.content))
        return "250 OK"


@contextmanager
def serving(inbox: Inbox, **options: object) -> Iterator[int]:
    """A real SMTP server; gives its port."""
    controller = Controller(inbox, hostname="127.0.0.1", port=_free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def misbehaving(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Accepts connections and lets `talk` mistreat each; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    over = threading.Event()

    def accept() -> None:
        while not over.is_set():
            try:
                line, _address = listener.accept()
            except OSError:
                continue
            with line:
                line.settimeout(5)
                with suppress(OSError):
                    talk(line)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        thread.join()
        listener.close()


def hangs(line: socket.socket) -> None:
    """Says nothing at all, until the other side leaves."""
    while line.recv(4096):
        pass


def drips_its_greeting(line: socket.socket) -> None:
    """Always about to say more, never silent for long."""
    _drip(line)


def drips_after_a_greeting(line: socket.socket) -> None:
    line.sendall(b"220 here\r\n")
    line.recv(4096)
    _drip(line)


def _drip(line: socket.socket) -> None:
    for _n in range(200):
        line.sendall(b"220-wait\r\n")
        time.sleep(0.05)


def turns_away(line: socket.socket) -> None:
    line.sendall(b"554 not here\r\n")


def talks_nonsense(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")


def dies_after_data(line: socket.socket) -> None:
    """Takes the whole letter and is gone before it says so."""
    stream = line.makefile("rb")
    line.sendall(b"220 here\r\n")
    for answer in (b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
        stream.readline()
        line.sendall(answer)
    while stream.readline() not in (b".\r\n", b""):
        pass
    stream.close()


def certificate(folder: Path, name: str = "127.0.0.1", *, days: int = 30) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS context and the file of the authority (itself) that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    alternative: x509.GeneralName = (
        x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=60))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, key_file = folder / "server.pem", folder / "server.key"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key_file)
    return context, file
