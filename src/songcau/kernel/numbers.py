"""Numbers and money as people write and read them in Vietnamese and English: `1.889.852`, `46,3 %`, `1.348,9 tỷ đồng`.

Pages, papers and messages all write by these functions (`shell.written` gives them the reader's language). Of our own
and not of a library: Babel writes `46,3%` without a space, and nothing that was found reads `2 tỷ 500 triệu đồng`.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from enum import StrEnum

from songcau.kernel.errors import Refused
from songcau.kernel.text import folded, normal

NO_BREAK = "\N{NO-BREAK SPACE}"
LONGEST = 60
MOST_DIGITS = 30
_EXACT = Context(prec=80, rounding=ROUND_HALF_UP)


class NumberUnreadable(Refused):
    """`text` is no number that can be read without guessing."""

    code = "NUMBER_UNREADABLE"


class MoneyNotWhole(Refused):
    """`text` comes to a fraction of a đồng, of which there is no coin."""

    code = "MONEY_NOT_WHOLE"


class NotMoney(Refused):
    """`text` is a number of something else, such as percent."""

    code = "NOT_MONEY"


class Unit(StrEnum):
    """What stands behind a number."""

    NONE = "NONE"
    PERCENT = "PERCENT"
    DONG = "DONG"


@dataclass(frozen=True, slots=True)
class Reading:
    """A number that was read; percent as written (46.3). `otherwise`: what the other language would have read.

    `1.234` is 1234 in Vietnamese and 1.234 in English: the language decides, and the page says how it was read.
    """

    value: Decimal
    unit: Unit = Unit.NONE
    otherwise: Decimal | None = None


def separators(language: str) -> tuple[str, str]:
    """Between thousands, and before decimals."""
    return (".", ",") if language == "vi" else (",", ".")


def written(value: Decimal | float, language: str, decimals: int | None = None) -> str:
    """`1889852` → `1.889.852` (vi), `1,889,852` (en); with `decimals` that many places, rounded half up."""
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        return "—"
    if decimals is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
    thousand, point = separators(language)
    whole, _, part = f"{exact.copy_abs():f}".partition(".")
    grouped = re.sub(r"(?<=\d)(?=(\d{3})+$)", thousand, whole)
    return ("-" if exact < 0 else "") + grouped + (point + part if part else "")


def percent(value: Decimal | float, language: str, decimals: int | None = 1) -> str:
    """46.3, in percent, → `46,3 %` with a space that does not break (vi), `46.3%` (en)."""
    return written(value, language, decimals) + (f"{NO_BREAK}%" if language == "vi" else "%")


_SCALES = (
    (Decimal(10**15), "triệu tỷ", "quadrillion"),
    (Decimal(10**12), "nghìn tỷ", "trillion"),
    (Decimal(10**9), "tỷ", "billion"),
    (Decimal(10**6), "triệu", "million"),
)


def money(dong: Decimal | int, language: str, *, short: bool = False, decimals: int = 1) -> str:
    """`1.348.900.000.000 đồng` (vi), `VND 1,348,900,000,000` (en).

    `short`: in tỷ from a thousand million on and in triệu below, as budgets are written: `1.348,9 tỷ đồng`,
    `VND 1,348.9 billion`. An amount that would show as nothing is written out.
    """
    amount, scale = Decimal(dong), ""
    if short:
        for size, vi, en in _SCALES[2:]:
            if abs(amount) >= size:
                amount, scale = _EXACT.divide(amount, size), f" {vi if language == 'vi' else en}"
                break
    shown = written(amount, language, decimals if scale else None)
    if scale and Decimal(amount) == amount.to_integral_value():
        shown = written(amount.to_integral_value(), language)
    shown = (shown + scale).replace(" ", NO_BREAK)
    return f"{shown}{NO_BREAK}đồng" if language == "vi" else f"VND{NO_BREAK}{shown}"


# Folded; tỉ and tỷ, ngàn and nghìn are two spellings of one word.
_SCALE_OF = {
    **dict.fromkeys(("nghin", "ngan", "thousand"), 3),
    **dict.fromkeys(("trieu", "tr", "million", "mn"), 6),
    **dict.fromkeys(("ty", "ti", "billion", "bn"), 9),
    **dict.fromkeys(("trillion", "tn"), 12),
    "quadrillion": 15,
}
_DONG = frozenset({"dong", "d", "vnd", "₫"})
_MINUS = frozenset({"-", "am", "minus", "negative", "tru"})
_TOKEN = re.compile(r"[0-9](?:[0-9.,']| (?=[0-9]{3}(?![0-9])))*|[a-z]+|\S")


def parsed(text: str, language: str) -> Reading:
    """A number as a person of either language writes it, with its unit. Raises NumberUnreadable.

    `1.889.852`, `1,889,852.5`, `46,3 %`, `(1.234)`, `âm 5`, `1.348,9 tỷ đồng`, `2 tỷ 500 triệu`, `VND 12 million`.
    What a language alone can decide (`1.234`) it decides, and `otherwise` says the other value. `1 triệu 5` is
    refused: it is said for 1.5 million and written for 1,000,005.
    """
    typed = normal(text)
    tokens = _TOKEN.findall(folded(typed).replace("−", "-").replace("–", "-")) if 0 < len(typed) <= LONGEST else []
    try:
        return _read(tokens, language)
    except (ValueError, InvalidOperation):
        raise NumberUnreadable(text=typed[:LONGEST]) from None


def parsed_money(text: str, language: str) -> int:
    """Whole đồng, the unit written or not. Raises NumberUnreadable, NotMoney, MoneyNotWhole."""
    read = parsed(text, language)
    if read.unit is Unit.PERCENT:
        raise NotMoney(text=normal(text))
    if read.value != read.value.to_integral_value():
        raise MoneyNotWhole(text=normal(text))
    return int(read.value)


def _read(tokens: list[str], language: str) -> Reading:
    tokens, negative = _without_sign(tokens)
    tokens, unit = _without_unit(tokens)
    if unit is Unit.DONG and not negative:  # VND -5
        tokens, negative = _without_sign(tokens)
    value, otherwise = Decimal(0), Decimal(0)
    below: Decimal | None = None
    while tokens:
        number, tokens = tokens[0], tokens[1:]
        power, tokens = _power(tokens)
        read, other = (one.scaleb(power, _EXACT) for one in _digits(number, language))
        if below is not None and not 1000 <= read < below:
            raise ValueError
        below = Decimal(10**power)
        value, otherwise = value + read, otherwise + other
    if below is None:
        raise ValueError
    sign = -1 if negative else 1
    return Reading(sign * value, unit, sign * otherwise if otherwise != value else None)


def _without_sign(tokens: list[str]) -> tuple[list[str], bool]:
    if tokens[:1] == ["("] and tokens[-1:] == [")"]:
        return tokens[1:-1], True
    if tokens and tokens[0] in _MINUS:
        return tokens[1:], True
    return (tokens[1:] if tokens[:1] == ["+"] else tokens), False


def _without_unit(tokens: list[str]) -> tuple[list[str], Unit]:
    if tokens and tokens[0] in _DONG:
        return tokens[1:], Unit.DONG
    if tokens and tokens[-1] in _DONG:
        return tokens[:-1], Unit.DONG
    if tokens[-1:] == ["%"]:
        return tokens[:-1], Unit.PERCENT
    if tokens[-2:] == ["phan", "tram"] or tokens[-2:] == ["per", "cent"]:
        return tokens[:-2], Unit.PERCENT
    if tokens[-1:] == ["percent"]:
        return tokens[:-1], Unit.PERCENT
    return tokens, Unit.NONE


def _power(tokens: list[str]) -> tuple[int, list[str]]:
    """The scale words behind a number multiply: nghìn tỷ is 10¹². At most two of them, the smaller first."""
    powers = []
    while tokens and tokens[0] in _SCALE_OF:
        powers.append(_SCALE_OF[tokens[0]])
        tokens = tokens[1:]
    if len(powers) > 2 or powers != sorted(powers):
        raise ValueError
    return sum(powers), tokens


_GROUPED = re.compile(r"[1-9][0-9]{0,2}([.,' ])[0-9]{3}(\1[0-9]{3})*")


def _digits(text: str, language: str) -> tuple[Decimal, Decimal]:
    """The number a run of digits and separators is, and what the other language would take it for."""
    if sum(sign.isdigit() for sign in text) > MOST_DIGITS:
        raise ValueError
    found = {sign for sign in text if not sign.isdigit()}
    if not found:
        return Decimal(text), Decimal(text)
    if len(found) == 1:
        return _with_one_kind(text, found.pop(), language)
    # Two kinds: the last stands once and before decimals, the other between thousands.
    point = next(sign for sign in reversed(text) if not sign.isdigit())
    whole, part = text.rsplit(point, 1)
    if point in " '" or not part or not _GROUPED.fullmatch(whole):
        raise ValueError
    value = Decimal(re.sub(r"\D", "", whole) + "." + part)
    return value, value


def _with_one_kind(text: str, sign: str, language: str) -> tuple[Decimal, Decimal]:
    grouped = Decimal(text.replace(sign, "")) if _GROUPED.fullmatch(text) else None
    decimal = Decimal(text.replace(sign, ".")) if sign in ".," and text.count(sign) == 1 and text[-1] != sign else None
    if grouped is not None and decimal is not None:
        return (grouped, decimal) if sign == separators(language)[0] else (decimal, grouped)
    only = grouped if grouped is not None else decimal
    if only is None:
        raise ValueError
    return only, only
