"""@contexts are found, fetched once, kept and given up in bounds."""

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest

from songcau.context.problems import BadRequestData, LdContextNotAvailable
from songcau.context.terms import CORE, Contexts, contexts
from songcau.context.terms.folder import UnusableFolder
from songcau.context.terms.keeping import MOST_KEPT, kept_by_terms
from songcau.context.terms.loading import LARGEST_BYTES, Loader
from songcau.context.terms.terms import Answers, Terms
from songcau.context.terms.tests.web import document, on_loop, page, web

X = "https://x.org/#"
CORE_18 = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"


def test_no_context_is_the_core_context() -> None:
    assert Contexts().at_hand(None) is CORE
    assert CORE.link == CORE.reference == CORE_18
    assert CORE.reference_json == orjson.dumps(CORE_18)


def test_a_context_is_compiled_once() -> None:
    found = Contexts()
    first = found.at_hand({"a": X + "a"})
    assert found.at_hand({"a": X + "a"}) is first
    assert first is not None
    other = found.at_hand({"a": X + "b"})
    assert other is not None
    assert other.key != first.key


@pytest.mark.parametrize(
    "reference", [CORE_18, [CORE_18], "https://w3id.org/security/data-integrity/v2", [], {}, [{"a": X + "a"}, CORE_18]]
)
def test_what_is_bundled_needs_no_network(reference: Any) -> None:
    terms = Contexts(remote=False).at_hand(reference)
    assert terms is not None
    assert terms.expand("location") == "https://uri.etsi.org/ngsi-ld/location"


@pytest.mark.parametrize("reference", [5, True, b"x", {"a": b"x"}, "unknownContext", "file:///etc/passwd", {1: 2}])
def test_a_malformed_reference_is_refused(reference: Any) -> None:
    with pytest.raises(BadRequestData):
        Contexts().at_hand(reference)


@pytest.mark.parametrize(
    ("reference", "link"),
    [
        (CORE_18, CORE_18),
        ([CORE_18], CORE_18),
        ([], CORE_18),
        ({"a": X}, "http://broker/ngsi-ld/v1/jsonldContexts/urn:ngsi-ld:Context:"),
        ([{"a": X}, CORE_18], "http://broker/ngsi-ld/v1/jsonldContexts/urn:ngsi-ld:Context:"),
    ],
)
def test_a_link_says_the_same_as_the_reference(reference: Any, link: str) -> None:
    found = Contexts(base="http://broker")
    terms = found.at_hand(reference)
    assert terms is not None
    assert terms.link.startswith(link)
    again = found.at_hand(terms.link)
    assert again is not None
    assert again.expand("a") == terms.expand("a")


@on_loop
async def test_a_context_is_fetched_once_for_all_who_wait() -> None:
    async with web() as served:
        served.pages["/a"] = page([served.base + "/b", "c"])
        served.pages["/b"] = page({"b": X + "b"})
        served.pages["/c"] = page({"c": X + "c"})
        found = Contexts()
        reference = served.base + "/a"
        assert found.at_hand(reference) is None
        results = await asyncio.gather(*(found.resolve(reference) for _ in range(5)))
        assert all(terms is results[0] for terms in results)
        assert (results[0].expand("b"), results[0].expand("c")) == (X + "b", X + "c")
        assert found.at_hand([reference]) is results[0]
        assert results[0].link == results[0].reference == reference
        both = await found.resolve([reference, CORE_18])
        assert both.link == reference
        assert both.reference == [reference, CORE_18]
        assert served.asked == {"/a": 1, "/b": 1, "/c": 1}
        await found.close()


@on_loop
async def test_a_large_context_is_compiled_beside_the_loop() -> None:
    async with web() as served:
        served.pages["/a"] = page({f"term{number}": f"{X}term{number}" for number in range(12_000)})
        found = Contexts()
        terms = await found.resolve(served.base + "/a")
        assert terms.compact(X + "term11999") == "term11999"
        await found.close()


async def _stand(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def _pour(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")
    for _ in range(LARGEST_BYTES // 65536 + 10):
        writer.write(b" " * 65536)
        await writer.drain()


async def _break(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")


PAGES: dict[str, Any] = {
    "not found": document(b"", "404 Not Found"),
    "not JSON": document(b"<html>"),
    "not an object": document(b"[]"),
    "no context": document(b"{}"),
    "no end": _break,
    "too large": _pour,
    "no answer": _stand,
    "not HTTP": b"hello",
    "redirected for ever": document(b"", "302 Found", "Location: /\r\n"),
    "redirected elsewhere": document(b"", "302 Found", "Location: file:///etc/passwd\r\n"),
    "redirected nowhere": document(b"", "302 Found", "Location: http://[\r\n"),
}


@pytest.mark.parametrize("fault", PAGES)
@on_loop
async def test_a_context_that_cannot_be_had_is_said_to_be_so(fault: str) -> None:
    async with web() as served:
        served.pages["/"] = PAGES[fault]
        found = Contexts(loader=Loader(0.5))
        with pytest.raises(LdContextNotAvailable):
            await found.resolve(served.base + "/")
        await found.close()


@on_loop
async def test_an_address_where_nobody_answers_is_said_to_be_so() -> None:
    found = Contexts()
    with pytest.raises(LdContextNotAvailable):
        await found.resolve("http://127.0.0.1:1/context")
    with pytest.raises(LdContextNotAvailable):
        await found.resolve("http://" + "a" * 300 + ".org/")
    await found.close()


@on_loop
async def test_a_context_may_be_redirected() -> None:
    async with web() as served:
        served.pages["/old"] = document(b"", "301 Moved", f"Location: {served.base}/new\r\n")
        served.pages["/new"] = page({"a": X + "a"})
        found = Contexts()
        assert (await found.resolve(served.base + "/old")).expand("a") == X + "a"
        await found.close()


@on_loop
async def test_a_failure_is_remembered_for_a_moment() -> None:
    async with web() as served:
        now = [100.0]
        found = Contexts(clock=lambda: now[0])
        for _ in range(3):
            with pytest.raises(LdContextNotAvailable):
                await found.resolve(served.base + "/")
        assert served.asked["/"] == 1
        now[0] += contexts.FAILURE_SECONDS + 1
        served.pages["/"] = page({"a": X + "a"})
        assert (await found.resolve(served.base + "/")).expand("a") == X + "a"
        await found.close()


@on_loop
async def test_remembered_failures_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexts, "MOST_FAILURES", 2)
    found = Contexts()
    for number in range(3):
        with pytest.raises(LdContextNotAvailable):
            await found.resolve(f"http://127.0.0.1:1/{number}")
    assert len(found._failed) == 1
    await found.close()


@on_loop
async def test_a_broker_may_be_kept_from_fetching() -> None:
    found = Contexts(remote=False)
    with pytest.raises(LdContextNotAvailable, match="may not fetch"):
        await found.resolve("http://127.0.0.1:1/context")
    await found.close()


@on_loop
async def test_contexts_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async with web() as served:
        for number in range(30):
            served.pages[f"/{number}"] = page(f"/{number + 1}")
        found = Contexts()
        with pytest.raises(BadRequestData, match="levels deep"):
            await found.resolve(served.base + "/0")
        monkeypatch.setattr(contexts, "MOST_DOCUMENTS", 3)
        with pytest.raises(BadRequestData, match="more than 3 others"):
            await Contexts().resolve(served.base + "/0")
        await found.close()


@on_loop
async def test_a_client_that_goes_away_takes_nothing_from_the_others() -> None:
    async with web() as served:
        gate = asyncio.Event()

        async def later(writer: asyncio.StreamWriter) -> None:
            await gate.wait()
            writer.write(page({"a": X + "a"}))

        served.pages["/"] = later
        found = Contexts()
        first, second = (asyncio.create_task(found.resolve(served.base + "/")) for _ in range(2))
        while not served.asked:
            await asyncio.sleep(0)
        first.cancel()
        gate.set()
        assert (await second).expand("a") == X + "a"
        assert served.asked["/"] == 1
        await found.close()


@on_loop
async def test_closing_ends_what_is_under_way() -> None:
    async with web() as served:
        served.pages["/"] = _stand
        found = Contexts()
        waiting = asyncio.create_task(found.resolve(served.base + "/"))
        while not served.asked:
            await asyncio.sleep(0)
        await found.close()
        with pytest.raises(asyncio.CancelledError):
            await waiting


def test_compiled_contexts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexts, "MOST_COMPILED", 3)
    found = Contexts()
    first = found.at_hand({"a": X + "0"})
    for number in range(1, 4):
        found.at_hand({"a": X + "0"})
        found.at_hand({"a": f"{X}{number}"})
    assert found.at_hand({"a": X + "0"}) is first  # used all the time
    monkeypatch.setattr(contexts, "MOST_COMPILED_TERMS", 10)
    found.at_hand({"a": X + "4"})
    assert len(found._compiled) == 1


def test_compiled_contexts_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexts, "MOST_COMPILED_BYTES", 1_000_000)
    found = Contexts()
    for number in range(50):
        terms = found.at_hand([{"a": f"{X}{number}"}, {"a": {"@id": X + "a", "comment": "x" * 100_000}}])
        assert terms is not None
    assert sum(len(key) for key in found._compiled) < 300_000
    assert found._compiled_bytes == sum(weight for _, weight in found._compiled.values()) <= 1_000_000


@pytest.mark.parametrize(
    "reference",
    [
        {"@vocab": X + "x" * 3000},
        {"p": X + "x" * 2000 + "/", "a": "p:" + "x" * 100},
        {"@vocab": X + "x" * 2000, "a": {"@type": "@vocab"}, "b" * 500: {"@type": "@vocab"}},
    ],
)
def test_an_iri_of_a_context_that_is_too_long_is_refused(reference: object) -> None:
    with pytest.raises(BadRequestData, match="2,048 characters"):
        Contexts().at_hand(reference)


def test_names_that_were_learned_are_forgotten_when_they_take_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songcau.context.terms.terms.MOST_BYTES", 1_000_000)
    Answers.forget()
    several = [Contexts().at_hand({"p": f"{X}{number}" + "x" * 1000 + "/"}) for number in range(5)]
    for number in range(1000):
        for terms in several:
            assert terms is not None
            assert terms.expand(f"p:a{number}").endswith(f"{'x' * 1000}/a{number}")
    held = sum(len(answer) for one in Answers.all.values() for answer in one.values())
    assert 0 < held < 1_000_000


def test_answers_to_long_questions_are_not_remembered_and_all_of_them_are_bounded_in_bytes() -> None:
    asked = []

    @kept_by_terms
    def length(terms: Terms, text: str) -> int:
        asked.append(text)
        return len(text)

    assert (length(CORE, "x" * 2000), length(CORE, "x" * 2000)) == (2000, 2000)
    assert len(asked) == 2
    wide = Contexts().at_hand({"p": X + "x" * 2000 + "/"})
    assert wide is not None
    for number in range(100):
        length(wide, "x" * 900 + str(number))
    length(wide, "x" * 900 + "0")
    assert len(asked) == 103  # each may have come to a megabyte: only the newest are kept
    length(wide, "x" * 900 + "99")
    assert len(asked) == 103


def test_what_is_preloaded_needs_no_network(tmp_path: Path) -> None:
    (tmp_path / "index.json").write_bytes(orjson.dumps({"https://x.org/a": "a.jsonld"}))
    (tmp_path / "a.jsonld").write_bytes(orjson.dumps({"@context": ["https://x.org/b", {"a": X + "a"}]}))
    (tmp_path / "https%3A%2F%2Fx.org%2Fb").write_bytes(orjson.dumps({"@context": {"b": X + "b"}}))
    (tmp_path / "readme.txt").write_text("not a @context")
    terms = Contexts(tmp_path, remote=False).at_hand("https://x.org/a")
    assert terms is not None
    assert (terms.expand("a"), terms.expand("b")) == (X + "a", X + "b")


@pytest.mark.parametrize("index", ["[]", "{", '{"https://x.org/a": 5}', '{"https://x.org/a": "../a"}', '{"u": "gone"}'])
def test_a_wrong_index_stops_the_start(tmp_path: Path, index: str) -> None:
    (tmp_path / "index.json").write_text(index)
    with pytest.raises(UnusableFolder):
        Contexts(tmp_path)


def test_a_folder_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(UnusableFolder):
        Contexts(tmp_path / "gone")


@on_loop
async def test_a_preloaded_file_that_goes_wrong_is_said_to_be_so(tmp_path: Path) -> None:
    for name, content in (("a", "<html>"), ("b", "{}")):
        (tmp_path / f"https%3A%2F%2Fx.org%2F{name}").write_text(content)
    found = Contexts(tmp_path)
    (tmp_path / "https%3A%2F%2Fx.org%2Fb").unlink()
    for name in "ab":
        with pytest.raises(LdContextNotAvailable):
            await found.resolve(f"https://x.org/{name}")


@on_loop
async def test_a_preloaded_context_within_a_large_one_is_opened(tmp_path: Path) -> None:
    (tmp_path / "https%3A%2F%2Fx.org%2Fb").write_bytes(orjson.dumps({"@context": {"b": X + "b"}}))
    async with web() as served:
        large = {f"term{number}": f"{X}term{number}" for number in range(6_000)}
        served.pages["/a"] = page([large, "https://x.org/b"])
        found = Contexts(tmp_path)
        assert (await found.resolve(served.base + "/a")).expand("b") == X + "b"
        await found.close()


def test_answers_are_remembered_by_context() -> None:
    asked = []

    @kept_by_terms
    def names(terms: Terms, text: str) -> tuple[str, ...]:
        asked.append(text)
        return tuple(terms.expand(name) for name in text.split(","))

    terms = Contexts().at_hand({"a": X + "a"})
    assert terms is not None
    assert names(terms, "a,b") is names(terms, "a,b")
    assert names(CORE, "a,b") != names(terms, "a,b")
    assert asked == ["a,b", "a,b"]
    for number in range(MOST_KEPT - 1):
        names(terms, f"a{number}")
    names(CORE, "a,b")  # the newer of the two is still known
    assert len(asked) == MOST_KEPT + 1
    names(terms, "a,b")
    assert len(asked) == MOST_KEPT + 2


def test_the_context_of_the_public_suite_works(tmp_path: Path) -> None:
    forge = "https://forge.etsi.org/rep/cim/ngsi-ld-test-suite/-/raw/develop/resources/jsonld-contexts/"
    name = "ngsi-ld-test-suite"
    (tmp_path / "a").write_bytes(orjson.dumps({"@context": [f"{forge}{name}.jsonld", CORE_18]}))
    (tmp_path / "b").write_bytes(orjson.dumps({"@context": {"speed": "https://ngsi-ld-test-suite/context#speed"}}))
    index = {f"{forge}{name}-compound.jsonld": "a", f"{forge}{name}.jsonld": "b"}
    (tmp_path / "index.json").write_bytes(orjson.dumps(index))
    terms = Contexts(tmp_path).at_hand([f"{forge}{name}-compound.jsonld"])
    assert terms is not None
    assert terms.expand("speed") == "https://ngsi-ld-test-suite/context#speed"
    assert terms.expand("street") == "https://uri.etsi.org/ngsi-ld/default-context/street"
    assert terms.reference == f"{forge}{name}-compound.jsonld"
