"""Which reports look like one matter."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcau.systems.citizen_reports.rules import (
    Likeness,
    Matter,
    is_likely_duplicate,
    likeness,
    metres_between,
    words_of,
)

AT = datetime(2026, 11, 28, 2, tzinfo=UTC)
DAY = timedelta(days=1)
LONGITUDE, LATITUDE = 105.8480, 21.5940
METRE = 1 / 111_195
LAMP = "Đèn đường không sáng ở đầu ngõ 5"


def matter(
    metres: float = 0, days: float = 0, text: str = LAMP, category: str = "LAMP", parent: str = "LIGHT"
) -> Matter:
    return Matter(category, AT + days * DAY, LONGITUDE, LATITUDE + metres * METRE, parent, words_of(text))


def test_the_same_lamp_twenty_metres_away_a_day_later_is_likely() -> None:
    found = likeness(matter(), matter(20, 1, "Bóng điện hỏng, trời tối không đi được"))
    assert is_likely_duplicate(found)
    assert found.metres == pytest.approx(20, abs=0.1)
    assert found.hours == 24
    assert is_likely_duplicate(likeness(matter(), matter(20, 1)))


def test_the_same_category_nine_hundred_metres_away_is_another_matter() -> None:
    assert likeness(matter(), matter(900)).score == 0


def test_another_category_in_the_same_place_is_weak() -> None:
    found = likeness(matter(), matter(0, 0, "Rác thải sinh hoạt bốc mùi", "WASTE", "CLEANING"))
    assert not is_likely_duplicate(found)
    assert 0 < found.score < 0.3
    assert not is_likely_duplicate(likeness(matter(), matter(0, 0, LAMP, "WASTE", "CLEANING")))


def test_the_next_lamp_but_two_is_likely_only_when_the_words_agree() -> None:
    assert not is_likely_duplicate(likeness(matter(), matter(100, 1, "cột thứ hai mươi chập chờn")))
    assert is_likely_duplicate(likeness(matter(), matter(60, 1)))


def test_related_categories_count_less_than_the_same() -> None:
    same = likeness(matter(), matter(10, 0, "x"))
    sister = likeness(matter(), matter(10, 0, "x", "WIRE", "LIGHT"))
    parent = likeness(matter(), matter(10, 0, "x", "LIGHT", "ROADS"))
    assert same.score > sister.score == parent.score > 0.2
    roots = likeness(Matter("A", AT, LONGITUDE, LATITUDE), Matter("B", AT, LONGITUDE, LATITUDE))
    assert roots.score == pytest.approx(0.2)


def test_what_was_a_month_ago_is_less_like_than_yesterday() -> None:
    assert likeness(matter(), matter(0, -40)).score < likeness(matter(), matter(0, -1)).score


def test_without_a_place_nothing_is_likely() -> None:
    found = likeness(matter(), Matter("LAMP", AT, None, None, "LIGHT", words_of(LAMP)))
    assert found.metres is None
    assert not is_likely_duplicate(found)
    assert likeness(Matter("LAMP", AT), matter()).metres is None


def test_words_that_stand_in_any_report_do_not_count() -> None:
    assert words_of("Kính đề nghị các anh chị: đèn ở đây không sáng!") == {"den", "sang"}
    assert words_of("ĐÈN Sáng") == words_of("den sang")
    assert likeness(matter(), matter(text="Đèn của chúng tôi")).shared_words == 1


def test_a_degree_of_latitude_is_a_hundred_and_eleven_kilometres() -> None:
    assert metres_between(105, 21, 105, 22) == pytest.approx(111_195, rel=1e-4)
    assert metres_between(0, 0, 180, 0) == pytest.approx(20_015_115, rel=1e-4)
    assert metres_between(179.9999, 0, -179.9999, 0) == pytest.approx(22.2, abs=0.1)


MATTERS = st.builds(
    Matter,
    st.sampled_from(["A", "B"]),
    st.datetimes(timezones=st.just(UTC)),
    st.one_of(st.none(), st.floats(-180, 180)),
    st.one_of(st.none(), st.floats(-90, 90)),
    st.sampled_from([None, "A", "P"]),
    st.frozensets(st.sampled_from(["den", "rac", "nuoc"])),
)


@given(MATTERS, MATTERS)
def test_a_likeness_is_between_nothing_and_one_and_the_same_both_ways(one: Matter, other: Matter) -> None:
    found = likeness(one, other)
    assert 0 <= found.score <= 1
    back = likeness(other, one)
    assert found.score == pytest.approx(back.score, abs=1e-9)
    assert isinstance(back, Likeness)
