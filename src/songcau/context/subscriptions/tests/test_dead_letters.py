"""Notifications that were given up are kept within bounds."""

import asyncio
from typing import Any

import pytest

from songcau.context.problems import ResourceNotFound, StorageUnavailable
from songcau.context.subscriptions import dead_letters
from songcau.context.subscriptions.dead_letters import DeadLetter, DeadLetters


class Documents:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], dict[str, Any]] = {}
        self.is_full = False
        self._loop = asyncio.new_event_loop()

    def put_document(self, kind: str, tenant: str, name: str, document: dict[str, Any] | None) -> Any:
        assert kind == "dead-letter"
        future: asyncio.Future[int] = asyncio.Future(loop=self._loop)
        if self.is_full:
            future.set_exception(StorageUnavailable("The disk is full"))
            return future
        if document is None:
            self.kept.pop((tenant, name), None)
        else:
            self.kept[tenant, name] = document
        future.set_result(0)
        return future

    def turn(self) -> None:
        """Let everybody who waits know what became of it."""
        self._loop.run_until_complete(asyncio.sleep(0))

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


def test_what_the_disk_refused_is_put_again_as_it_is_by_then() -> None:
    documents = Documents()
    refused: list[int] = []
    letters = DeadLetters(documents, lambda: refused.append(1))
    letters.keep(letter(1))
    documents.is_full = True
    letters.keep(letter(2))
    letters.keep(letter(3))
    letters.forget("", "urn:n:1")
    letters.forget("", "urn:n:3")
    documents.turn()
    assert len(refused) == 4
    letters.put_again()  # in vain
    documents.turn()
    assert documents.kept.keys() == {("", "urn:n:1")}
    documents.is_full = False
    letters.put_again()
    documents.turn()
    assert documents.kept == {("", "urn:n:2"): letter(2).shown()}
    assert len(refused) == 7
    letters.put_again()
    assert len(refused) == 7
