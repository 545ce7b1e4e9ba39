"""Stored @contexts outlast a start, are fetched anew when asked, and stay within bounds."""

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest

from songcau.context.problems import BadRequestData, LdContextNotAvailable
from songcau.context.terms import Contexts, contexts, shelf
from songcau.context.terms.tests.web import document, on_loop, page, web

X = "https://x.org/#"


class Disk:
    """Keeps what a shelf hands over, as the journal does."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        self.broken = False

    def keep(self, local_id: str, content: dict[str, Any] | None) -> asyncio.Future[int]:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        if self.broken:
            future.set_exception(OSError("full"))
        elif content is None:
            self.documents.pop(local_id, None)
            future.set_result(1)
        else:
            self.documents[local_id] = orjson.loads(orjson.dumps(content))
            future.set_result(1)
        return future


@on_loop
async def test_what_is_stored_is_there_after_a_start() -> None:
    disk = Disk()
    async with web() as served:
        served.pages["/a"] = page({"a": X + "a"})
        before = Contexts(base="http://broker")
        before.keep_by(disk.keep, {})
        await before.resolve(served.base + "/a")
        hosted, on_disk = before.shelf.host({"b": X + "b"})
        assert on_disk is not None
        await on_disk
        made = before.at_hand([{"c": X + "c"}, served.base + "/a"])
        assert made is not None
        link = made.link
        await before.close()
    after = Contexts(base="http://elsewhere", remote=False)
    after.keep_by(disk.keep, disk.documents)
    assert [one.kind for one in after.shelf] == ["Cached", "Hosted", "ImplicitlyCreated"]
    for reference, name in ((served.base + "/a", "a"), (hosted.address("http://x"), "b"), (link, "c"), (link, "a")):
        terms = after.at_hand(reference)
        assert terms is not None
        assert terms.expand(name) == X + name


@on_loop
async def test_what_is_preloaded_goes_before_what_was_fetched(tmp_path: Path) -> None:
    disk = Disk()
    shelf.Shelf(disk.keep).cache("https://x.org/a", {"a": X + "old"}, 10)
    (tmp_path / "https%3A%2F%2Fx.org%2Fa").write_bytes(orjson.dumps({"@context": {"a": X + "new"}}))
    found = Contexts(tmp_path)
    found.keep_by(disk.keep, disk.documents)
    terms = found.at_hand("https://x.org/a")
    assert terms is not None
    assert terms.expand("a") == X + "new"


@on_loop
async def test_a_context_is_fetched_anew_when_asked() -> None:
    async with web() as served:
        url = served.base + "/a"
        served.pages["/a"] = page({"a": X + "old"})
        found = Contexts()
        old = await found.resolve(url)
        stored = found.shelf.find(url)
        assert stored is not None
        for wrong in (document(b"", "404 Not Found"), page(5), page({"a": "a:b:<"})):
            served.pages["/a"] = wrong
            with pytest.raises(LdContextNotAvailable):
                await found.reload(stored)
            assert found.at_hand(url) is old
        served.pages["/a"] = page({"a": X + "new"})
        await found.reload(stored)
        new = found.at_hand(url)
        assert new is not None
        assert new.expand("a") == X + "new"
        assert new.key != old.key
        await found.close()


@on_loop
async def test_what_was_fetched_long_ago_is_fetched_anew() -> None:
    async with web() as served:
        for path in ("/a", "/b"):
            served.pages[path] = page({"a": X + "old"})
        found = Contexts()
        await found.resolve([served.base + "/a", served.base + "/b"])
        served.pages = {"/a": page({"a": X + "new"})}
        await found.refresh()
        assert served.asked == {"/a": 1, "/b": 1}
        await found.refresh(contexts.timedelta(0))
        assert served.asked == {"/a": 2, "/b": 2}
        for path, state in (("/a", "new"), ("/b", "old")):
            terms = found.at_hand(served.base + path)
            assert terms is not None
            assert terms.expand("a") == X + state
        await found.close()


@on_loop
async def test_a_broker_looks_for_newer_contexts_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async with web() as served:
        served.pages["/a"] = page({"a": X + "old"})
        found = Contexts()
        await found.resolve(served.base + "/a")
        looked = asyncio.Event()
        refresh = found.refresh

        async def look() -> None:
            await refresh(contexts.timedelta(0))
            looked.set()

        monkeypatch.setattr(found, "refresh", look)
        looking = asyncio.create_task(found.stay_fresh(0))
        await looked.wait()
        looking.cancel()
        assert served.asked["/a"] >= 2
        await found.close()


@on_loop
async def test_a_preloaded_file_is_read_anew_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "https%3A%2F%2Fx.org%2Fa"
    path.write_bytes(orjson.dumps({"@context": {"a": X + "old"}}))
    found = Contexts(tmp_path)
    found.at_hand("https://x.org/a")
    path.write_bytes(orjson.dumps({"@context": {"a": X + "new"}}))
    stored = found.shelf.find("https://x.org/a")
    assert stored is not None
    await found.reload(stored)
    terms = found.at_hand("https://x.org/a")
    assert terms is not None
    assert terms.expand("a") == X + "new"


@on_loop
async def test_what_is_removed_is_gone_from_the_disk_too() -> None:
    disk = Disk()
    found = Contexts()
    found.keep_by(disk.keep, {})
    hosted, _ = found.shelf.host({"a": X + "a"})
    url = hosted.address("http://broker")
    assert found.at_hand(url) is not None
    gone = found.forget(hosted)
    assert gone is not None
    await gone
    assert disk.documents == {}
    assert found.at_hand(url) is None
    assert found.shelf.find(hosted.local_id) is None


@on_loop
async def test_a_disk_that_fails_is_not_told_twice() -> None:
    disk = Disk()
    disk.broken = True
    hosted, on_disk = shelf.Shelf(disk.keep).host({})
    assert on_disk is not None
    with pytest.raises(OSError, match="full"):
        await on_disk
    assert hosted.size == 2


@on_loop
async def test_the_shelf_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "MOST_BYTES", 120)
    monkeypatch.setattr(shelf, "MOST_HOSTED", 2)
    disk = Disk()
    held = shelf.Shelf(disk.keep)
    hosted, _ = held.host({"a": X + "a" * 50})
    first = held.make({"b": X})
    held.make({"c": X})
    assert held.make({"b": X}) is first
    held.cache("https://x.org/a", {}, 40)
    assert [one.kind for one in held] == ["Hosted", "Cached"]
    assert set(disk.documents) == {one.local_id for one in held}
    held.cache("https://x.org/b", {}, 300)
    assert [one.kind for one in held] == ["Hosted", "Cached"]
    held.host({})
    with pytest.raises(BadRequestData):
        held.host({})
    assert hosted in held


@pytest.mark.parametrize("context", [5, None, {"a": "a:b:<"}, [5], [[{}]]])
def test_a_malformed_context_is_not_hosted(context: Any) -> None:
    with pytest.raises(BadRequestData):
        Contexts().check(context)


def test_a_context_to_be_hosted_may_name_others_that_are_not_there_yet() -> None:
    Contexts().check(["https://x.org/later", {"a": X + "a", "b": {"@id": X + "b", "@context": {}}}])
