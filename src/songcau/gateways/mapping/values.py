"""One value of a reading: of the kind that the mapping says, or refused. Nothing is guessed."""

import math
import re
from typing import Any

from songcau.gateways.faults import Fault

NUMBER, TEXT, FLAG, JSON, TIME, RELATIONSHIP = "number", "text", "flag", "json", "time", "relationship"
KINDS = (NUMBER, TEXT, FLAG, JSON, TIME, RELATIONSHIP)
_FLAGS = {"true": True, "1": True, "on": True, "yes": True, "false": False, "0": False, "off": False, "no": False}
_NUMERAL = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?")


def number(value: Any, path: str, *, is_written: bool, decimal: str = ".") -> float | int:
    """A finite number. is_written: it stands as text, with `decimal` before its decimals. Raises Fault."""
    if is_written and isinstance(value, str):
        text = value.strip()
        plain = text.replace(",", ".") if decimal == "," and "." not in text else text
        if not _NUMERAL.fullmatch(plain):
            raise Fault("NOT_A_NUMBER", path=path, value=value)
        value = int(plain) if plain.lstrip("+-").isdigit() and len(plain) < 18 else float(plain)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Fault("NOT_A_NUMBER", path=path, value=value)
    return value


def text(value: Any, path: str) -> str:
    """Text that is not blank. Raises Fault."""
    if not isinstance(value, str) or not value.strip():
        raise Fault("NOT_TEXT", path=path, value=value)
    return value.strip()


def flag(value: Any, path: str, *, is_written: bool) -> bool:
    """True or false; written also as 1, on, yes and their contraries. Raises Fault."""
    if isinstance(value, bool):
        return value
    found = _FLAGS.get(str(value).strip().lower()) if is_written else None
    if found is None:
        raise Fault("NOT_A_FLAG", path=path, value=value)
    return found


def scaled(value: float, factor: float, offset: float) -> float:
    """value · factor + offset, without the dust that binary fractions leave behind."""
    return round(value * factor + offset, 9)
