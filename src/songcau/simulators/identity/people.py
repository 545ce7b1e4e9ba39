"""Made-up people whom the simulated providers know, each with the level at which they were verified.

Their identity numbers begin with 000, which is no province's code.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """`birth` as exactly as it is known, in ISO form; `level` 1 to 3; empty is what the provider does not know."""

    key: str
    full_name: str
    birth: str
    phone: str
    number: str
    level: int


PEOPLE = (
    Person("mau", "Nguyễn Văn Mẫu", "1990-05-19", "0912 345 678", "000090000011", 2),
    Person("hhen", "H'Hen Niê Mẫu", "1962", "0381234567", "000162000012", 2),
    Person("ayun", "Ayun", "1975-00-00", "", "000075000013", 1),
    Person(
        "dai",
        "Công Tằng Tôn Nữ Thị Hoàng Phương Anh Nguyễn Phúc Ngọc Bảo Châu Mẫu",
        "1988-02-29",
        "",
        "000188000014",
        3,
    ),
    Person("hara", "Haruka Mẫu", "1985-11-03", "+81 90-1234-5678", "", 2),
    Person("be", "Trần Bé Mẫu", "2014-09-02", "", "", 1),
)


def person(key: str) -> Person | None:
    return next((one for one in PEOPLE if one.key == key), None)


def _day_first(birth: str) -> str:
    return "/".join(reversed(birth.split("-")))


def vneid_claims(one: Person) -> dict[str, object]:
    """Names of claims as they have been reported of VNeID; not verified with the operator."""
    return {
        "HoVaTen": one.full_name.upper(),
        "SoDinhDanh": one.number,
        "NgayThangNamSinh": _day_first(one.birth),
        "SoDienThoai": one.phone,
        "TechID": f"tech-{one.key}",
    }


def vnconnect_claims(one: Person) -> dict[str, object]:
    """The standard's names beside the reported ones, as a WSO2 server gives them."""
    return {
        "name": one.full_name,
        "birthdate": one.birth.removesuffix("-00-00"),
        "phone_number": one.phone,
        "SoDinhDanh": one.number,
    }


@dataclass(frozen=True, slots=True)
class Style:
    """A provider's habits: how it names itself, its levels and claims, where it gives them, whether it says `iss`."""

    label: str
    levels: Mapping[int, str]
    claims_in_token: bool
    says_issuer: bool


STYLES = {
    "vneid": Style("VNeID", {1: "LoA1", 2: "LoA2", 3: "LoA3"}, claims_in_token=True, says_issuer=True),
    "vnconnect": Style("VNConnect", {1: "LoA1", 2: "LoA2", 3: "LoA3"}, claims_in_token=False, says_issuer=False),
}


def claims_of(style: str, one: Person) -> dict[str, object]:
    named = vneid_claims(one) if style == "vneid" else vnconnect_claims(one)
    return {name: value for name, value in named.items() if value}
