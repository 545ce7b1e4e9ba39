"""The order of people: by given name, as PostgreSQL's own Vietnamese collation (ICU) has it."""

import random
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from songcau.foundation.accounts.actions import add_post
from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.accounts.rules import name_key
from songcau.foundation.accounts.tests.people import make_agency, make_person
from songcau.kernel.actor import SYSTEM
from songcau.kernel.text import order_key

pytestmark = pytest.mark.django_db
LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"


def test_people_are_listed_by_given_name_then_surname_then_middle_name() -> None:
    ordered = ["Đỗ An", "Lê An", "Trần Thị An", "Trần Văn An", "Nguyễn Văn Ân", "Đào Văn Đức", "H'Hen Niê", "Y"]
    for number, name in enumerate(random.Random(3).sample(ordered, len(ordered))):
        make_person(f"nguoi-{number}", full_name=name)
    assert list(Person.objects.values_list("full_name", flat=True)) == ordered


def test_a_long_name_in_other_letters_fits_its_column() -> None:
    person = make_person("ivan", full_name="Ж" * 150)
    assert len(person.sort_key) == 500
    assert name_key("Ж" * 150) == person.sort_key


def test_the_order_is_that_of_icu() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no Vietnamese collation")
    dice = random.Random(1)
    words = list({"".join(dice.choices(LETTERS, k=dice.randrange(1, 6))) for _ in range(1000)})
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_collation WHERE collname = 'vi-x-icu'")
        if cursor.fetchone() is None:
            pytest.skip("this PostgreSQL was built without ICU")
        cursor.execute('SELECT word FROM unnest(%s::text[]) AS word ORDER BY word COLLATE "vi-x-icu"', [words])
        by_icu = [row[0] for row in cursor.fetchall()]
    assert sorted(words, key=order_key) == by_icu


def test_posts_of_an_agency_are_in_vietnamese_order_after_its_head() -> None:
    agency = make_agency("P1")
    titles = ["Chủ tịch", "Bí thư", "Đội trưởng", "Ủy viên 2", "Ủy viên 10", "Văn thư"]
    for title in random.Random(5).sample(titles, len(titles)):
        add_post(by=SYSTEM, agency_id=agency.pk, title=title, is_head=title == "Chủ tịch")
    assert [post.title for post in agency.posts.all()] == titles


def test_agencies_are_in_vietnamese_order_with_numbers_by_size() -> None:
    ordered = [
        "Tổ 2",
        "Tổ 10",
        "UBND phường Đồng Bẩm",
        "UBND phường Hoà Bình",
        "UBND phường Hòa Cường",
        "UBND phường Ô",
    ]
    for number, name in enumerate(random.Random(6).sample(ordered, len(ordered))):
        make_agency(f"A{number}", name=name)
    assert list(Agency.objects.order_by("order_key").values_list("name", flat=True)) == ordered


def test_people_who_were_there_before_are_ordered_anew() -> None:
    make_person("le-an", full_name="Lê Văn Ân")
    Person.objects.update(sort_key="an le van")
    migration = import_module("songcau.foundation.accounts.migrations.0002_people_in_vietnamese_order")
    migration.order_anew(apps, connection.schema_editor())
    assert Person.objects.get().sort_key == name_key("Lê Văn Ân")
