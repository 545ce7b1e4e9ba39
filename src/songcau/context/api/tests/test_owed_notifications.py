"""What could not be told at once is told later: after an outage, after a kill, by hand."""

from pathlib import Path

from songcau.context.api.tests.client import prop, room
from songcau.context.api.tests.notified import UNTIRING, City, ask_of_letters, letters, subscribe
from songcau.context.subscriptions.tests.receiver import OK, UNAVAILABLE


def test_a_receiver_that_comes_back_is_told_everything_in_order(city: City) -> None:
    receiver = city.receiver()
    made = subscribe(city, receiver)
    city.run(receiver.stop)
    city.ask("POST", "/entities", room(1, a=prop(0)))
    for value in range(1, 80):
        city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": value})
    city.until(lambda: city.subscriptions.get("", made).tally.times_failed > 0)
    found = city.ask("GET", "/subscriptions").json[0]["notification"]
    assert found["status"] == "failed"
    assert found["timesFailed"] > 0
    receiver.bodies.clear()
    city.run(receiver.__aenter__)
    told = city.wait(receiver, 80)
    assert [one["data"][0]["a"]["value"] for one in told] == list(range(80))


def test_what_is_owed_at_a_kill_is_told_after_the_next_start(tmp_path: Path) -> None:
    city = City(tmp_path, UNTIRING)  # nothing is given up, however long the changes take
    receiver = city.receiver(lambda _path, _body: UNAVAILABLE)
    port = receiver.port
    subscribe(city, receiver, q="a>=0")
    city.ask("POST", "/entities", room(1, a=prop(0), b=prop("x")))
    for value in range(1, 50):
        city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": value})
    city.run(receiver.stop)
    city.kill()
    city = City(tmp_path)
    receiver = city.receiver(port=port)
    told = city.wait(receiver, 50)
    assert [one["data"][0]["a"]["value"] for one in told] == list(range(50))
    assert told[0]["data"][0]["b"] == prop("x")
    city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": 50})
    assert city.wait(receiver, 51)[-1]["data"][0]["a"]["value"] == 50
    city.close()


def test_nothing_is_told_twice_after_a_stop_in_order(tmp_path: Path) -> None:
    city = City(tmp_path)
    receiver = city.receiver()
    subscribe(city, receiver)
    city.ask("POST", "/entities", room(1, a=prop(0)))
    city.wait(receiver, 1)
    city.run(city.subscriptions.stop)  # it waits for the answer to what is under way
    city.run(receiver.stop)
    city.close()
    city = City(tmp_path)
    port, bodies = receiver.port, receiver.bodies
    receiver = city.receiver(port=port)
    city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": 1})
    [told] = city.all_told(receiver)
    assert told["data"][0]["a"]["value"] == 1
    assert len(receiver.bodies) == 1
    assert len(bodies) == 1
    assert city.ask("GET", "/subscriptions").json[0]["notification"]["timesSent"] == 2
    city.close()


def test_a_letter_that_is_refused_for_good_is_kept_and_can_be_sent_again(city: City) -> None:
    answers = [b"HTTP/1.1 422 Unprocessable Entity\r\nContent-Length: 0\r\n\r\n", OK, OK]
    receiver = city.receiver(lambda _path, _body: answers.pop(0))
    subscribe(city, receiver)
    city.ask("POST", "/entities", room(1, a=prop(0)))
    city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": 1})
    first, second = city.wait(receiver, 2)
    assert second["data"][0]["a"]["value"] == 1
    [dead] = letters(city)
    assert dead["id"] == first["id"]
    assert dead["reason"] == "answered 422"
    assert dead["attempts"] == 1
    whole = ask_of_letters(city, "GET", f"/{dead['id']}")
    assert whole.json["notification"] == receiver.bodies[0].decode()
    assert ask_of_letters(city, "POST", f"/{dead['id']}/replay").status == 202
    again = city.wait(receiver, 3)[2]
    assert again == first
    city.until(lambda: len(city.subscriptions.dead_letters) == 0)
    assert ask_of_letters(city, "POST", f"/{dead['id']}/replay").status == 404
