"""What is done to people on their pages: every deed, every refusal in words."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from songcau.consoles.administration.tests.answers import at, entries, text
from songcau.consoles.administration.tests.conftest import City
from songcau.foundation.accounts import lockout, second_factor
from songcau.foundation.accounts.models import Person, RoleGrant
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import SECRET, give, make_person, sign_in
from songcau.foundation.audit.models import Entry
from songcau.kernel import clock

pytestmark = pytest.mark.usefixtures("in_english")
NEW = {"full_name": "Vũ Thị Mới", "username": "moi", "email": "moi@thainguyen.gov.vn", "phone": "0208 3855 555"}


def test_a_new_person_gets_a_password_that_is_shown_once(city: City, admin: Client) -> None:
    response = admin.post(at("person_add"), NEW | {"home": str(city.at("W1").pk)})
    assert response.status_code == 200
    added = Person.objects.get(username="moi")
    assert (added.full_name, added.home, added.phone) == ("Vũ Thị Mới", city.at("W1"), "+842083855555")
    assert "Vũ Thị Mới" in text(admin.get(reverse("administration:people"), {"q": "0208385"})), "as it is dialled here"
    temporary = re.search(r'id="temporary-password">([^<]+)<', text(response)).group(1)  # type: ignore[union-attr]
    assert added.check_password(temporary)
    assert added.must_change_password
    assert "no-store" in response["Cache-Control"]
    assert "no-cache" in response["Cache-Control"]
    assert [one.subject for one in entries("add_person")] == [f"accounts.person:{added.pk}"]
    assert len(entries("set_temporary_password")) == 1
    assert all(temporary not in str(one.details) for one in Entry.objects.all())
    assert temporary not in text(admin.get(at("person", added.pk)))
    assert temporary not in str(dict(admin.session))


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"full_name": ""}, 422, "This field is required"),
        ({"full_name": "<script>alert(1)</script>"}, 422, "enter a name in letters"),
        ({"full_name": "a" * 10_000}, 422, "at most 150"),
        ({"username": "x"}, 422, "3 to 60 characters"),
        ({"username": "lan"}, 409, "The username lan belongs to another person"),
        ({"username": "LÂN"}, 409, "The username lan belongs to another person"),
        ({"username": "a\0b"}, 422, "Null characters"),
        ({"email": "khong phai"}, 422, "name@example.vn"),
        ({"phone": "0912"}, 422, "no telephone number like this"),
        ({"phone": "1" * 10_000}, 422, "at most 20"),
        ({"home": ""}, 422, "This field is required"),
        ({"home": "nonsense"}, 422, "nonsense"),
        ({"home": str(uuid4())}, 422, "Select a valid choice"),
    ],
)
def test_a_new_person_badly_written(city: City, admin: Client, typed: dict[str, str], status: int, words: str) -> None:
    before = Person.objects.count()
    response = admin.post(at("person_add"), NEW | {"home": str(city.at("W1").pk)} | typed)
    assert response.status_code == status
    page = text(response)
    assert words in page or words == "nonsense"
    assert 'role="alert"' in page
    assert "<script>alert" not in page
    assert 'value="moi@thainguyen.gov.vn"' in page or "email" in typed
    assert Person.objects.count() == before
    assert not entries("add_person")


def test_an_address_belongs_to_one_person(city: City, admin: Client) -> None:
    Person.objects.filter(pk=city.lan.pk).update(email="lan@x.vn")
    response = admin.post(at("person_add"), NEW | {"home": str(city.at("W1").pk), "email": "LAN@x.vn"})
    assert response.status_code == 409
    assert "belongs to another person" in text(response)


def test_a_ward_adds_people_to_itself_only(city: City, ward: Client) -> None:
    assert ward.post(at("person_add"), NEW | {"home": str(city.at("W2").pk)}).status_code == 422
    assert ward.post(at("person_add"), NEW | {"home": str(city.at("D1").pk)}).status_code == 200
    assert Person.objects.get(username="moi").home == city.at("D1")


def test_without_the_right_to_give_a_password_nobody_is_left_half_made(city: City, admin: Client, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from songcau.foundation.accounts import actions
    from songcau.foundation.accounts.permissions import NotYours

    def refuse(**_: object) -> str:
        raise NotYours(permission="accounts.reset_credentials")

    monkeypatch.setattr(actions, "set_temporary_password", refuse)
    assert admin.post(at("person_add"), NEW | {"home": str(city.at("W1").pk)}).status_code == 403
    assert not Person.objects.filter(username="moi").exists()


# Changing


def changed(city: City, **typed: str) -> dict[str, str]:
    lan = Person.objects.get(pk=city.lan.pk)
    return {
        "version": str(lan.version),
        "full_name": lan.full_name,
        "email": lan.email,
        "phone": lan.phone,
        "home": str(lan.home_id),
        **typed,
    }


def test_facts_are_changed_and_logged(city: City, admin: Client) -> None:
    response = admin.post(
        at("person_change", city.lan.pk), changed(city, full_name="Trần Thị Lan Anh", home=str(city.at("W2").pk))
    )
    assert (response.status_code, response["Location"]) == (302, at("person", city.lan.pk))
    lan = Person.objects.get(pk=city.lan.pk)
    assert (lan.full_name, lan.home) == ("Trần Thị Lan Anh", city.at("W2"))
    assert entries("change_person")[0].details["fields"] == ["full_name", "home"]
    assert "Saved." in text(admin.get(response["Location"]))


def test_the_second_of_two_is_told_what_the_first_changed(city: City, admin: Client) -> None:
    first, second = changed(city, phone="0912345678"), changed(city, full_name="Trần Lan", phone="0987654321")
    assert admin.post(at("person_change", city.lan.pk), first).status_code == 302
    response = admin.post(at("person_change", city.lan.pk), second)
    page = text(response)
    assert response.status_code == 409
    assert "changed: telephone" in page
    assert 'value="Trần Lan"' in page
    assert 'value="0987654321"' in page
    assert Person.objects.get(pk=city.lan.pk).phone == "+84912345678"


@pytest.mark.parametrize(
    "typed",
    [
        {"version": ""},
        {"version": "nonsense"},
        {"version": "9" * 400},
        {"full_name": "…"},
        {"full_name": "á" * 10_000},
        {"home": ""},
        {"phone": "abc"},
    ],
)
def test_facts_badly_written(city: City, admin: Client, typed: dict[str, str]) -> None:
    response = admin.post(at("person_change", city.lan.pk), changed(city) | typed)
    assert response.status_code == (409 if typed.get("version", "").startswith("9") else 422)
    assert 'role="alert"' in text(response)
    assert not entries("change_person")


def test_nothing_changed_is_saved_without_an_entry(city: City, admin: Client) -> None:
    assert admin.post(at("person_change", city.lan.pk), changed(city)).status_code == 302
    assert not entries("change_person")


def test_a_person_whose_agency_was_closed_can_still_be_corrected(city: City, admin: Client) -> None:
    type(city.at("W1")).objects.filter(code="W1").update(closed_on=date(2026, 1, 1))
    assert "Cơ quan W1" in text(admin.get(at("person_change", city.lan.pk)))
    assert admin.post(at("person_change", city.lan.pk), changed(city, phone="0912345678")).status_code == 302
    assert Person.objects.get(pk=city.lan.pk).home == city.at("W1")


def test_somebody_without_an_agency_stays_without_one(city: City, admin: Client) -> None:
    citizen = make_person("congdan", None, "Dân")
    form = {"version": "1", "full_name": "Dân Thường", "home": "", "email": "", "phone": ""}
    assert admin.post(at("person_change", citizen.pk), form).status_code == 302
    assert Person.objects.get(pk=citizen.pk).home is None


# Switching off and on, credentials, sessions


def test_off_and_on_again(city: City, admin: Client) -> None:
    theirs = city.client("thu")
    assert admin.post(at("person_deactivate", city.thu.pk), {"reason": "Nghỉ hưu"}).status_code == 302
    assert not Person.objects.get(pk=city.thu.pk).is_active
    assert theirs.get("/").status_code in (302, 200)
    assert not UserSession.objects.filter(user=city.thu).exists()
    assert entries("deactivate_person")[0].details["reason"] == "Nghỉ hưu"
    page = text(admin.get(at("person", city.thu.pk)))
    assert "switched off" in page
    assert at("person_reactivate", city.thu.pk) in page
    assert at("person_deactivate", city.thu.pk) not in page
    again = admin.post(at("person_deactivate", city.thu.pk), {"reason": "Lần nữa"})
    assert again.status_code == 409
    assert "switched off already" in text(again)
    assert ">Lần nữa</textarea>" in text(again).replace("\r\n", "").replace("\n", "")
    refused = admin.post(at("person_password", city.thu.pk))
    assert refused.status_code == 422
    assert "switch it on first" in text(refused)
    assert admin.post(at("person_reactivate", city.thu.pk), {"reason": "Nhầm"}).status_code == 302
    assert Person.objects.get(pk=city.thu.pk).is_active
    assert admin.post(at("person_reactivate", city.thu.pk), {"reason": "Nhầm"}).status_code == 409
    assert len(entries("reactivate_person")) == 1


@pytest.mark.parametrize("deed", ["deactivate", "reactivate", "second_factor"])
@pytest.mark.parametrize("reason", ["", "   ", "x" * 10_000])
def test_a_reason_is_needed(city: City, admin: Client, deed: str, reason: str) -> None:
    response = admin.post(at(f"person_{deed}", city.lan.pk), {"reason": reason})
    assert response.status_code == 422
    page = text(response)
    assert 'role="alert"' in page
    assert "Please give the reason" in page or len(reason) > 500
    assert 'href="#id_reason"' in page
    assert not Entry.objects.filter(subject=f"accounts.person:{city.lan.pk}").exists()


def test_the_last_administrator_stays(city: City, admin: Client) -> None:
    other = make_person("quan2", city.at("C"), "Hoàng Quản")
    give(other, Role.SYSTEM_ADMINISTRATOR)
    # The one who acts counts only until a day: the other is the last who lasts.
    RoleGrant.objects.filter(person=city.quan).update(valid_to=clock.now() + timedelta(days=3))
    response = admin.post(at("person_deactivate", other.pk), {"reason": "thử"})
    assert response.status_code == 422
    assert "last system administrator" in text(response)
    assert Person.objects.get(pk=other.pk).is_active


def test_a_temporary_password_ends_sessions_and_is_kept_nowhere(city: City, admin: Client) -> None:
    sign_in(Client(), city.lan)
    asked = admin.get(at("person_password", city.lan.pk))
    assert "temporary-password" not in text(asked)
    response = admin.post(at("person_password", city.lan.pk))
    temporary = re.search(r'id="temporary-password">([^<]+)<', text(response)).group(1)  # type: ignore[union-attr]
    assert Person.objects.get(pk=city.lan.pk).check_password(temporary)
    assert "no-store" in response["Cache-Control"]
    assert not UserSession.objects.filter(user=city.lan).exists()
    assert len(entries("set_temporary_password")) == 1
    assert all(temporary not in str(one.details) for one in Entry.objects.all())
    assert temporary not in text(admin.get(at("person_password", city.lan.pk)))


def test_a_lost_second_factor_is_taken_away(city: City, admin: Client) -> None:
    second_factor.set_up(city.lan, SECRET)
    assert "set up" in text(admin.get(at("person", city.lan.pk)))
    assert admin.post(at("person_second_factor", city.lan.pk), {"reason": "Mất điện thoại"}).status_code == 302
    assert not second_factor.is_set_up(city.lan)
    assert entries("reset_second_factor")[0].details == {"reason": "Mất điện thoại", "removed": 1}


def test_a_lockout_is_shown_and_ended(city: City, admin: Client) -> None:
    for _n in range(12):
        Client().post(reverse("account_login"), {"login": "lan", "password": "sai"}, REMOTE_ADDR=f"10.0.0.{_n}")
    assert lockout.minutes_left(lockout.person_key(city.lan)) > 0
    page = text(admin.get(at("person", city.lan.pk)))
    assert "locked for" in page
    assert at("person_unlock", city.lan.pk) in page
    assert admin.post(at("person_unlock", city.lan.pk)).status_code == 302
    assert lockout.minutes_left(lockout.person_key(city.lan)) == 0
    assert len(entries("unlock_person")) == 1
    assert at("person_unlock", city.lan.pk) not in text(admin.get(at("person", city.lan.pk)))
    cache.clear()


def test_signed_out_everywhere(city: City, admin: Client) -> None:
    sign_in(theirs := Client(), city.lan)
    response = admin.post(at("person_sign_out", city.lan.pk))
    assert response["Location"] == at("person", city.lan.pk)
    assert "Sessions ended: 1." in text(admin.get(response["Location"]))
    assert theirs.get(reverse("usersessions_list")).status_code == 302
    assert len(entries("sign_out_everywhere")) == 1
