"""Telephone numbers as people write them, and the one form in which they are kept (E.164, `+84912345678`)."""

import phonenumbers

from songcau.kernel.errors import Refused
from songcau.kernel.text import normal

_LONGEST = 40
_HOME = "VN"
# Mobile numbers of eleven digits became ones of ten in 2018; people and old registers still write them.
_RENUMBERED = {
    "120": "70",
    "121": "79",
    "122": "77",
    "126": "76",
    "128": "78",
    "123": "83",
    "124": "84",
    "125": "85",
    "127": "81",
    "129": "82",
    **{f"16{digit}": f"3{digit}" for digit in range(2, 10)},
    "186": "56",
    "188": "58",
    "199": "59",
}
_OLD_LENGTH = 10


class PhoneUnreadable(Refused):
    """No telephone number that exists can be written like this."""

    code = "PHONE_UNREADABLE"


class PhoneNotMobile(PhoneUnreadable):
    """No telephone that messages reach has this number."""

    code = "PHONE_NOT_MOBILE"


def phone_number(text: str) -> str:
    """`0912 345 678`, `84912345678`, `(+84) 912-345-678`, `+1 202-555-0143` as E.164. Raises PhoneUnreadable."""
    typed = normal(text)
    if not typed or len(typed) > _LONGEST:
        raise PhoneUnreadable()
    # 00 is how one dials abroad from Viet Nam; the library knows it only for its own regions' habits.
    typed = "+" + typed[2:] if typed.startswith("00") else typed
    try:
        number = _renumbered(phonenumbers.parse(typed, _HOME))
    except phonenumbers.NumberParseException:
        raise PhoneUnreadable() from None
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise PhoneUnreadable()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mobile_number(text: str) -> str:
    """The same, of a telephone that messages reach. Raises PhoneNotMobile."""
    try:
        phone = phone_number(text)
    except PhoneUnreadable:
        raise PhoneNotMobile() from None
    kinds = phonenumbers.PhoneNumberType
    if phonenumbers.number_type(phonenumbers.parse(phone)) not in (kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE):
        raise PhoneNotMobile()
    return phone


def written(phone: str) -> str:
    """A kept number in both forms in which it is searched for: `+84912345678 0912345678`; one of abroad has one."""
    return f"{phone} 0{phone.removeprefix('+84')}" if phone.startswith("+84") else phone


def shown(phone: str) -> str:
    """`+84 912 345 678`: for reading."""
    number = phonenumbers.parse(phone)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def masked(phone: str) -> str:
    """The last three digits only, for pages that others may look at."""
    return "•••" + phone[-3:]


def _renumbered(number: phonenumbers.PhoneNumber) -> phonenumbers.PhoneNumber:
    digits = str(number.national_number)
    if number.country_code == 84 and len(digits) == _OLD_LENGTH and digits[:3] in _RENUMBERED:
        return phonenumbers.PhoneNumber(country_code=84, national_number=int(_RENUMBERED[digits[:3]] + digits[3:]))
    return number
