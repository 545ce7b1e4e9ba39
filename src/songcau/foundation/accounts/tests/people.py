"""People, agencies and sign-ins for the tests of this app and of those above it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.test import Client
from django.urls import reverse

from songcau.foundation.accounts import rules, second_factor
from songcau.foundation.accounts.models import Agency, Person, RoleGrant
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role, facts_of
from songcau.kernel import clock
from songcau.kernel.actor import Actor

PASSWORD = "một mật khẩu đủ dài 26"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def make_agency(
    code: str, parent: Agency | None = None, kind: str = Agency.Kind.OFFICE, name: str = "", unit_id: UUID | None = None
) -> Agency:
    return Agency.objects.create(
        code=code,
        name=name or f"Cơ quan {code}",
        unit_id=unit_id,
        kind=kind,
        parent=parent,
        path=rules.path_under(parent.path if parent else None, code),
        opened_on=date(2020, 1, 1),
    )


def make_person(username: str, home: Agency | None = None, full_name: str = "Nguyễn Văn An", **more: object) -> Person:
    person = Person(username=username, full_name=full_name, home=home, **more)
    person.set_password(PASSWORD)
    person.save()
    return person


def give(person: Person, role: Role, agency: Agency | None = None, until: datetime | None = None) -> RoleGrant:
    """A role in force since long ago, in `agency` unless it is one of the whole city."""
    return RoleGrant.objects.create(
        person=person,
        role=role,
        agency=None if facts_of(role).only_whole_city else agency,
        valid_from=clock.now() - timedelta(days=30),
        valid_to=until,
        reason="thử",
    )


def actor_with(role: Role, agency: Agency | None = None, username: str = "") -> Actor:
    person = make_person(username or f"{role.lower().replace('_', '-')}-{Person.objects.count()}", home=agency)
    give(person, role, agency)
    return actor_of(person)


@dataclass
class Codes:
    """An authenticator app that waits for a code nobody has used."""

    person: Person

    def next(self, *, clock_stands: bool = False) -> str:
        """Three are good at a time: of this half minute, the next, and the one before, which may end before the code
        arrives, unless the clock stands.
        """
        self.person.refresh_from_db()
        step = max(int(clock.now().timestamp()) // 30 - clock_stands, self.person.spent_step + 1)
        return second_factor.current_code(SECRET, datetime.fromtimestamp(step * 30, UTC))


def sign_in(client: Client, person: Person, *, second: bool = True) -> None:
    """Through the real pages: password, and a code when the person has an authenticator (made here for staff)."""
    if second and actor_of(person).grants and not second_factor.is_set_up(person):
        second_factor.set_up(person, SECRET)
    response = client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    assert response.status_code == 302, response.content
    if response["Location"].startswith(reverse("mfa_authenticate")):
        # The clock stands, so that the half minute does not end between the code and its arrival.
        with clock.frozen(clock.now()):
            response = client.post(reverse("mfa_authenticate"), {"code": Codes(person).next(clock_stands=True)})
        assert response.status_code == 302, response.content
    assert "_auth_user_id" in client.session
