"""The order of units, and names however they are typed."""

import unicodedata
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from songcau.foundation.places.models import Unit
from songcau.foundation.places.queries import boundaries_geojson, search, units
from songcau.foundation.places.rules import Level
from songcau.foundation.places.tests.conftest import IN_2024
from songcau.kernel.text import list_key, order_key

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("city")
def test_units_are_in_the_order_of_their_names_on_the_map_and_in_lists() -> None:
    names = list(units(Level.WARD, IN_2024).values_list("name", flat=True))
    assert names == sorted(names, key=order_key)
    assert names.index("Phường Cam Giá") < names.index("Phường Chùa Hang") < names.index("Phường Đồng Bẩm")
    assert names.index("Phường Đồng Bẩm") < names.index("Phường Gia Sàng") < names.index("Xã Cao Ngạn")
    features = boundaries_geojson(Level.WARD, IN_2024)["features"]
    assert [feature["properties"]["name"] for feature in features] == names


@pytest.mark.usefixtures("city")
def test_a_name_typed_on_a_mac_or_with_the_tone_elsewhere_is_found() -> None:
    for typed in (unicodedata.normalize("NFD", "Đồng Bẩm"), "đồng  bẩm", "Ðồng Bẩm", "dong-bam"):
        assert [hit.unit.name for hit in search(typed, IN_2024)] == ["Phường Đồng Bẩm"]


@pytest.mark.usefixtures("city")
def test_of_names_with_the_same_letters_the_one_with_the_typed_marks_comes_first() -> None:
    ward = units(Level.WARD, IN_2024).get(name="Phường Đồng Bẩm")
    for code, short in (("90001", "Hoa"), ("90002", "Hoá"), ("90003", "Hỏa")):
        Unit.objects.create(
            level=Level.WARD,
            code=code,
            kind="WARD",
            name=f"Phường {short}",
            short_name=short,
            valid_from=ward.valid_from,
        )
    found = [hit.unit.short_name for hit in search("hóa", IN_2024)]
    assert found[:1] == ["Hoá"]
    assert {"Hoa", "Hỏa"} <= set(found)


def test_units_that_were_there_before_get_their_keys() -> None:
    Unit.objects.create(level=Level.WARD, code="1", kind="COMMUNE", name="Xã Ea H’leo", short_name="Ea H’leo",
                        valid_from=IN_2024)  # fmt: skip
    Unit.objects.update(search_key="xa ea h’leo", order_key="")
    migration = import_module("songcau.foundation.places.migrations.0002_units_in_vietnamese_order")
    migration.make_keys(apps, connection.schema_editor())
    unit = Unit.objects.get()
    assert (unit.search_key, unit.order_key) == ("xa ea hleo", list_key(unit.name, 400))
    assert [hit.unit for hit in search("ea h'leo", IN_2024)] == [unit]
