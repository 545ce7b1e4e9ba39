"""Vietnamese text: the stored form, the keys for finding, comparing and sorting."""

import random
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcau.kernel.text import (
    exact_key,
    folded,
    is_invisible,
    list_key,
    nfc,
    nfc_throughout,
    normal,
    order_key,
    plain,
    search_key,
    typings,
)


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def test_what_a_mac_types_is_stored_composed() -> None:
    typed = nfd("Nguyễn Thuý Hoà")
    assert (len(typed), len(normal(typed))) == (19, 15)
    assert nfc_throughout({nfd("tên"): [typed, 5, None, {"a": typed}]}) == {
        "tên": [nfc(typed), 5, None, {"a": nfc(typed)}]
    }


def test_half_a_surrogate_pair_is_shown_as_a_sign_that_is_missing() -> None:
    assert nfc("a\ud800b") == "a\ufffdb"


@pytest.mark.parametrize(
    "hidden",
    [
        "\u200b",
        "\u200d",
        "\ufeff",
        "\u00ad",
        "\u202e",
        "\u2067",
        "\u2066",
        "\u061c",
        "\u3164",
        "\u2800",
        "\ufe0f",
        "\0",
        "\x1b",
        "\ue000",
        "\U000e0041",
    ],
)
def test_what_nobody_sees_is_taken_out_of_every_line(hidden: str) -> None:
    assert is_invisible(hidden)
    assert normal(f"Lê{hidden} Văn{hidden}{hidden}An") == "Lê VănAn"
    assert normal(hidden) == ""
    assert folded(f"Lê{hidden}") == "le"
    assert plain(f"dòng{hidden} một\r\nhai{hidden}\tba") == "dòng một\nhai\tba"


@pytest.mark.parametrize("space", ["\t", "\n", "\r\n", "\u00a0", "\u2028", "  ", "\u3000"])
def test_a_name_has_single_spaces(space: str) -> None:
    assert normal(f"{space}Lê{space}An{space}") == "Lê An"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\u2029", "\x85"])
def test_lines_end_in_one_way(end: str) -> None:
    assert plain(f"a{end}b") == "a\nb"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Đường Tròn", "duong tron"),
        ("Ðường Tròn", "duong tron"),  # eth, as old encodings leave it
        ("Thuý Hoà", "thuy hoa"),
        ("Thúy Hòa", "thuy hoa"),
        (nfd("Thúy Hòa"), "thuy hoa"),
        ("  H'Hen   Niê ", "hhen nie"),
        ("H’Hen Niê", "hhen nie"),
        ("HʼHen Niê", "hhen nie"),
        ("Phan Rang-Tháp Chàm", "phan rang thap cham"),
        ("Phan Rang – Tháp Chàm", "phan rang thap cham"),
        ("UBND-164", "ubnd 164"),
    ],
)
def test_a_search_key_forgets_what_people_leave_out(written: str, key: str) -> None:
    assert search_key(written) == key


@given(st.text())
def test_keys_of_keys_are_the_same(text: str) -> None:
    assert folded(normal(text)) == folded(text)
    assert search_key(search_key(text)) == search_key(text)
    assert normal(normal(text)) == normal(text)
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Thuý", "Thúy"),
        ("hoà", "hòa"),
        ("Hoá  Quỳ", "hóa qùy"),
        ("khoẻ", "khỏe"),
        ("loà xoà", "lòa xòa"),
        (nfd("Thuý"), "Thúy"),
        ("H'Hen", "H’Hen"),
        ("Hà Nội – Huế", "hà nội - huế"),
    ],
)
def test_two_placements_of_the_tone_are_the_same_name(one: str, other: str) -> None:
    assert exact_key(one) == exact_key(other)


@pytest.mark.parametrize(("one", "other"), [("An", "Ân"), ("Mỹ", "Mĩ"), ("Tân", "Tấn"), ("Hoa", "Hòa"), ("Đức", "Dức")])
def test_names_that_differ_stay_different(one: str, other: str) -> None:
    assert exact_key(one) != exact_key(other)


def test_a_name_itself_is_never_put_into_the_other_spelling() -> None:
    for name in ("Nguyễn Thị Thuý", "Nguyễn Thị Thúy", "H’Hen Niê", "Ðỗ Hoà"):
        assert normal(name) == name


def test_a_password_is_tried_as_each_keyboard_sends_it() -> None:
    composed, decomposed, toned = typings("mật khẩu ế")
    assert (composed, decomposed) == ("mật khẩu ế", nfd("mật khẩu ế"))
    assert toned.endswith("\u00ea\u0301")
    assert typings(toned) == typings(decomposed) == (composed, decomposed, toned)
    assert typings("plain-ascii 12") == ("plain-ascii 12",)


def test_the_list_of_the_standard_is_in_order() -> None:
    ordered = ["An", "Ánh", "Ăn", "Ân", "Bình", "Dũng", "Dương", "Đào", "Đức", "Tổ 2", "Tổ 10", "Uyên", "Ưng", "Ý"]
    assert sorted(random.Random(2).sample(ordered, len(ordered)), key=order_key) == ordered


def test_numbers_in_names_sort_by_their_size() -> None:
    ordered = ["Phường 2", "Phường 10", "Phường Đồng Bẩm", "Phường Tân Lập", "Tổ 2", "Tổ 10", "Tổ 010A", "Xã Cao Ngạn"]
    assert sorted(random.Random(4).sample(ordered, 8), key=lambda name: list_key(name, 500)) == ordered


def test_both_placements_of_the_tone_stand_in_one_place_of_a_list() -> None:
    mixed = ["Hoà Bắc", "Hòa Cường", "Hoà Khánh", "Hòa Minh"]
    assert sorted(random.Random(4).sample(mixed, 4), key=lambda name: list_key(name, 500)) == mixed
    assert list_key("Thuý", 500) == list_key("Thúy", 500)


@given(st.lists(st.text(max_size=20), max_size=20))
def test_a_key_never_holds_anything_but_hexadecimal_digits(texts: list[str]) -> None:
    keys = sorted(list_key(text, 500) for text in texts)
    assert all(set(key) <= set("0123456789abcdef") for key in keys)
    assert all(one <= other for one, other in pairwise(keys))
