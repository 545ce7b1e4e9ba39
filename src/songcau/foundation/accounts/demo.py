"""A demonstration city: agencies, posts and accounts with invented names.

Passwords and secrets are made from `secret_key`, so that they differ from one data folder to the next, are the same
every time in one, and are stored nowhere.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction

from songcau.foundation.accounts import actions, second_factor
from songcau.foundation.accounts.models import Agency, Person, Post, RoleGrant
from songcau.foundation.accounts.roles import Role, facts_of
from songcau.kernel.actor import Actor

PROVINCE, CITY, CENTRE = "UBND-19", "UBND-164", "IOC-164"
_OPENED_ON = date(2022, 10, 1)
_OFFICES = (
    (CENTRE, "Trung tâm điều hành thông minh (IOC)", Agency.Kind.OPERATIONS_CENTRE),
    ("VP-164", "Văn phòng HĐND và UBND thành phố", Agency.Kind.OFFICE),
    ("MC-164", "Bộ phận Tiếp nhận và Trả kết quả thành phố", Agency.Kind.ONE_STOP_DESK),
    ("QLDT-164", "Phòng Quản lý đô thị", Agency.Kind.OFFICE),
    ("TNMT-164", "Phòng Tài nguyên và Môi trường", Agency.Kind.OFFICE),
)


class Ward(Protocol):
    """What is needed of a `places` unit: its statistical code (`05431`), full name and id."""

    @property
    def id(self) -> UUID: ...
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """`secret` in base 32, for an authenticator app; `agency` None: the whole city."""

    username: str
    full_name: str
    password: str
    secret: str
    role: Role
    agency: str | None
    post: str


@dataclass(frozen=True, slots=True)
class _Part:
    username: str
    full_name: str
    role: Role
    agency: str
    post: str
    is_head: bool = False


def seed_demo(by: Actor, wards: Iterable[Ward]) -> list[DemoAccount]:
    """Make what is missing of the demonstration city; a second time changes nothing but the passwords back.

    `wards` are the units of the city, at least one; the first by code gets the leader, clerk and specialist.
    """
    units = sorted(wards, key=lambda ward: ward.code)
    with transaction.atomic():
        _seed_agencies(by, units)
        return [_seed_account(by, part) for part in _parts(units[0].code)]


def seed_outside_body(by: Actor, agency_code: str) -> DemoAccount:
    """Somebody who works in an agency that is none of the city's, made by its own system. Safe to repeat."""
    part = _Part("dienluc", "Vi Văn Mẫu", Role.SPECIALIST, agency_code, "Trực vận hành lưới điện")
    with transaction.atomic():
        return _seed_account(by, part)


def password_for(username: str) -> str:
    """The password of a demonstration account in this data folder."""
    letters = base64.b32encode(_derived("password", username)).decode().lower()
    return "-".join(letters[at : at + 5] for at in range(0, 20, 5))


def secret_for(username: str) -> str:
    """The secret of its authenticator; `second_factor.current_code(secret, clock.now())` is the code of the moment."""
    return base64.b32encode(_derived("totp", username)[:20]).decode()


def _parts(ward: str) -> tuple[_Part, ...]:
    committee, desk = f"UBND-{ward}", f"MC-{ward}"
    return (
        _Part("quantri", "Nguyễn Thị Minh Mẫu", Role.SYSTEM_ADMINISTRATOR, CENTRE, "Quản trị hệ thống"),
        _Part("kiemtoan", "Trần Văn Mẫu", Role.AUDITOR, "VP-164", "Kiểm tra nội bộ"),
        _Part("lanhdao", "Lê Quang Mẫu", Role.CITY_LEADER, CITY, "Phó Chủ tịch UBND thành phố"),
        _Part("truc", "H'Hen Mẫu", Role.OPERATOR, CENTRE, "Trực ban điều hành"),
        _Part("chutich", "Hoàng Thị Mẫu", Role.WARD_LEADER, committee, "Chủ tịch UBND phường", is_head=True),
        _Part("motcua", "Phạm Thu Mẫu", Role.CLERK, desk, "Công chức một cửa"),
        _Part("chuyenvien", "Ma Văn Mẫu", Role.SPECIALIST, committee, "Công chức địa chính – xây dựng"),
        _Part("baovedulieu", "Đặng Thị Mẫu", Role.DATA_PROTECTION_OFFICER, "VP-164", "Đầu mối bảo vệ dữ liệu cá nhân"),
        # A shift is signed for by somebody else than who wrote the note.
        _Part("trucdem", "Lường Văn Mẫu", Role.OPERATOR, CENTRE, "Trực ban điều hành ca đêm"),
    )


def _seed_agencies(by: Actor, wards: list[Ward]) -> None:
    _agency(by, PROVINCE, "UBND tỉnh Thái Nguyên", Agency.Kind.PROVINCE_COMMITTEE, None)
    _agency(by, CITY, "UBND thành phố Thái Nguyên", Agency.Kind.CITY_COMMITTEE, PROVINCE)
    for code, name, kind in _OFFICES:
        _agency(by, code, name, kind, CITY)
    for ward in wards:
        name = ward.name[:1].lower() + ward.name[1:]
        committee = f"UBND-{ward.code}"
        _agency(by, committee, f"UBND {name}", Agency.Kind.WARD_COMMITTEE, CITY, ward.id)
        _agency(by, f"MC-{ward.code}", f"Bộ phận một cửa {name}", Agency.Kind.ONE_STOP_DESK, committee, ward.id)


def _agency(
    by: Actor, code: str, name: str, kind: Agency.Kind, parent: str | None, unit_id: UUID | None = None
) -> None:
    if Agency.objects.filter(code=code).exists():
        return
    parent_id = Agency.objects.get(code=parent).id if parent else None
    actions.add_agency(
        by=by, code=code, name=name, kind=kind, parent_id=parent_id, opened_on=_OPENED_ON, unit_id=unit_id
    )


def _seed_account(by: Actor, part: _Part) -> DemoAccount:
    home = Agency.objects.get(code=part.agency)
    person = Person.objects.filter(username=part.username).first() or actions.add_person(
        by=by, username=part.username, full_name=part.full_name, home_id=home.id, is_demo=True
    )
    scope = None if facts_of(part.role).whole_city else home
    if not RoleGrant.objects.not_ended().filter(person=person, role=part.role, agency=scope).exists():
        actions.grant_role(
            by=by,
            person_id=person.id,
            role=part.role,
            agency_id=scope.id if scope else None,
            reason="Dữ liệu trình diễn",
        )
    _seed_post(by, part, person, home)
    _seed_credentials(person)
    return DemoAccount(
        username=part.username,
        full_name=part.full_name,
        password=password_for(part.username),
        secret=secret_for(part.username),
        role=part.role,
        agency=scope.name if scope else None,
        post=part.post,
    )


def _seed_post(by: Actor, part: _Part, person: Person, home: Agency) -> None:
    post = Post.objects.filter(agency=home, title=part.post).first() or actions.add_post(
        by=by, agency_id=home.id, title=part.post, is_head=part.is_head
    )
    if not post.holdings.filter(person=person).exists():
        actions.hold_post(by=by, post_id=post.id, person_id=person.id, from_on=_OPENED_ON)


def _seed_credentials(person: Person) -> None:
    """Only where they differ: a new password hash would sign everybody out."""
    if not person.check_password(password_for(person.username)):
        person.set_password(password_for(person.username))
        person.must_change_password = False
        person.save(update_fields=["password", "must_change_password"])
    if second_factor.secret_of(person) != secret_for(person.username):
        second_factor.set_up(person, secret_for(person.username))


def _derived(purpose: str, username: str) -> bytes:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"songcau demo {purpose} {username}".encode(), hashlib.sha256).digest()
