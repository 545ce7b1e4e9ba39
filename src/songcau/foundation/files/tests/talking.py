"""A small tus client on Django's test client, and the short way to a stored file."""

import base64

from django.http import HttpResponse
from django.test import Client

from songcau.foundation.files import actions
from songcau.foundation.files.models import FileLink
from songcau.foundation.files.parts import Part
from songcau.foundation.files.tests.conftest import PAPERS, SUBJECT
from songcau.foundation.files.tus import BODY
from songcau.kernel.actor import Actor

SPEAKS = {"Tus-Resumable": "1.0.0"}


def metadata(**told: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())


def described(name: str = "don.txt", use: str = PAPERS.name, **more: str) -> str:
    told = {"use": use, "subject_kind": SUBJECT.kind, "subject_id": str(SUBJECT.id), "filename": name}
    return metadata(**(told | more))


def create(client: Client, length: int, name: str = "don.txt", **more: str) -> HttpResponse:
    headers = {"Upload-Length": str(length), "Upload-Metadata": described(name, **more)}
    return client.post("/files/uploads/", headers=SPEAKS | headers)


def patch(client: Client, where: str, content: bytes, offset: int = 0, **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.patch(
        where, content, content_type=BODY, headers=SPEAKS | {"Upload-Offset": str(offset), "Content-Type": BODY} | named
    )


def head(client: Client, where: str) -> HttpResponse:
    return client.head(where, headers=SPEAKS)


def stored(by: Actor, content: bytes = b"xin", name: str = "don.txt", use: str = PAPERS.name) -> FileLink:
    """A file put in by the actions alone."""
    upload = actions.start_upload(by=by, use=use, subject=SUBJECT, name=name, length=len(content))
    Part(upload.id).append(iter([content]), len(content))
    link = actions.finish_upload(by=by, upload_id=upload.id).link
    assert link is not None
    return link
