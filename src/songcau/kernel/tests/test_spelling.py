"""Numbers in words, against a table written from the school and office reading, and a slow reader of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcau.kernel.spelling import MOST, NumberTooLarge, in_words, money_in_words

VIETNAMESE = {
    0: "không",
    1: "một",
    4: "bốn",
    5: "năm",
    10: "mười",
    11: "mười một",
    14: "mười bốn",
    15: "mười lăm",
    19: "mười chín",
    20: "hai mươi",
    21: "hai mươi mốt",
    24: "hai mươi tư",
    25: "hai mươi lăm",
    31: "ba mươi mốt",
    44: "bốn mươi tư",
    55: "năm mươi lăm",
    71: "bảy mươi mốt",
    99: "chín mươi chín",
    100: "một trăm",
    101: "một trăm linh một",
    104: "một trăm linh bốn",
    105: "một trăm linh năm",
    110: "một trăm mười",
    111: "một trăm mười một",
    114: "một trăm mười bốn",
    115: "một trăm mười lăm",
    121: "một trăm hai mươi mốt",
    505: "năm trăm linh năm",
    555: "năm trăm năm mươi lăm",
    1000: "một nghìn",
    1001: "một nghìn không trăm linh một",
    1005: "một nghìn không trăm linh năm",
    1010: "một nghìn không trăm mười",
    1015: "một nghìn không trăm mười lăm",
    1100: "một nghìn một trăm",
    1234: "một nghìn hai trăm ba mươi tư",
    2026: "hai nghìn không trăm hai mươi sáu",
    10_000: "mười nghìn",
    15_000: "mười lăm nghìn",
    21_021: "hai mươi mốt nghìn không trăm hai mươi mốt",
    100_000: "một trăm nghìn",
    105_005: "một trăm linh năm nghìn không trăm linh năm",
    1_000_000: "một triệu",
    1_000_005: "một triệu không trăm linh năm",
    1_001_000: "một triệu không trăm linh một nghìn",
    1_050_000: "một triệu không trăm năm mươi nghìn",
    1_889_852: "một triệu tám trăm tám mươi chín nghìn tám trăm năm mươi hai",
    10_250_214: "mười triệu hai trăm năm mươi nghìn hai trăm mười bốn",
    253_564_888: "hai trăm năm mươi ba triệu năm trăm sáu mươi tư nghìn tám trăm tám mươi tám",
    400_036_105: "bốn trăm triệu không trăm ba mươi sáu nghìn một trăm linh năm",
    10**9: "một tỷ",
    10**9 + 5: "một tỷ không trăm linh năm",
    1_348_900_000: "một tỷ ba trăm bốn mươi tám triệu chín trăm nghìn",
    1_000_005_000: "một tỷ không trăm linh năm nghìn",
    1_348_900_000_000: "một nghìn ba trăm bốn mươi tám tỷ chín trăm triệu",
    10**12: "một nghìn tỷ",
    1_005 * 10**9: "một nghìn không trăm linh năm tỷ",
    21 * 10**9: "hai mươi mốt tỷ",
    10**15: "một triệu tỷ",
    10**12 + 1: "một nghìn tỷ không trăm linh một",
    -21: "âm hai mươi mốt",
    15_015_015: "mười lăm triệu không trăm mười lăm nghìn không trăm mười lăm",
    10**17 + 4: "một trăm triệu tỷ không trăm linh bốn",
    24 * 10**15 + 10**6: "hai mươi tư triệu tỷ không trăm linh một triệu",
}
ENGLISH = {
    0: "zero",
    13: "thirteen",
    20: "twenty",
    21: "twenty-one",
    100: "one hundred",
    105: "one hundred and five",
    342: "three hundred and forty-two",
    1000: "one thousand",
    1005: "one thousand and five",
    1100: "one thousand one hundred",
    1_000_005: "one million and five",
    1_348_900_000: "one billion three hundred and forty-eight million nine hundred thousand",
    -7: "minus seven",
    10**15: "one quadrillion",
    999_999: "nine hundred and ninety-nine thousand nine hundred and ninety-nine",
}


@pytest.mark.parametrize(("number", "words"), VIETNAMESE.items())
def test_a_number_is_read_out_in_vietnamese(number: int, words: str) -> None:
    assert in_words(number, "vi") == words


@pytest.mark.parametrize(("number", "words"), ENGLISH.items())
def test_a_number_is_read_out_in_english(number: int, words: str) -> None:
    assert in_words(number, "en") == words


def test_an_amount_begins_with_a_capital_and_names_its_coin() -> None:
    assert money_in_words(1_050_000, "vi") == "Một triệu không trăm năm mươi nghìn đồng"
    assert money_in_words(1_050_000, "vi", even=True) == "Một triệu không trăm năm mươi nghìn đồng chẵn"
    assert money_in_words(1_050_005, "vi", even=True).endswith("năm mươi nghìn không trăm linh năm đồng")
    assert money_in_words(-5_000, "vi") == "Âm năm nghìn đồng"
    assert money_in_words(2_000, "en", even=True) == "Two thousand dong exactly"
    assert money_in_words(21, "en") == "Twenty-one dong"


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("number", [10**18, -(10**18), 10**40])
def test_beyond_its_words_a_number_is_refused(number: int, language: str) -> None:
    with pytest.raises(NumberTooLarge):
        in_words(number, language)


DIGITS_VI = {
    word: value for value, word in enumerate(["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"])
} | {
    "mốt": 1,
    "tư": 4,
    "lăm": 5,
}
SCALES_VI = {"nghìn": 10**3, "triệu": 10**6, "tỷ": 10**9}


def slowly_from_vietnamese(words: str) -> int:
    """Word by word: units and tens gather in a group, a scale closes it, tỷ closes all that stands before it."""
    total, upper, group, digit = 0, 0, 0, 0
    spoken = words.removeprefix("âm ").split()
    for word in spoken:
        if word in DIGITS_VI:
            digit = DIGITS_VI[word]
            continue
        if word == "mười":
            group, digit = group + 10, 0
        elif word == "mươi":
            group, digit = group + digit * 10, 0
        elif word == "trăm":
            group, digit = group + digit * 100, 0
        elif word == "tỷ":
            total, upper, group, digit = (upper + group + digit) * SCALES_VI[word], 0, 0, 0
        elif word in SCALES_VI:
            upper, group, digit = upper + (group + digit) * SCALES_VI[word], 0, 0
        else:
            assert word == "linh"
    number = total + upper + group + digit
    return -number if words.startswith("âm ") else number


_EN = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_EN_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SMALL_EN = {word: value for value, word in enumerate(_EN)} | {word: 10 * n for n, word in enumerate(_EN_TENS, 2)}
SCALES_EN = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "quadrillion": 10**15}


def slowly_from_english(words: str) -> int:
    total = group = 0
    for word in words.removeprefix("minus ").replace("-", " ").split():
        if word in SMALL_EN:
            group += SMALL_EN[word]
        elif word == "hundred":
            group *= 100
        elif word in SCALES_EN:
            total, group = total + group * SCALES_EN[word], 0
        else:
            assert word == "and"
    return -(total + group) if words.startswith("minus ") else total + group


numbers = st.integers(-MOST, MOST) | st.integers(0, 10**6) | st.integers(0, 999).map(lambda n: n * 10**15 + n * 1000)


@given(numbers)
def test_words_lead_back_to_their_number(number: int) -> None:
    assert slowly_from_vietnamese(in_words(number, "vi")) == number
    assert slowly_from_english(in_words(number, "en")) == number
