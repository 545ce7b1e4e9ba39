"""People: every page for who may and who may not, every form good and bad."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from songcau.consoles.administration.tests.town import SignedIn, Town, as_, town
from songcau.foundation.accounts import second_factor
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.tests.people import make_person
from songcau.foundation.audit.models import Entry

__all__ = ["as_", "town"]

DEEDS = ("change", "deactivate", "password", "second_factor", "unlock", "sign_out")


def at(name: str, person: Person | None = None) -> str:
    return reverse(f"administration:{name}", args=[person.pk] if person else [])


def text(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode())


def test_the_administrator_sees_everybody_sorted_by_given_name(town: Town, as_: SignedIn) -> None:
    page = text(as_(town.root).get(at("people")))
    names = ["Lê Văn Giữ", "Trần Thị Gốc", "Ma Văn Hai", "Phạm Thu Hoà", "Hoàng Xa Lạ"]
    assert all(name in page for name in names)
    assert page.index("Lê Văn Giữ") < page.index("Ma Văn Hai") < page.index("Phạm Thu Hoà") < page.index("Hoàng Xa Lạ")


def test_a_ward_sees_its_own_and_nobody_else_also_by_address(town: Town, as_: SignedIn) -> None:
    client = as_(town.warden)
    page = text(client.get(at("people")))
    assert "Phạm Thu Hoà" in page
    assert "Hoàng Xa Lạ" not in page
    assert "Hoàng Xa Lạ" not in text(client.get(at("people") + "?format=csv"))
    for name in ("person", *(f"person_{deed}" for deed in DEEDS)):
        answer = client.get(at(name, town.stranger))
        assert answer.status_code in {302, 404}, name
        assert "Hoàng Xa Lạ" not in text(answer)


def test_a_clerk_has_no_list_of_people_and_a_stranger_is_asked_to_sign_in(town: Town, as_: SignedIn) -> None:
    assert as_(town.clerk).get(at("people")).status_code == 403
    assert "/accounts/login/" in Client().get(at("people"))["Location"]


@pytest.mark.parametrize("typed", ["pham thu hoa", "Hoà", "MOTCUA"])
def test_search_forgives_marks_and_case(town: Town, as_: SignedIn, typed: str) -> None:
    page = text(as_(town.root).get(at("people"), {"q": typed}))
    assert "Phạm Thu Hoà" in page
    assert "Lê Văn Giữ" not in page


def test_filters_by_role_and_state(town: Town, as_: SignedIn) -> None:
    Person.objects.filter(pk=town.stranger.pk).update(is_active=False)
    client = as_(town.root)
    assert "Phạm Thu Hoà" in text(client.get(at("people"), {"role": "CLERK", "state": "on"}))
    assert "Hoàng Xa Lạ" not in text(client.get(at("people"), {"role": "CLERK", "state": "on"}))
    assert "Hoàng Xa Lạ" in text(client.get(at("people"), {"state": "off"}))


def test_the_list_asks_as_often_for_many_as_for_few(
    town: Town, as_: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        make_person(f"nguoi{number}", home=town.one, full_name=f"Người {number}")
    client = as_(town.root)
    client.get(at("people"))
    with django_assert_max_num_queries(12):
        client.get(at("people"))


def test_a_person_s_page_shows_facts_and_deeds(town: Town, as_: SignedIn) -> None:
    page = text(as_(town.root).get(at("person", town.clerk)))
    assert "motcua" in page
    assert at("person_deactivate", town.clerk) in page
    assert at("person_unlock", town.clerk) not in page  # nothing to unlock


def test_nobody_mends_the_account_of_somebody_above(town: Town, as_: SignedIn) -> None:
    page = text(as_(town.warden).get(at("person", town.warden)))
    assert at("person_deactivate", town.warden) not in page
    assert as_(town.warden).get(at("person", town.root)).status_code == 404


@pytest.mark.parametrize("name", ["person", "person_change", "person_deactivate"])
def test_a_person_who_does_not_exist_is_not_found(town: Town, as_: SignedIn, name: str) -> None:
    assert as_(town.root).get(reverse(f"administration:{name}", args=[uuid4()])).status_code == 404


def test_a_person_is_added_and_the_password_is_shown_once(town: Town, as_: SignedIn) -> None:
    client = as_(town.warden)
    form = {"full_name": "H'Hen <b>Niê</b>", "username": "hhen", "home": str(town.one.pk), "email": "", "phone": ""}
    refused = client.post(at("person_add"), form)
    assert refused.status_code == 422
    assert "<b>Niê</b>" not in text(refused)
    answer = client.post(at("person_add"), {**form, "full_name": "H'Hen Niê"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    added = Person.objects.get(username="hhen")
    shown = text(answer).split('id="temporary-password">')[1].split("<")[0]
    assert added.check_password(shown)
    assert added.must_change_password
    assert not any(shown in str(entry.details) for entry in Entry.objects.all())


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "motcua"},
        {"username": "x"},
        {"full_name": ""},
        {"full_name": "a" * 10_000},
        {"home": "nonsense"},
        {"home": str(uuid4())},
        {"email": "no address"},
        {"phone": "call me"},
    ],
)
def test_a_bad_form_says_so_and_keeps_what_was_typed(town: Town, as_: SignedIn, wrong: dict[str, str]) -> None:
    form = {"full_name": "Vũ Thị Mới", "username": "moi.vt", "home": str(town.one.pk), "email": "", "phone": ""}
    answer = as_(town.root).post(at("person_add"), {**form, **wrong})
    assert answer.status_code in {409, 422}
    assert 'role="alert"' in text(answer)
    assert wrong.get("full_name", "Vũ Thị Mới")[:150] in text(answer)
    assert not Person.objects.filter(username="moi.vt").exists()


def test_nobody_is_added_to_an_agency_outside_the_subtree(town: Town, as_: SignedIn) -> None:
    form = {"full_name": "Vũ Thị Mới", "username": "moi.vt", "home": str(town.two.pk)}
    assert as_(town.warden).post(at("person_add"), form).status_code == 422
    assert not Person.objects.filter(username="moi.vt").exists()


def test_of_two_who_save_the_second_learns_what_changed(town: Town, as_: SignedIn) -> None:
    client = as_(town.root)
    form = {"full_name": "Phạm Thu Hòa", "home": str(town.one.pk), "email": "", "phone": "", "version": "1"}
    assert client.post(at("person_change", town.clerk), form).status_code == 302
    second = client.post(at("person_change", town.clerk), {**form, "full_name": "Phạm Thu Hằng", "phone": "0912345678"})
    assert second.status_code == 409
    assert "họ và tên" in text(second).lower()
    assert "Phạm Thu Hằng" in text(second)
    town.clerk.refresh_from_db()
    assert (town.clerk.full_name, town.clerk.phone) == ("Phạm Thu Hòa", "")


def test_an_account_is_switched_off_and_on_with_a_reason(town: Town, as_: SignedIn) -> None:
    client = as_(town.root)
    assert client.post(at("person_deactivate", town.clerk), {"reason": ""}).status_code == 422
    assert client.post(at("person_deactivate", town.clerk), {"reason": "nghỉ hưu"}).status_code == 302
    town.clerk.refresh_from_db()
    assert not town.clerk.is_active
    assert client.post(at("person_deactivate", town.clerk), {"reason": "lại"}).status_code in {409, 422}
    assert client.post(at("person_reactivate", town.clerk), {"reason": "trở lại"}).status_code == 302
    town.clerk.refresh_from_db()
    assert town.clerk.is_active
    page = text(client.get(at("person", town.clerk)))
    assert reverse("administration:audit") in page


def test_the_last_lasting_administrator_cannot_be_switched_off(town: Town, as_: SignedIn) -> None:
    other = Person.objects.get(username="quantri2")
    client = as_(town.root)
    assert client.post(at("person_deactivate", other), {"reason": "thử"}).status_code == 302
    answer = client.post(at("person_deactivate", town.root), {"reason": "thử"})
    assert answer.status_code in {403, 422}
    town.root.refresh_from_db()
    assert town.root.is_active


def test_credentials_are_mended(town: Town, as_: SignedIn) -> None:
    client = as_(town.root)
    second_factor.set_up(town.clerk, "JBSWY3DPEHPK3PXP")
    assert "temporary-password" in text(client.post(at("person_password", town.clerk)))
    assert client.post(at("person_second_factor", town.clerk), {"reason": "mất điện thoại"}).status_code == 302
    assert not second_factor.is_set_up(town.clerk)
    assert client.post(at("person_unlock", town.clerk)).status_code == 302
    assert client.post(at("person_sign_out", town.clerk)).status_code == 302
    actions = set(Entry.objects.filter(subject=f"accounts.person:{town.clerk.pk}").values_list("action", flat=True))
    assert {"accounts.reset_second_factor", "accounts.sign_out_everywhere"} <= actions or len(actions) >= 3


def test_a_locked_account_shows_it_and_can_be_unlocked(town: Town, as_: SignedIn) -> None:
    for _try in range(6):
        Client().post(reverse("account_login"), {"login": "motcua", "password": "sai mật khẩu"})
    client = as_(town.root)
    assert at("person_unlock", town.clerk) in text(client.get(at("person", town.clerk)))
    client.post(at("person_unlock", town.clerk))
    assert at("person_unlock", town.clerk) not in text(client.get(at("person", town.clerk)))


@pytest.mark.parametrize("deed", [*DEEDS, "reactivate"])
def test_every_deed_says_what_it_means_before_it_is_done(town: Town, as_: SignedIn, deed: str) -> None:
    before = Entry.objects.count()
    answer = as_(town.root).get(at(f"person_{deed}", town.clerk))
    assert answer.status_code == 200
    assert "Phạm Thu Hoà" in text(answer)
    assert not Entry.objects.filter(subject=f"accounts.person:{town.clerk.pk}").exists() or before
