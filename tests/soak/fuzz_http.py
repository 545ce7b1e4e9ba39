"""A running broker is sent damaged and hostile HTTP: it answers in the standard's form, never with a 500, and lives on.

`python -m tests.soak.fuzz_http --seconds 60 [--seed 1]`. Requests that are right are damaged byte by byte, cut,
doubled, sent in drops or never ended; values are nonsense. Between them a right request must be answered.
"""

import argparse
import json
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

API = "/ngsi-ld/v1"
NONSENSE = (
    *(b"", b"null", b"[]", b"{}", b"NaN", b'"\xff"', b"1e999", b"[" * 5000, b'{"a":' * 3000, b"9" * 400),
    *(b"x==1;(a|b", b"((((" * 200, b"a" * 5000, "Đường Tròn".encode(), b"\x00", b"%00", b"%ff", b"..%2F" * 6, b"-1"),
    *(b'{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}', b"[[[1e308,1e308]]]", b"2026-02-30"),
    *(b"<http://127.0.0.1:1/none>; rel=x", b"urn:ngsi-ld:null", b'["urn:x:1",5,null]', b"2026-11-28T00:00:00"),
)
PARAMETERS = (
    *("type", "id", "idPattern", "attrs", "q", "scopeQ", "georel", "geometry", "coordinates", "geoproperty", "limit"),
    *("offset", "count", "options", "format", "lang", "pick", "omit", "orderBy", "join", "joinLevel", "datasetId"),
    *("local", "details", "deleteAll", "timerel", "timeAt", "geometryProperty", "keep", "drop"),
)
PATHS = (
    *("/entities", "/entities/urn:x:1", "/entities/urn:x:1/attrs", "/entities/urn:x:1/attrs/a", "/types", "/types/T"),
    *("/entityOperations/create", "/entityOperations/upsert", "/entityOperations/update", "/entityOperations/merge"),
    *("/entityOperations/delete", "/entityOperations/query", "/attributes", "/attributes/a", "/subscriptions"),
    *("/subscriptions/urn:x:s", "/jsonldContexts", "/temporal/entities", "/temporal/entities/urn:x:1"),
)
TOKENS = "/songcau/v1/tokens"
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD", "PURGE")
# Which method leads deepest at a path that ends so.
APT = {"operations": "POST", "attrs": "PATCH", "a": "PATCH", "entities": "POST", "subscriptions": "POST"}
ENTITY = {
    "id": "urn:x:1",
    "type": "T",
    "scope": "/wards/w1",
    "a": {"type": "Property", "value": 1, "unitCode": "KMH", "observedAt": "2026-11-28T00:00:00Z"},
    "r": {"type": "Relationship", "object": "urn:x:2"},
    "l": {"type": "LanguageProperty", "languageMap": {"vi": "cầu", "en": "bridge"}},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [105.8, 21.6]}},
}
SUBSCRIPTION = {
    "type": "Subscription",
    "entities": [{"type": "T"}],
    "q": "a>1",
    "notification": {"endpoint": {"uri": "http://127.0.0.1:9/", "accept": "application/json"}},
}
GOOD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
MOST_MEBIBYTES = 600


def body(dice: random.Random) -> bytes:
    """A body of the right kind, perhaps with one value replaced, or nonsense."""
    if dice.random() < 0.2:
        return dice.choice(NONSENSE)
    document = json.loads(json.dumps(dice.choice((ENTITY, SUBSCRIPTION, [ENTITY], ENTITY["a"]))))
    for _ in range(dice.randrange(3)):
        damaged(document, dice)
    return json.dumps(document).encode()


def damaged(document: object, dice: random.Random) -> None:
    """Replace, remove or add one member somewhere inside."""
    if isinstance(document, list):
        return damaged(dice.choice(document), dice) if document else None
    if not isinstance(document, dict) or not document:
        return None
    name = dice.choice(list(document))
    if isinstance(document[name], dict | list) and dice.random() < 0.7:
        return damaged(document[name], dice)
    if dice.random() < 0.2:
        del document[name]
    else:
        values = (None, [], {}, "", 5, -1e300, True, "urn:ngsi-ld:null", "x" * 3000, [[]], {"@value": 1}, "2026-02-30")
        document[dice.choice((name, "@context", "type", "value", "datasetId"))] = dice.choice(values)
    return None


def request(dice: random.Random) -> bytes:
    """A request that could be right."""
    path = (API + dice.choice(PATHS)) if dice.random() < 0.95 else TOKENS
    query = "&".join(
        f"{dice.choice(PARAMETERS)}=" + "".join(f"%{byte:02x}" for byte in dice.choice(NONSENSE)[:300])
        for _ in range(dice.choice((0, 0, 1, 2, 3)))
    )
    content = body(dice)
    kind = "operations" if "Operations" in path else path.rpartition("/")[2]
    method = APT.get(kind, "GET") if dice.random() < 0.7 else dice.choice(METHODS)
    lines = [f"{method} {path}{'?' if query else ''}{query} HTTP/1.1", "Host: localhost"]
    if dice.random() < 0.7:
        lines.append("Content-Type: application/json")
    lines += dice.sample(
        [
            f"Content-Type: {dice.choice(('application/json', 'application/ld+json', 'text/plain', 'é'))}",
            f"Accept: {dice.choice(('*/*', 'application/ld+json', 'application/geo+json', 'x', ';;;q=,'))}",
            'Link: <http://127.0.0.1:1/none>; rel="http://www.w3.org/ns/json-ld#context"',
            f"NGSILD-Tenant: {dice.choice(('', 'a', '../..', 'ü'))}",
            "Origin: http://localhost:1",
            "Expect: 100-continue",
        ],
        dice.choice((0, 0, 0, 1, 2, 3)),
    )
    if dice.random() < 0.2:
        chunks = b"".join(
            b"%x\r\n%b\r\n" % (len(content[at : at + 50]), content[at : at + 50]) for at in range(0, len(content), 50)
        )
        return "\r\n".join([*lines, "Transfer-Encoding: chunked", "", ""]).encode() + chunks + b"0\r\n\r\n"
    return "\r\n".join([*lines, f"Content-Length: {len(content)}", "", ""]).encode() + content


def mangled(raw: bytes, dice: random.Random) -> bytes:
    """The same with bytes changed, cut or doubled."""
    data = bytearray(raw)
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(data))
        kind = dice.randrange(4)
        if kind == 0:
            data[at] = dice.randrange(256)
        elif kind == 1:
            del data[at : at + dice.randrange(1, 30)]
        elif kind == 2:
            data[at:at] = data[at : at + dice.randrange(1, 60)]
        else:
            data[at:at] = dice.choice((b"\r\n", b"\0", b" ", b"Content-Length: 5\r\n", b"\xff", b"0\r\n\r\n"))
        if not data:
            return b"\r\n"
    return bytes(data)


class Run:
    """One broker under fire."""

    def __init__(self, port: int, pid: int, dice: random.Random) -> None:
        self.port, self.pid, self.dice = port, pid, dice
        self.statuses: Counter[str] = Counter()
        self.faults: list[str] = []

    def once(self) -> None:
        raw = request(self.dice)
        if self.dice.random() < 0.3:
            raw = mangled(raw, self.dice)
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as line:
            try:
                if self.dice.random() < 0.1:
                    for at in range(0, len(raw), 7):
                        line.sendall(raw[at : at + 7])
                else:
                    line.sendall(raw * self.dice.choice((1, 1, 1, 3)))
                if self.dice.random() < 0.1:
                    return  # leaves without listening
                line.shutdown(socket.SHUT_WR)
                self.judge(raw, everything(line))
            except ConnectionError:
                self.statuses["closed"] += 1
            except TimeoutError:
                self.faults.append(f"no answer within 20 s to {raw[:300]!r}")

    def judge(self, raw: bytes, heard: bytes) -> None:
        if not heard:
            self.statuses["nothing"] += 1
            return
        while heard.startswith(b"HTTP/1.1 100 ") and heard.count(b"HTTP/1.1 ") > 1:
            heard = heard.partition(b"\r\n\r\n")[2]
        status = heard[9:12].decode("latin-1")
        self.statuses[status] += 1
        if not heard.startswith(b"HTTP/1.1 ") or status in {"500", "503"}:
            self.faults.append(f"{status} to {raw[:600]!r}: {heard[-300:]!r}")

    def lives(self) -> bool:
        """A right request is answered, and the memory stays bounded."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as line:
            line.sendall(GOOD)
            line.shutdown(socket.SHUT_WR)
            is_well = everything(line).startswith(b"HTTP/1.1 200")
        used = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1]) / 256
        if used > MOST_MEBIBYTES:
            self.faults.append(f"{used:.0f} MiB are used")
        return is_well and used <= MOST_MEBIBYTES


def everything(line: socket.socket) -> bytes:
    heard = b""
    while piece := line.recv(65536):
        heard += piece
        if len(heard) > 50_000_000:
            break
    return heard


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="songcau-fuzz-") as folder:
        log = Path(folder) / "broker.log"
        with log.open("wb") as errors:
            broker = subprocess.Popen(
                [sys.executable, "-m", "songcau", "broker", "--data", f"{folder}/data", "--port", "0"],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert broker.stdout is not None
        port = int(broker.stdout.readline().split("http://127.0.0.1:")[1].split(",")[0])
        run = Run(port, broker.pid, random.Random(asked.seed))
        until = time.monotonic() + asked.seconds
        number = 0
        while time.monotonic() < until and len(run.faults) < 10:
            run.once()
            number += 1
            if number % 200 == 0 and not run.lives():
                run.faults.append("a right request was not answered")
        lived = run.lives()
        broker.terminate()
        ended = broker.wait(timeout=30)
        print(
            f"seed {asked.seed}: {number} requests; " + ", ".join(f"{n} × {s}" for s, n in run.statuses.most_common())
        )
        for fault in run.faults:
            print(f"FAULT {fault}")
        if run.faults:
            print(log.read_text(encoding="utf-8", errors="replace")[-6000:])
    return 0 if lived and ended == 0 and not run.faults else 1


if __name__ == "__main__":
    sys.exit(main())
