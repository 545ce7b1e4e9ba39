"""Notifications that were given up are kept within bounds."""

import asyncio
from typing import Any

import pytest

from songcau.context.problems import ResourceNotFound
from songcau.context.subscriptions import dead_letters
from songcau.context.subscriptions.dead_letters import DeadLetter, DeadLetters


class Documents:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], dict[str, Any]] = {}

    def put_document(self, kind: str, tenant: str, name: str, document: dict[str, Any] | None) -> Any:
        assert kind == "dead-letter"
        if document is None:
            del self.kept[tenant, name]
        else:
            self.kept[tenant, name] = document
        future: asyncio.Future[int] = asyncio.Future(loop=asyncio.new_event_loop())
        future.set_result(0)
        return future

    def documents(self, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
        return [(tenant, name, document) for (tenant, name), document in self.kept.items()]


def letter(number: int, body: str = "{}", tenant: str = "") -> DeadLetter:
    return DeadLetter(
        f"urn:n:{number}", tenant, "urn:s:1", "http://a/", f"2026-11-28T00:00:{number:02}Z", "why", 3, body
    )


def test_they_are_found_again_by_the_next_start_oldest_first() -> None:
    documents = Documents()
    letters = DeadLetters(documents)
    for number in (3, 1, 2):
        letters.keep(letter(number))
    letters.keep(letter(4, tenant="west"))
    again = DeadLetters(documents)
    again.load()
    assert [one.id for one in again.of("")] == ["urn:n:1", "urn:n:2", "urn:n:3"]
    assert list(again.of("west", "urn:s:1")) == [letter(4, tenant="west")]
    assert list(again.of("west", "urn:s:2")) == []
    assert len(again) == 4
    assert again.get("", "urn:n:1") == letter(1)
    again.forget("", "urn:n:1")
    assert again.forget("", "urn:n:1") is None
    with pytest.raises(ResourceNotFound):
        again.get("", "urn:n:1")
    assert ("", "urn:n:1") not in documents.kept


def test_the_oldest_goes_when_there_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letters, "MOST", 3)
    monkeypatch.setattr(dead_letters, "MOST_BYTES", 1000)
    monkeypatch.setattr(dead_letters, "LONGEST_BODY", 900)
    documents = Documents()
    letters = DeadLetters(documents)
    for number in range(5):
        letters.keep(letter(number))
    assert [one.id for one in letters.of("")] == ["urn:n:2", "urn:n:3", "urn:n:4"]
    letters.keep(letter(5, "x" * 895))
    letters.keep(letter(5, "x" * 899))  # tried again in vain: it is the same letter
    assert [one.id for one in letters.of("")] == ["urn:n:3", "urn:n:4", "urn:n:5"]
    letters.keep(letter(6, "x" * 950))
    assert [one.id for one in letters.of("")] == ["urn:n:3", "urn:n:4", "urn:n:5"]
    assert letters.dropped == 4
    assert len(documents.kept) == 3
