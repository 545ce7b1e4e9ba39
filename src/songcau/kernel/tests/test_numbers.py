"""Numbers and money: written and read, in both languages."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcau.kernel.numbers import (
    MoneyNotWhole,
    NotMoney,
    NumberUnreadable,
    Unit,
    money,
    parsed,
    parsed_money,
    percent,
    written,
)


def said(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (1889852, None, "1.889.852", "1,889,852"),
        (0, None, "0", "0"),
        (-1234, None, "-1.234", "-1,234"),
        (999, None, "999", "999"),
        (Decimal("1348.90"), None, "1.348,90", "1,348.90"),
        (46.3, 1, "46,3", "46.3"),
        (2.5, 0, "3", "3"),
        (Decimal("-0.04"), 1, "0,0", "0.0"),
        (0.1 + 0.2, 2, "0,30", "0.30"),
        (1e21, None, "1.000.000.000.000.000.000.000", "1,000,000,000,000,000,000,000"),
        (float("nan"), None, "—", "—"),
        (float("inf"), 1, "—", "—"),
    ],
)
def test_a_number_is_written(value: Decimal | float, decimals: int | None, vi: str, en: str) -> None:
    assert (written(value, "vi", decimals), written(value, "en", decimals)) == (vi, en)


def test_percent_does_not_break_before_its_sign() -> None:
    assert percent(46.3, "vi") == "46,3\N{NO-BREAK SPACE}%"
    assert percent(Decimal("46.35"), "en", 2) == "46.35%"


@pytest.mark.parametrize(
    ("dong", "short", "vi", "en"),
    [
        (1_889_852, False, "1.889.852 đồng", "VND 1,889,852"),
        (1_348_900_000_000, True, "1.348,9 tỷ đồng", "VND 1,348.9 billion"),
        (2_000_000_000, True, "2 tỷ đồng", "VND 2 billion"),
        (-1_500_000, True, "-1,5 triệu đồng", "VND -1.5 million"),
        (999_999, True, "999.999 đồng", "VND 999,999"),
        (0, True, "0 đồng", "VND 0"),
    ],
)
def test_money_is_written(dong: int, short: bool, vi: str, en: str) -> None:
    assert (said(money(dong, "vi", short=short)), said(money(dong, "en", short=short))) == (vi, en)
    assert " " not in money(dong, "vi", short=short)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1.889.852", "1889852", Unit.NONE),
        ("1,889,852", "1889852", Unit.NONE),
        ("1 889 852", "1889852", Unit.NONE),
        ("1\u202f889\u00a0852", "1889852", Unit.NONE),
        ("1'889'852", "1889852", Unit.NONE),
        ("1.889.852,5", "1889852.5", Unit.NONE),
        ("1,889,852.5", "1889852.5", Unit.NONE),
        ("46,3 %", "46.3", Unit.PERCENT),
        ("46.3%", "46.3", Unit.PERCENT),
        ("46,3 phần trăm", "46.3", Unit.PERCENT),
        ("46.3 per cent", "46.3", Unit.PERCENT),
        ("12 percent", "12", Unit.PERCENT),
        ("0,125", "0.125", Unit.NONE),
        ("0.125", "0.125", Unit.NONE),
        ("1234,567", "1234.567", Unit.NONE),
        ("007", "7", Unit.NONE),
        ("-5", "-5", Unit.NONE),
        ("−5", "-5", Unit.NONE),
        ("– 5", "-5", Unit.NONE),
        ("+5", "5", Unit.NONE),
        ("âm 5", "-5", Unit.NONE),
        ("minus 5.5", "-5.5", Unit.NONE),
        ("(1.234.567)", "-1234567", Unit.NONE),
        ("1.348,9 tỷ đồng", "1348900000000", Unit.DONG),
        ("1.348,9 tỉ đ", "1348900000000", Unit.DONG),
        ("1,348.9 billion dong", "1348900000000", Unit.DONG),
        ("VND 1,348.9 billion", "1348900000000", Unit.DONG),
        ("₫ 50.000.000", "50000000", Unit.DONG),
        ("50.000.000₫", "50000000", Unit.DONG),
        ("12 triệu", "12000000", Unit.NONE),
        ("12 tr", "12000000", Unit.NONE),
        ("3 nghìn", "3000", Unit.NONE),
        ("3 ngàn", "3000", Unit.NONE),
        ("2,5 nghìn tỷ đồng", "2500000000000", Unit.DONG),
        ("2.5 thousand billion", "2500000000000", Unit.NONE),
        ("1,5 triệu tỷ", "1500000000000000", Unit.NONE),
        ("1.5 trillion", "1500000000000", Unit.NONE),
        ("2 tỷ 500 triệu đồng", "2500000000", Unit.DONG),
        ("1 tỷ 348 triệu 900 nghìn", "1348900000", Unit.NONE),
        ("VND -5", "-5", Unit.DONG),
        ("-2 tỷ 500 triệu", "-2500000000", Unit.NONE),
        ("1.348,9 TỶ ĐỒNG", "1348900000000", Unit.DONG),
        ("1.348,9 ty dong", "1348900000000", Unit.DONG),
        ("1.348,9 ty\u0309 đồng", "1348900000000", Unit.DONG),
    ],
)
def test_a_number_is_read_alike_in_both_languages(text: str, value: str, unit: Unit) -> None:
    for language in ("vi", "en"):
        read = parsed(text, language)
        assert (read.value, read.unit, read.otherwise) == (Decimal(value), unit, None)


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("1.234", "1234", "1.234"),
        ("1,234", "1.234", "1234"),
        ("-12.500 đồng", "-12500", "-12.5"),
        ("1.234 tỷ", "1234000000000", "1234000000"),
        ("1.250 tỷ 500 triệu", "1250500000000", "1750000000"),
    ],
)
def test_what_only_the_language_decides_is_said(text: str, vi: str, en: str) -> None:
    by_language = [(Decimal(vi), Decimal(en)), (Decimal(en), Decimal(vi))]
    for language, (value, otherwise) in zip(("vi", "en"), by_language, strict=True):
        read = parsed(text, language)
        assert (read.value, read.otherwise) == (value, otherwise)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "-",
            "đồng",
            "%",
            "tỷ",
            "một trăm",
            "12.34.56",
            "1.889,852.5",
            "1,2,3",
            ".5",
            "5,",
            "1..2",
            "1e5",
            "0x10",
        ),
        *("１２", "١٢", "1.2345.678", "12 45", "5 triệu 2 tỷ", "1 triệu 5", "1 triệu 500", "1 tỷ 2", "2 tỷ 5000 triệu"),
        *(
            "tỷ 5",
            "5 tỷ nghìn",
            "5 tỷ tỷ tỷ",
            "1 triệu triệu triệu",
            "5 usd",
            "5 m2",
            "--5",
            "(5",
            "5)",
            "9" * 31,
            "1 " * 40,
        ),
        *("1'234,5'6", "1 889 852 5", "NaN", "∞", "½", "5 đồng đồng", "1.234.", "0.123.456"),
    ],
)
def test_what_cannot_be_read_without_guessing_is_refused(text: str) -> None:
    for language in ("vi", "en"):
        with pytest.raises(NumberUnreadable):
            parsed(text, language)


def test_a_rest_below_the_last_scale_is_read_by_the_language() -> None:
    assert parsed("1 triệu 500.000 đồng", "vi").value == 1_500_000
    assert parsed("1 million 500,000 dong", "en").value == 1_500_000
    with pytest.raises(NumberUnreadable):
        parsed("1 million 500.000 dong", "en")


def test_money_is_whole_dong() -> None:
    assert parsed_money("1.348,9 tỷ đồng", "vi") == 1_348_900_000_000
    assert parsed_money("50.000", "vi") == 50_000
    with pytest.raises(MoneyNotWhole):
        parsed_money("1,5 đồng", "vi")
    with pytest.raises(NotMoney):
        parsed_money("5 %", "vi")
    with pytest.raises(NumberUnreadable):
        parsed_money("năm đồng", "vi")


@given(st.integers(-(10**18), 10**18), st.sampled_from(["vi", "en"]))
def test_what_is_written_is_read_back(number: int, language: str) -> None:
    assert parsed(written(number, language), language).value == number
    assert parsed_money(money(number, language), language) == number


@given(st.decimals(-(10**9), 10**9, places=3, allow_nan=False), st.sampled_from(["vi", "en"]))
def test_decimals_written_are_read_back(number: Decimal, language: str) -> None:
    assert parsed(written(number, language), language).value == number


@given(st.text(max_size=80), st.sampled_from(["vi", "en"]))
def test_nothing_typed_is_an_error_of_ours(text: str, language: str) -> None:
    with suppress(NumberUnreadable):
        parsed(text, language)
