"""Posts of an agency: added, filled, left."""

from datetime import date, timedelta

import pytest
from django.test import Client

from songcau.consoles.administration.tests.answers import at, entries, text
from songcau.consoles.administration.tests.conftest import City
from songcau.foundation.accounts.models import Holding, Post
from songcau.foundation.accounts.tests.people import make_person
from songcau.kernel import clock

pytestmark = pytest.mark.usefixtures("in_english")


def test_a_post_is_added_filled_and_left(city: City, admin: Client) -> None:
    agency = city.at("W1")
    assert admin.post(at("post_add", agency.pk), {"title": "Chủ tịch", "is_head": "on"}).status_code == 302
    post = Post.objects.get()
    assert (post.title, post.is_head, post.agency) == ("Chủ tịch", True, agency)
    assert admin.post(at("post_hold", post.pk), {"person": "LAN", "from_on": "2026-01-01"}).status_code == 302
    holding = Holding.objects.get()
    assert holding.person == city.lan
    assert at("post_leave", holding.pk) in text(admin.get(at("agency", agency.pk)))
    assert admin.post(at("post_leave", holding.pk), {"until_on": "2026-02-01"}).status_code == 302
    assert Holding.objects.get().until_on == date(2026, 2, 1)
    assert [len(entries(verb)) for verb in ("add_post", "hold_post", "leave_post")] == [1, 1, 1]
    again = admin.post(at("post_leave", holding.pk), {"until_on": "2026-02-01"})
    assert again.status_code == 409
    assert "was left already" in text(again)


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"title": ""}, 422, "This field is required"),
        ({"title": "x" * 10_000}, 422, "at most 200"),
        ({"title": "Chủ tịch"}, 409, "already has a post"),
        ({"title": "Người khác", "is_head": "on"}, 409, "or a head"),
    ],
)
def test_a_post_badly_written(
    city: City, admin: Client, post: Post, typed: dict[str, str], status: int, words: str
) -> None:
    response = admin.post(at("post_add", city.at("W1").pk), typed)
    assert response.status_code == status
    assert words in text(response)
    assert Post.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"person": ""}, 422, "This field is required"),
        ({"person": "khongai"}, 422, "Nobody fits"),
        ({"person": "Trần"}, 422, "Nobody fits"),
        ({"person": "\u0301"}, 422, "Nobody fits"),
        ({"person": "nghi"}, 422, "Nobody fits"),
        ({"person": "Ngô Trùng"}, 422, "More than one person fits"),
        ({"person": "x" * 10_000}, 422, "at most 150"),
        ({"from_on": "2026-02-30"}, 422, "Enter a valid date"),
        ({"from_on": "9999-12-31"}, 422, "check the dates"),
        ({"from_on": ""}, 422, "This field is required"),
    ],
)
def test_a_post_filled_badly(
    city: City, admin: Client, post: Post, typed: dict[str, str], status: int, words: str
) -> None:
    make_person("nghi", city.at("W1"), is_active=False)
    for name in ("trung1", "trung2"):
        make_person(name, city.at("W1"), "Ngô Trùng")
    response = admin.post(at("post_hold", post.pk), {"person": "lan", "from_on": "2026-01-01"} | typed)
    assert response.status_code == status
    assert words in text(response)
    assert not Holding.objects.exists()


def test_a_post_is_filled_by_the_whole_name_without_marks(city: City, admin: Client, post: Post) -> None:
    typed = {"person": "tran thi lan", "from_on": str(clock.today())}
    assert admin.post(at("post_hold", post.pk), typed).status_code == 302
    assert Holding.objects.get().person == city.lan


def test_a_post_that_is_held_is_not_filled_again(city: City, admin: Client, post: Post, holding: Holding) -> None:
    response = admin.post(at("post_hold", post.pk), {"person": "thu", "from_on": str(clock.today())})
    assert response.status_code == 409
    assert "is held already" in text(response)


def test_a_ward_fills_posts_with_its_own_people(city: City, ward: Client, post: Post) -> None:
    response = ward.post(at("post_hold", post.pk), {"person": "hai", "from_on": "2026-01-01"})
    assert response.status_code == 422
    assert "Nobody fits" in text(response)
    assert ward.post(at("post_hold", post.pk), {"person": "lan", "from_on": "2026-01-01"}).status_code == 302


@pytest.mark.parametrize("until", ["2026-02-30", "", "2025-06-30", str(date.max), "nonsense"])
def test_a_post_left_on_a_day_that_cannot_be(city: City, admin: Client, holding: Holding, until: str) -> None:
    assert admin.post(at("post_leave", holding.pk), {"until_on": until}).status_code == 422
    assert Holding.objects.get().until_on is None
    assert holding.from_on < clock.today() - timedelta(days=1)
