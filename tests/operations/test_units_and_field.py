"""A ward sees its own detail and the others' totals; in the field one sees what is near, one's own, and no more."""

import re

import pytest

from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.tests.desk import Enter, text_of
from songcau.systems.citizen_reports.tests.town import INSIDE, Town, send
from tests.operations.conftest import OTHER, WARD
from tests.operations.test_wall import rows_at

pytestmark = pytest.mark.usefixtures("live")


def placed(town: Town, code: str, **more: object) -> Report:
    report = send()
    report.ward_code, report.agency = code, town.ward if code == WARD else town.other
    for name, value in more.items():
        setattr(report, name, value)
    report.save()
    return report


def test_totals_are_for_all_and_detail_for_the_own_ward(enter: Enter, town: Town) -> None:
    placed(town, WARD)
    placed(town, OTHER)
    placed(town, "")
    page = text_of(enter(town.head).get("/operations/units/"))
    assert f"/operations/units/{WARD}/" in page
    assert f"/operations/units/{OTHER}/" not in page
    assert "Túc Duyên" in page
    assert "Chưa rõ" in page
    whole = text_of(enter(town.desk).get("/operations/units/"))
    assert f"/operations/units/{OTHER}/" in whole


def test_a_ward_leader_cannot_open_another_ward(enter: Enter, town: Town) -> None:
    client = enter(town.head)
    assert client.get(f"/operations/units/{WARD}/").status_code == 200
    assert client.get(f"/operations/units/{OTHER}/").status_code == 404
    assert client.get("/operations/units/99999/").status_code == 404
    assert enter(town.mayor).get(f"/operations/units/{OTHER}/").status_code == 200


def test_each_figure_of_a_ward_has_its_list(enter: Enter, town: Town) -> None:
    placed(town, WARD)
    placed(town, WARD)
    placed(town, OTHER)
    for actor in (town.head, town.desk):
        client = enter(actor)
        page = text_of(client.get(f"/operations/units/{WARD}/"))
        found = re.findall(r'<div class="sc-value"><a href="([^"]+)">(\d+)</a>', page)
        assert len(found) == 3
        for href, count in found:
            assert rows_at(client, href.replace("&amp;", "&")) == int(count)
        assert found[0][1] == "2"


def test_the_field_shows_what_is_mine_and_near(enter: Enter, town: Town) -> None:
    mine = placed(town, WARD, officer_id=town.officer.id)
    placed(town, OTHER)
    page = text_of(enter(town.officer).get("/operations/field/"))
    assert str(mine.pk) in page
    near = {"longitude": INSIDE[0], "latitude": INSIDE[1], "metres": 500}
    part = text_of(enter(town.officer).get("/operations/field/near/", near))
    assert part.count("<li>") == 1
    assert " m" in part
    far = text_of(
        enter(town.officer).get("/operations/field/near/", near | {"latitude": INSIDE[1] + 0.1, "metres": "x"})
    )
    assert "Trong vòng 1.000 m" in far


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"longitude": "east", "latitude": "1"},
        {"longitude": "nan", "latitude": "1"},
        {"longitude": "1", "latitude": "91"},
    ],
)
def test_what_is_no_place_is_refused_in_words(enter: Enter, town: Town, place: dict[str, str]) -> None:
    answer = enter(town.officer).get("/operations/field/near/", place)
    assert (answer.status_code, "không hợp lệ" in text_of(answer)) == (400, True)
