"""Reports as a telephone sends them: unique photos, and the form of the portal as bytes. For loads and for soaks."""

import hashlib
import http.client
import io
import json
import random
from dataclasses import dataclass
from uuid import UUID, uuid4

from PIL import Image

PATH = "/portal/report/"
CITY_BOX = (105.76, 21.53, 105.88, 21.62)
TEXTS = (
    "Ổ gà sâu trước cổng trường, xe máy dễ ngã.",
    "Rác tồn ba ngày ở đầu ngõ, bốc mùi rất khó chịu.",
    "Đèn đường tắt cả dãy từ tối qua, đường rất tối.",
    "Cống tắc, nước thải tràn ra lòng đường sau mưa.",
)
CATEGORIES = ("POTHOLE", "WASTE", "STREET_LAMP", "DRAIN")
_BOUNDARY = b"songcau-report-7f3a91"


class Photos:
    """JPEG files of about a size in bytes, each different from every other, and each one that can be decoded."""

    def __init__(self, size: int) -> None:
        self._whole = _noise(size)

    def unique(self, number: bytes) -> bytes:
        """The photo with a comment of its own right behind its first marker."""
        comment = b"\xff\xfe" + (len(number) + 2).to_bytes(2, "big") + number
        return self._whole[:2] + comment + self._whole[2:]


def _noise(size: int) -> bytes:
    """A picture of coloured noise: what a camera's photo weighs, without anybody's photo."""
    chance = random.Random(size)
    width = 1600 if size > 200_000 else 480
    for quality in (92, 85, 75, 60, 40):
        for cell in (2, 3, 4, 6, 8, 12):
            small = Image.frombytes(
                "RGB", (width // cell, width * 3 // 4 // cell), chance.randbytes(_area(width, cell))
            )
            out = io.BytesIO()
            small.resize((width, width * 3 // 4), Image.Resampling.BICUBIC).save(out, "JPEG", quality=quality)
            if len(out.getvalue()) <= size:
                # Up to the size with comments, each at most 64 KB.
                return _padded(out.getvalue(), size)
    raise ValueError(size)


def _area(width: int, cell: int) -> int:
    return (width // cell) * (width * 3 // 4 // cell) * 3


def _padded(photo: bytes, size: int) -> bytes:
    padding = b""
    while (left := size - len(photo) - len(padding)) > 100:
        filler = min(left, 60_000) - 4
        padding += b"\xff\xfe" + (filler + 2).to_bytes(2, "big") + b"." * filler
    return photo[:2] + padding + photo[2:]


@dataclass(frozen=True, slots=True)
class Form:
    """A report about to be sent. `digest` (SHA-256) is that of its photo; none where it has no photo."""

    submission_id: UUID
    body: bytes
    content_type: str
    digest: str


def form(token: str, photo: bytes | None, *, text: str = "", chance: random.Random | None = None) -> Form:
    """A whole form for `POST /portal/report/`; `token` is that of the cookie. An empty text stands for a usual one."""
    chance = chance or random.Random()
    kind = chance.randrange(len(TEXTS))
    west, south, east, north = CITY_BOX
    submission_id = uuid4()
    fields = {
        "csrfmiddlewaretoken": token,
        "step": "send",
        "submission_id": str(submission_id),
        "text": text or f"{TEXTS[kind]} Lần {chance.randrange(10**9)}.",
        "category": CATEGORIES[kind],
        "longitude": f"{chance.uniform(west, east):.6f}",
        "latitude": f"{chance.uniform(south, north):.6f}",
        "place_words": "Gần nhà văn hóa",
        "hide_name": "on",
    }
    parts = [
        b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (_BOUNDARY, name.encode(), value.encode())
        for name, value in fields.items()
    ]
    if photo is not None:
        head = (
            b'--%b\r\nContent-Disposition: form-data; name="photos"; filename="anh.jpg"\r\nContent-Type: image/jpeg\r\n'
        )
        parts += [head % _BOUNDARY, b"\r\n", photo, b"\r\n"]
    parts.append(b"--%b--\r\n" % _BOUNDARY)
    content_type = f"multipart/form-data; boundary={_BOUNDARY.decode()}"
    digest = hashlib.sha256(photo).hexdigest() if photo is not None else ""
    return Form(submission_id, b"".join(parts), content_type, digest)


def headers(sent: Form, token: str) -> dict[str, str]:
    """As a browser sends the form. Each comes as from somewhere else: the limits on abuse are tried elsewhere."""
    return {
        "Content-Type": sent.content_type,
        "Content-Length": str(len(sent.body)),
        "Cookie": f"csrftoken={token}",
        "Accept": "application/json",
        "X-Forwarded-For": "10." + ".".join(str(part) for part in sent.submission_id.bytes[:3]),
    }


def sent_to(port: int, sent: Form, token: str) -> tuple[int, dict[str, str]]:
    """The status and what was told. Raises OSError, HTTPException."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request("POST", PATH, body=sent.body, headers=headers(sent, token))
        answer = line.getresponse()
        body = answer.read()
    finally:
        line.close()
    try:
        return answer.status, json.loads(body)
    except ValueError:
        return answer.status, {"body": body[:200].decode(errors="replace")}
