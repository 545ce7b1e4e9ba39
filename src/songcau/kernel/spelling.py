"""Numbers read out in words, for the line under an amount of money: official Vietnamese, and English.

Vietnamese by the school and office reading: mốt, tư and lăm after mươi; linh; nghìn, not ngàn; hundreds named in every
later group (một triệu không trăm linh năm); a group of noughts passed over; nghìn tỷ and triệu tỷ above tỷ.

Of our own: num2words 0.5.14 (LGPL) reads 25 of the first 60 numbers of the tests otherwise, among them 10¹⁵ as một trăm
nghìn tỷ, which is another number.
"""

from songcau.kernel.errors import Refused

MOST = 10**18 - 1
_VI = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_VI_UNIT_AFTER_TENS = {1: "mốt", 4: "tư", 5: "lăm"}
_VI_GROUPS = ("", " nghìn", " triệu")
_MILLIARD = 10**9
_EN = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_EN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EN_GROUPS = ("", " thousand", " million", " billion", " trillion", " quadrillion")


class NumberTooLarge(Refused):
    """Numbers are read out below a milliard milliards (`most`)."""

    code = "NUMBER_TOO_LARGE"


def in_words(number: int, language: str) -> str:
    """The number read out, in lower case. Raises NumberTooLarge from ±10¹⁸ on."""
    if abs(number) > MOST:
        raise NumberTooLarge(most=MOST)
    if language == "vi":
        return ("âm " if number < 0 else "") + _vi(abs(number), padded=False)
    return ("minus " if number < 0 else "") + _en(abs(number))


def money_in_words(dong: int, language: str, *, even: bool = False) -> str:
    """`Một triệu đồng`, with `even` `Một triệu đồng chẵn` for whole thousands, as vouchers close the line."""
    words = in_words(dong, language)
    unit, closed = ("đồng", "chẵn") if language == "vi" else ("dong", "exactly")
    return f"{words[0].upper()}{words[1:]} {unit}" + (f" {closed}" if even and dong % 1000 == 0 else "")


def _vi(number: int, *, padded: bool) -> str:
    """`padded`: something stands before it, so the hundreds are named even where there are none."""
    if number >= _MILLIARD:
        most, rest = divmod(number, _MILLIARD)
        return f"{_vi(most, padded=padded)} tỷ" + (f" {_vi(rest, padded=True)}" if rest else "")
    parts: list[str] = []
    for place in (2, 1, 0):
        group = number // 1000**place % 1000
        if group or number == 0 == place:
            parts.append(_vi_group(group, padded=padded or bool(parts)) + _VI_GROUPS[place])
    return " ".join(parts)


def _vi_group(number: int, *, padded: bool) -> str:
    hundreds, rest = divmod(number, 100)
    tens, unit = divmod(rest, 10)
    said = [f"{_VI[hundreds]} trăm"] if hundreds or padded else []
    if tens == 0:
        if unit or not said:
            said.append(f"linh {_VI[unit]}" if said else _VI[unit])
    elif tens == 1:
        said.append("mười" + (f" {'lăm' if unit == 5 else _VI[unit]}" if unit else ""))
    else:
        said.append(f"{_VI[tens]} mươi" + (f" {_VI_UNIT_AFTER_TENS.get(unit, _VI[unit])}" if unit else ""))
    return " ".join(said)


def _en(number: int) -> str:
    parts: list[str] = []
    for place in range(len(_EN_GROUPS) - 1, -1, -1):
        group = number // 1000**place % 1000
        if group or number == 0 == place:
            joined = "and " if parts and place == 0 and group < 100 else ""
            parts.append(joined + _en_group(group) + _EN_GROUPS[place])
    return " ".join(parts)


def _en_group(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    said = f"{_EN[hundreds]} hundred" if hundreds else ""
    if rest == 0 and said:
        return said
    low = _EN[rest] if rest < 20 else _EN_TENS[rest // 10] + (f"-{_EN[rest % 10]}" if rest % 10 else "")
    return f"{said} and {low}" if said else low
