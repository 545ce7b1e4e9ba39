"""Clients follow the city over a real connection."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from songcau.context.stream import streams
from songcau.context.tests.following import broker, point, prop


def run(case: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(case(), 60))  # type: ignore[arg-type]


def test_a_client_is_told_what_is_new_what_changed_and_what_is_deleted(tmp_path: Path) -> None:
    async def case() -> None:
        async with broker(tmp_path) as place:
            follower = await place.follow("type=Lamp&format=simplified")
            assert follower.headers["content-type"] == "text/event-stream"
            assert follower.headers["cache-control"] == "no-store"
            await place.put(1, power=prop(5))
            await place.put(1, power=prop(6))
            await place.delete(1)
            new, changed, deleted = await follower.events(3)
            assert (new.kind, new.data) == ("entity", {"id": "urn:ngsi-ld:Lamp:1", "type": "Lamp", "power": 5})
            assert (changed.kind, changed.data["power"]) == ("entity", 6)
            assert (deleted.kind, deleted.data) == ("deleted", {"id": "urn:ngsi-ld:Lamp:1"})
            assert new.id < changed.id < deleted.id

    run(case)


def test_a_client_is_told_of_its_query_only_and_when_an_entity_leaves_it(tmp_path: Path) -> None:
    async def case() -> None:
        async with broker(tmp_path) as place:
            ward = await place.follow("type=Lamp&scopeQ=/wards/W1/%23")
            bright = await place.follow("type=Lamp&q=power>10")
            area = "georel=near;maxDistance==500&geometry=Point&coordinates=[105.84,21.59]"
            near = await place.follow(f"type=Lamp&{area}")
            await place.put(1, scope="/wards/W1/a", power=prop(5), location=point(105.84, 21.59))
            await place.put(2, scope="/wards/W2", power=prop(15), location=point(105.90, 21.59))
            await place.put(1, scope="/wards/W2", power=prop(20), location=point(105.90, 21.60))
            await place.put(2, scope="/wards/W1", power=prop(5), location=point(105.8401, 21.59))
            for follower, expected in (
                (ward, [("entity", "1"), ("gone", "1"), ("entity", "2")]),
                (bright, [("entity", "2"), ("entity", "1"), ("gone", "2")]),
                (near, [("entity", "1"), ("gone", "1"), ("entity", "2")]),
            ):
                told = await follower.events(3)
                assert [(event.kind, event.data["id"].rpartition(":")[2]) for event in told] == expected
                assert await follower.has_nothing()

    run(case)


def test_a_client_of_some_attributes_is_told_of_changes_to_these(tmp_path: Path) -> None:
    async def case() -> None:
        async with broker(tmp_path) as place:
            follower = await place.follow("type=Lamp&attrs=power&format=simplified")
            await place.put(1, power=prop(5), colour=prop("red"))
            path = "/ngsi-ld/v1/entities/urn:ngsi-ld:Lamp:1/attrs/"
            await place.client.patch(path + "colour", json={"value": "green"})
            await place.client.patch(path + "power", json={"value": 6})
            told = await follower.events(2)
            assert [event.data for event in told] == [
                {"id": "urn:ngsi-ld:Lamp:1", "type": "Lamp", "power": power} for power in (5, 6)
            ]
            assert await follower.has_nothing()

    run(case)


def test_who_comes_back_is_told_what_it_missed(tmp_path: Path) -> None:
    async def case() -> None:
        async with broker(tmp_path) as place:
            follower = await place.follow("type=Lamp")
            await place.put(1, power=prop(0))
            last = (await follower.event()).id
            await follower.close()
            for power in range(1, 4):
                await place.put(1, power=prop(power))
            await place.put(2, power=prop(9))
            again = await place.follow("type=Lamp", Last_Event_ID=str(last))
            told = await again.events(2)
            assert [(event.data["id"][-1], event.data["power"]["value"]) for event in told] == [("1", 3), ("2", 9)]
            by_parameter = await place.follow(f"type=Lamp&lastEventId={told[0].id}")
            assert (await by_parameter.event()).data["id"].endswith("2")
            assert await by_parameter.has_nothing()

    run(case)


def test_who_comes_back_to_a_broker_that_was_restarted_is_told_what_it_missed(tmp_path: Path) -> None:
    async def case() -> None:
        async with broker(tmp_path) as place:
            follower = await place.follow("type=Lamp")
            for number in range(3):
                await place.put(number, power=prop(0))
            last = (await follower.event()).id
            await place.delete(2)
        async with broker(tmp_path) as place:
            again = [await place.follow("type=Lamp", Last_Event_ID=str(last)) for _ in range(3)]
            await place.put(0, power=prop(1))
            for follower in again:
                told = [(event.kind, event.data["id"][-1]) for event in await follower.events(3)]
                assert told == [("entity", "1"), ("deleted", "2"), ("entity", "0")]

    run(case)


def test_who_was_away_for_too_long_is_told_to_load_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_READ", 3)

    async def case() -> None:
        async with broker(tmp_path) as place:
            for number in range(5):
                await place.put(number, power=prop(0))
            for last in ("1", "99999"):
                follower = await place.follow("type=Lamp", Last_Event_ID=last)
                event = await follower.event()
                assert (event.kind, event.id) == ("reset", 5)
            await place.put(9, power=prop(0))
            assert (await follower.event()).data["id"].endswith("9")

    run(case)


def test_a_slow_client_is_told_the_newest_state_of_each_entity(tmp_path: Path) -> None:
    async def case() -> None:
        async with broker(tmp_path) as place:
            follower = await place.follow("type=Lamp")
            follower.pause()
            text = "x" * 20_000
            for turn in range(100):
                await place.put(turn % 5, power=prop(turn), note=prop(text))
            follower.go_on()
            told = [await follower.event()]
            while told[-1].data["power"]["value"] != 99:
                told.append(await follower.event())
            assert len(told) < 60
            newest = {event.data["id"][-1]: event.data["power"]["value"] for event in told}
            assert newest == {"0": 95, "1": 96, "2": 97, "3": 98, "4": 99}
            assert [event.id for event in told] == sorted(event.id for event in told)

    run(case)


def test_a_quiet_line_is_kept_alive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BEAT_SECONDS", 0.02)

    async def case() -> None:
        async with broker(tmp_path) as place:
            follower = await place.follow("type=Lamp")
            assert await follower.has_nothing()
            assert follower.beats > 2

    run(case)


def test_who_may_not_follow_any_more_is_cut_off_at_once(tmp_path: Path) -> None:
    async def case() -> None:
        async with broker(tmp_path, has_auth=True, socket=tmp_path / "s") as place:
            import httpx

            transport = httpx.AsyncHTTPTransport(uds=str(tmp_path / "s"))
            async with httpx.AsyncClient(transport=transport, base_url="http://broker") as operator:
                made = (await operator.post("/songcau/v1/tokens", json={"label": "map", "may": ["read"]})).json()
                headers = {"Authorization": f"Bearer {made['token']}"}
                port = place.address.rpartition(":")[2]
                place.address = f"http://127.0.0.1:{port}"
                assert (await place.follow("type=Lamp")).status == 401
                follower = await place.follow("type=Lamp", **headers)
                assert follower.status == 200
                await operator.delete(f"/songcau/v1/tokens/{made['id']}")
                assert await follower.ends()

    run(case)


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("", {}, 400),
        ("type=Lamp&colour=red", {}, 400),
        ("type=Lamp&q=((", {}, 400),
        ("type=Lamp&join=inline", {}, 400),
        ("type=Lamp", {"Last_Event_ID": "abc"}, 400),
        ("type=Lamp", {"Last_Event_ID": "9" * 40}, 400),
    ],
)
def test_what_cannot_be_followed_is_refused(tmp_path: Path, query: str, headers: dict[str, str], status: int) -> None:
    async def case() -> None:
        async with broker(tmp_path) as place:
            assert (await place.follow(query, **headers)).status == status

    run(case)


def test_nobody_follows_after_head_or_a_client_that_is_gone(tmp_path: Path) -> None:
    async def case() -> None:
        async with broker(tmp_path) as place:
            answer = await place.client.head("/songcau/v1/events?type=Lamp")
            assert answer.headers["content-type"] == "text/event-stream"
            followers = [await place.follow("type=Lamp") for _ in range(3)]
            for follower in followers:
                await follower.close()
            await place.put(1, power=prop(1))

    run(case)
