"""Nonsense to the context broker: requests that were valid once, broken in every place, over real sockets.

`python -m tests.soak.fuzz_broker --seconds 60 [--seed N]` starts a broker of its own. It fails on a server error, on a
broker that ended, on one that no longer answers what is right, and on memory beyond a bound.
"""

import argparse
import random
import socket
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import orjson

from tests.context.running import running_broker

API = "/ngsi-ld/v1"
ROOM = {
    "id": "urn:ngsi-ld:Room:1",
    "type": ["Room", "Hall"],
    "scope": "/wards/W1",
    "temperature": {"type": "Property", "value": 21.5, "unitCode": "CEL", "observedAt": "2026-11-28T01:00:00Z"},
    "name": {"type": "LanguageProperty", "languageMap": {"vi": "Phòng", "en": "Room"}},
    "near": {"type": "Relationship", "object": "urn:ngsi-ld:Room:2", "datasetId": "urn:ngsi-ld:D:1"},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [105.84, 21.59]}},
    "area": {"value": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}, "type": "GeoProperty"},
}
QUERIES = (
    "type=Room&q=temperature>20;(name[vi]~=Ph.*|near==urn:ngsi-ld:Room:2)&scopeQ=/wards/%2B&limit=5",
    "type=(Room;Hall),Street&georel=near;maxDistance==1000&geometry=Point&coordinates=[105.84,21.59]&count=true",
    "q=temperature==1..5,name!~=x&georel=within&geometry=Polygon&coordinates=[[[0,0],[1,0],[1,1],[0,0]]]",
    "idPattern=.*:[0-9]+&attrs=temperature&orderBy=temperature;desc&pick=id,near{id,name}&join=inline&joinLevel=3",
    "type=Room&options=sysAttrs&format=simplified&lang=vi,en;q=0.5&datasetId=@none,urn:ngsi-ld:D:1&omit=name",
)
SUBSCRIPTION = {
    "type": "Subscription",
    "entities": [{"type": "Room", "idPattern": ".*"}],
    "q": "temperature>20",
    "geoQ": {"georel": "near;maxDistance==10", "geometry": "Point", "coordinates": [0, 0]},
    "notification": {"endpoint": {"uri": "http://127.0.0.1:9/"}, "attributes": ["temperature"]},
    "throttling": 5,
}
DEEP = b"[" * 50_000 + b"]" * 50_000
PIECES = (
    b"null", b"{}", b"[]", b'""', b"1e999", b"-0", b"9" * 400, b'"\\ud800"', b"\xff\xfe", b"\x00", b'"@context":',
    b'"@type":', b'"urn:ngsi-ld:null"', b'{"@value":1}', b"NaN", DEEP[:2000], b'"' + b"x" * 5000 + b'"', b",",
    b"}", b"]",
)  # fmt: skip
TEXTS = (
    "(", ")", "((((((((((", "|", ";", "==", "..", "~=", "%00", "%ff", "%F0%9F%98%80", "[", "]", "{", "}", "*", "+",
    "(a+)+$", "x" * 3000, "-1", "1e400", ",", "&type=", "=", "#", "..,..", '"', "%22", "urn:", "@none", "NaN",
    "180.0001",    ";" * 400,
)  # fmt: skip
LARGEST_RESIDENT = 400 * 1024 * 1024


def valid(draw: random.Random) -> tuple[str, str, bytes, str]:
    """Method, target, body and content type of a request that is right."""
    one = f"{API}/entities/urn:ngsi-ld:Room:{draw.randrange(4)}"
    room = orjson.dumps({**ROOM, "id": f"urn:ngsi-ld:Room:{draw.randrange(4)}"})
    ld_room = orjson.dumps({"@context": [{"near": {"@id": "urn:x:near", "@type": "@id"}}], **ROOM})
    attribute = orjson.dumps({"value": draw.random()})
    return draw.choice(
        (
            ("POST", f"{API}/entities", room, "application/json"),
            ("POST", f"{API}/entities", ld_room, "application/ld+json"),
            ("PATCH", one, room, "application/json"),
            ("PATCH", f"{one}/attrs/temperature", attribute, "application/merge-patch+json"),
            ("POST", f"{one}/attrs", room, "application/json"),
            ("PUT", f"{one}/attrs/temperature", orjson.dumps(ROOM["temperature"]), "application/json"),
            ("DELETE", f"{one}/attrs/near?datasetId=urn:ngsi-ld:D:1", b"", ""),
            ("POST", f"{API}/entityOperations/upsert?options=update", b"[" + room + b"]", "application/json"),
            ("POST", f"{API}/entityOperations/delete", b'["urn:ngsi-ld:Room:1"]', "application/json"),
            (
                "POST",
                f"{API}/entityOperations/query",
                b'{"type":"Query","entities":[{"type":"Room"}]}',
                "application/json",
            ),
            ("POST", f"{API}/subscriptions", orjson.dumps(SUBSCRIPTION), "application/json"),
            ("GET", one, b"", ""),
            ("GET", f"{API}/types?details=true", b"", ""),
            *(("GET", f"{API}/entities?{query}", b"", "") for query in QUERIES),
            ("GET", f"{API}/temporal/entities?type=Room&timerel=after&timeAt=2026-11-28T00:00:00Z&lastN=5", b"", ""),
            ("GET", f"{API}/subscriptions", b"", ""),
        )
    )


def broken(text: bytes, draw: random.Random, pieces: tuple[bytes, ...]) -> bytes:
    """The text with a few places cut out, doubled or replaced."""
    for _ in range(draw.randrange(1, 4)):
        begin = draw.randrange(len(text) + 1)
        end = min(len(text), begin + draw.randrange(12))
        middle = draw.choice((b"", text[begin:end] * 2, draw.choice(pieces), draw.randbytes(3)))
        text = text[:begin] + middle + text[end:]
    return text


def request(draw: random.Random) -> bytes:
    method, target, body, content_type = valid(draw)
    if draw.random() < 0.5 and body:
        body = broken(body, draw, PIECES)
    if draw.random() < 0.5:
        path, mark, query = target.partition("?")
        pieces = tuple(text.encode() for text in TEXTS)
        if mark:
            query = broken(query.encode(), draw, pieces).decode("latin-1")
        else:
            path = broken(path.encode(), draw, pieces).decode("latin-1")
        target = "/" + quote((path + mark + query).lstrip("/"), safe="/?&=:;,()[]{}%~!|*+@.#\"'<>$^`\\-_")
    head = [f"{method} {target.replace('#', '%23')} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    head += [f"Content-Type: {content_type}"] if content_type else []
    if draw.random() < 0.1:
        head.append(draw.choice(("Link: <x", "NGSILD-Tenant: a b", "Accept: */*;q=x", "Authorization: Bearer x")))
    raw = "\r\n".join(head).encode("latin-1", "replace") + b"\r\n\r\n" + body
    return broken(raw, draw, PIECES) if draw.random() < 0.05 else raw


class Talker:
    """One connection that is made anew whenever the broker closes it."""

    def __init__(self, host: str, port: int) -> None:
        self._where = (host, port)
        self._socket: socket.socket | None = None

    def ask(self, raw: bytes) -> int:
        """The status of the answer; 0 when the connection was closed without one."""
        if self._socket is None:
            self._socket = socket.create_connection(self._where, timeout=1)
        try:
            self._socket.sendall(raw)
            answer = self._answer()
        except (ConnectionError, TimeoutError):
            answer = b""
        if not answer.startswith(b"HTTP/1.1 ") or b"\r\nConnection: close" in answer:
            self._socket.close()
            self._socket = None
        return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0

    def _answer(self) -> bytes:
        assert self._socket is not None
        found = b""
        while b"\r\n\r\n" not in found:
            piece = self._socket.recv(65536)
            if not piece:
                return found
            found += piece
        head, _, rest = found.partition(b"\r\n\r\n")
        length = next((int(line[16:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")), 0)
        while len(rest) < length:
            piece = self._socket.recv(65536)
            if not piece:
                break
            rest += piece
        return head


def resident(pid: int) -> int:
    """Bytes of memory that the process holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw, answers, breaches = random.Random(options.seed), Counter[int](), []
    with tempfile.TemporaryDirectory() as folder, running_broker(Path(folder)) as (process, address):
        host, port = urlsplit(address).hostname or "", urlsplit(address).port or 0
        talker = Talker(host, port)
        end = time.monotonic() + options.seconds
        while time.monotonic() < end and process.poll() is None:
            raw = request(draw)
            status = talker.ask(raw)
            answers[status] += 1
            # 505 is the right answer to a request line without a version that we speak (RFC 9110, 15.6.6).
            if status in {500, 501, 502}:
                breaches.append(f"BREACH {status} for {raw[:600]!r}")
                if len(breaches) > 20:
                    break
        if process.poll() is not None:
            breaches.append("BREACH the broker ended")
        else:
            if resident(process.pid) > LARGEST_RESIDENT:
                breaches.append(f"BREACH the broker holds {resident(process.pid) // 2**20} MiB")
            if httpx.get(f"{address}{API}/entities?local=true").status_code != 200:
                breaches.append("BREACH the broker no longer answers what is right")
            print(f"memory {resident(process.pid) // 2**20} MiB")
    print(f"{sum(answers.values())} requests: {dict(sorted(answers.items()))}")
    print("\n".join(breaches) or "WHOLE")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
