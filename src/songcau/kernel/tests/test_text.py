"""Vietnamese order: letters, tones, numbers; and that every key is safe in any database."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcau.kernel.text import order_key


@pytest.mark.parametrize(
    "ordered",
    [
        ["An", "Ánh", "Ăn", "Ân", "Bình", "Dũng", "Dương", "Đào", "Đức"],
        ["ma", "mà", "mả", "mã", "má", "mạ", "mas"],
        ["a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "f", "g", "i", "j", "o", "ô", "ơ", "u", "ư", "v", "w", "x", "z"],
        ["Tổ", "Tổ 1", "Tổ 2", "Tổ 10", "Tổ 10a", "Tổ 100"],
        ["Phan", "Phàn", "Phán", "Phan Bội"],
        ["Phường Quán Triều", "Phường Quang Trung", "Phường Quang Vinh"],
        ["Hen", "Hên", "Hoa", "Hòa", "Hoà Bình"],
    ],
)
def test_the_official_order(ordered: list[str]) -> None:
    mixed = random.Random(7).sample(ordered, len(ordered))
    assert sorted(mixed, key=order_key) == ordered


def test_case_spaces_and_hyphens_do_not_count() -> None:
    assert order_key("  PHAN  Rang ") == order_key("phan rang") == order_key("Phan-Rang")
    assert order_key("Tổ 007") == order_key("tổ 7")


def test_letters_of_other_languages_come_beside_theirs_or_at_the_end() -> None:
    assert order_key("n") < order_key("ñ") < order_key("o")
    assert order_key("z") < order_key("ж") < order_key("漢")


def test_a_text_without_letters_has_a_key_too() -> None:
    assert order_key("") == order_key(" ") < order_key("1") < order_key("a")


@given(st.text(max_size=30))
def test_a_key_is_hexadecimal_whatever_was_typed(text: str) -> None:
    assert re.fullmatch("[0-9a-f]+", order_key(text))
