"""What a Mac types, decomposed, is found, compared and kept as what everybody else types."""

import json
import unicodedata
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import RequestFactory
from django.utils import formats, translation

from songcau.foundation.accounts import actions
from songcau.foundation.accounts.actions.people import EmailTaken
from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.accounts.tests.people import make_person
from songcau.foundation.shell.typed import JsonUnreadable, NormalFormMiddleware, read_json
from songcau.kernel.actor import SYSTEM
from songcau.kernel.numbers import separators

NAME = "Nguyễn Thuý Hoà"


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def through_the_door(request: HttpRequest) -> HttpRequest:
    NormalFormMiddleware(lambda _request: HttpResponse()).process_request(request)
    return request


def test_address_parameters_and_path_are_composed() -> None:
    request = through_the_door(RequestFactory().get(f"/{nfd('hồ-sơ')}/", {"q": nfd(NAME), nfd("tên"): ["a", nfd("ế")]}))
    assert request.GET["q"] == NAME
    assert request.GET.getlist("tên") == ["a", "ế"]
    assert request.path == request.path_info == "/hồ-sơ/"
    with pytest.raises(AttributeError):
        request.GET["q"] = "changed"


def test_what_is_composed_already_is_left_as_it_is() -> None:
    request = RequestFactory().get("/", {"q": NAME})
    before = request.GET
    assert through_the_door(request).GET is before


def test_a_form_and_its_file_names_are_composed_and_the_bytes_are_not() -> None:
    content = nfd("nội dung").encode()
    file = SimpleUploadedFile(nfd("Đơn xin cấp phép.txt"), content)
    request = through_the_door(RequestFactory().post("/", {"name": nfd(NAME), "file": file}))
    assert request.POST["name"] == NAME
    assert request.FILES["file"].name == "Đơn xin cấp phép.txt"
    assert request.FILES["file"].read() == content
    assert isinstance(request.POST, QueryDict)
    with pytest.raises(AttributeError):
        request.POST["name"] = "changed"


def test_a_body_that_is_streamed_is_not_read_by_the_door() -> None:
    body = nfd("từng phần").encode()
    request = through_the_door(RequestFactory().generic("PATCH", "/", body, content_type="application/octet-stream"))
    assert request.read() == body


def test_json_is_composed_also_where_it_is_escaped() -> None:
    body = json.dumps({"name": nfd(NAME), "list": [nfd("ế"), 1, None], nfd("khoá"): True})
    request = RequestFactory().post("/", body, content_type="application/json")
    assert read_json(request) == {"name": NAME, "list": ["ế", 1, None], "khoá": True}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a": 1'])
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(JsonUnreadable):
        read_json(RequestFactory().post("/", body, content_type="application/json"))


@pytest.mark.django_db
class TestPeople:
    def test_a_person_added_on_a_mac_is_found_and_sorted_as_the_others(self) -> None:
        one = actions.add_person(by=SYSTEM, username="mac", full_name=nfd(NAME), home_id=None)
        other = make_person("linux", full_name="Nguyễn Thúy Hòa")
        assert one.full_name == NAME
        for typed in ("thuy hoa", nfd("Thuý"), "Thúy HÒA"):
            assert {one.pk, other.pk} == set(Person.objects.found_by(typed).values_list("pk", flat=True))
        one.refresh_from_db()
        assert one.sort_key == other.sort_key

    def test_an_address_typed_on_a_mac_is_no_second_one(self) -> None:
        actions.add_person(by=SYSTEM, username="a-b-c", full_name="A", home_id=None, email="hoà@thainguyen.vn")
        with pytest.raises(EmailTaken):
            actions.add_person(by=SYSTEM, username="d-e-f", full_name="B", home_id=None, email=nfd("hoà@thainguyen.vn"))

    @pytest.mark.parametrize("way", ["NFC", "NFD", "toned"])
    def test_a_password_opens_from_every_keyboard_however_it_was_kept(self, way: str) -> None:
        password = "mật khẩu của tôi ế"
        typed = {
            "NFC": password,
            "NFD": nfd(password),
            "toned": "m\u00e2\u0323t kh\u00e2\u0309u cu\u0309a tôi \u00ea\u0301",
        }
        person = make_person("can-bo")
        # As it was kept before there was a door.
        Person.objects.filter(pk=person.pk).update(password=make_password(typed[way]))
        person.refresh_from_db()
        assert not person.check_password("mat khau cua toi e")
        assert person.check_password(password)
        person.refresh_from_db()
        assert all(person.check_password(one) for one in typed.values())
        assert person.password == Person.objects.get().password

    def test_a_new_password_is_kept_composed(self) -> None:
        person = make_person("can-bo")
        person.set_password(nfd("mật khẩu của tôi"))
        assert person.check_password("mật khẩu của tôi")
        person.set_password(None)
        assert not person.has_usable_password()


@pytest.mark.django_db
def test_agencies_that_were_there_before_get_their_keys() -> None:
    from datetime import date

    agency = actions.add_agency(
        by=SYSTEM, code="UBND-1", name="UBND xã Ea H’leo", kind=Agency.Kind.WARD_COMMITTEE, parent_id=None,
        opened_on=date(2022, 1, 1),
    )  # fmt: skip
    person = make_person("h-hen", full_name="H'Hen Niê")
    post = actions.add_post(by=SYSTEM, agency_id=agency.pk, title="Chủ tịch", is_head=True)
    before = (agency.order_key, agency.search_key, post.order_key, person.search_key)
    Agency.objects.update(order_key="", search_key="ubnd xa ea h’leo ubnd-1")
    Person.objects.update(search_key="h'hen nie")
    type(post).objects.update(order_key="")
    import_module("songcau.foundation.accounts.migrations.0003_names_in_vietnamese_order").make_keys(
        apps, connection.schema_editor()
    )
    for one in (agency, post, person):
        one.refresh_from_db()
    assert before == (agency.order_key, agency.search_key, post.order_key, person.search_key)
    assert Person.objects.found_by("hhen").get() == Person.objects.found_by("H’Hen Niê").get() == person


@pytest.mark.parametrize("language", ["vi", "en"])
def test_django_and_the_kernel_write_numbers_alike(language: str) -> None:
    with translation.override(language):
        assert separators(language) == (
            formats.get_format("THOUSAND_SEPARATOR"),
            formats.get_format("DECIMAL_SEPARATOR"),
        )
        assert formats.number_format(Decimal("1889852.5"), 1, use_l10n=True, force_grouping=True) in {
            "1.889.852,5",
            "1,889,852.5",
        }
