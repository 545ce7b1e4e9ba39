"""Citizens: received, known again, joined to further ways and parted from them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from songcau.foundation.accounts import actions
from songcau.foundation.accounts.actions import identities
from songcau.foundation.accounts.models import Identity, Person
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.rules import NameUnusable
from songcau.foundation.accounts.sign_on.rules import (
    Assurance,
    IdentityTaken,
    KnownOtherwise,
    LastWay,
    OtherNumber,
    SignInStronger,
    StaffElsewhere,
    Vouched,
)
from songcau.foundation.accounts.tests.people import give, make_person
from songcau.foundation.audit.models import Entry
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.actor import NOBODY

pytestmark = pytest.mark.django_db
LOW, SUBSTANTIAL, HIGH = Assurance.LOW, Assurance.SUBSTANTIAL, Assurance.HIGH
NUMBER, OTHER = "000090000011", "000090000029"
PHONE = "+84912345678"


def vouched(provider: str = "vneid", subject: str = "s1", level: Assurance = SUBSTANTIAL, **more: str) -> Vouched:
    return Vouched(provider, subject, level, **{"full_name": "Nguyễn Văn Mẫu", **more})


def by_phone(number: str = PHONE) -> Vouched:
    return Vouched("phone", number, LOW, phone=number)


def receive(one: Vouched, **more: object) -> Person:
    return actions.receive_person(by=NOBODY, vouched=one, **more)


def link(person: Person, one: Vouched, session: Assurance = HIGH) -> Identity:
    return actions.link_identity(by=actor_of(person), vouched=one, session=session)


def audited(action: str) -> list[dict]:
    return [dict(entry.details) for entry in Entry.objects.filter(action=f"accounts.{action}").order_by("sequence")]


def test_somebody_new_becomes_a_citizen_without_any_right(db) -> None:
    person = receive(vouched(birth="1962", phone=PHONE, number=NUMBER))
    assert person.full_name == "Nguyễn Văn Mẫu"
    assert person.username.startswith("cd-")
    assert not person.has_usable_password()
    assert actor_of(person).grants == ()
    identity = person.identities.get()
    assert (identity.birth, identity.phone, identity.assurance) == ("1962", PHONE, SUBSTANTIAL)
    assert NUMBER not in identity.number_hash
    assert audited("link_identity") == [{"provider": "vneid", "assurance": "SUBSTANTIAL"}]
    assert [event.name for event in Event.objects.order_by("sequence")][-2:] == [
        "accounts.PersonAdded",
        "accounts.IdentityLinked",
    ]


@pytest.mark.parametrize(
    "name", ["Ayun", "H'Hen Niê", "Công Tằng Tôn Nữ Thị Hoàng Phương Anh Nguyễn Phúc Ngọc Bảo Châu Mẫu"]
)
def test_names_as_people_have_them(db, name: str) -> None:
    assert receive(vouched(full_name=name)).full_name == name


def test_who_has_no_name_is_asked_and_nobody_is_made_before(db) -> None:
    with pytest.raises(actions.NameNeeded):
        receive(by_phone())
    assert not Person.objects.exists()
    with pytest.raises(NameUnusable):
        receive(by_phone(), full_name="12345")
    assert receive(by_phone(), full_name=" Ayun ").full_name == "Ayun"
    assert receive(by_phone(), full_name="Somebody Else").full_name == "Ayun"


def test_the_same_subject_is_the_same_person_and_what_is_not_said_stays(db) -> None:
    person = receive(vouched(birth="1962", number=NUMBER))
    assert receive(vouched(level=LOW, full_name="Nguyễn Văn Mẫu Mới")) == person
    identity = person.identities.get()
    assert (identity.birth, identity.full_name) == ("1962", "Nguyễn Văn Mẫu Mới")
    assert identity.assurance == SUBSTANTIAL  # the highest there was
    assert identity.number_hash


def test_the_same_subject_of_another_provider_is_somebody_else(db) -> None:
    assert receive(vouched("vneid", "s1")) != receive(vouched("vnconnect", "s1"))


def test_nobody_is_found_by_name_telephone_or_e_mail(db) -> None:
    known = make_person("lan", full_name="Nguyễn Văn Mẫu", phone=PHONE, email="lan@example.vn")
    assert receive(vouched(phone=PHONE)) != known
    assert receive(by_phone(), full_name="Nguyễn Văn Mẫu") != known


def test_who_is_known_by_number_another_way_is_told_to_join_the_two(db) -> None:
    receive(vouched(number=NUMBER))
    with pytest.raises(KnownOtherwise):
        receive(vouched("vnconnect", "t1", number=NUMBER))
    assert Person.objects.count() == 1
    # Who is not known well enough learns nothing about the number.
    receive(vouched("vnconnect", "t2", level=LOW, number=NUMBER))
    assert Person.objects.count() == 2


def test_a_number_vouched_for_weakly_keeps_nobody_out(db) -> None:
    receive(vouched("vnconnect", "t1", level=LOW, number=NUMBER))
    assert receive(vouched(number=NUMBER)).identities.get().provider == "vneid"


def test_a_renewed_card_is_written_down_and_changes_nothing_else(db) -> None:
    person = receive(vouched(number="123456789"))
    assert receive(vouched(number=NUMBER)) == person
    assert audited("change_vouched_number") == [{"provider": "vneid"}]
    receive(vouched(number=NUMBER))
    assert len(audited("change_vouched_number")) == 1


def test_staff_come_in_only_by_a_provider_trusted_with_it(tree) -> None:
    person = receive(vouched())
    give(person, Role.CLERK, tree["D1"])
    with pytest.raises(StaffElsewhere):
        receive(vouched())
    assert receive(vouched(), staff_too=True) == person


def test_a_telephone_not_used_for_a_season_no_longer_opens_the_account(db) -> None:
    before = receive(by_phone(), full_name="Ayun")
    with clock.frozen(clock.now() + timedelta(days=89)):
        assert receive(by_phone()) == before
    with clock.frozen(clock.now() + timedelta(days=89 + 90)):
        with pytest.raises(actions.NameNeeded):
            receive(by_phone())
        after = receive(by_phone(), full_name="Somebody Else")
    assert after != before
    assert not before.identities.exists()
    assert {"provider": "phone", "why": "unused"} in audited("unlink_identity")


def test_a_provider_not_used_for_years_still_knows_its_people(db) -> None:
    person = receive(vouched())
    with clock.frozen(clock.now() + timedelta(days=2000)):
        assert receive(vouched()) == person


def test_one_more_way_leads_to_the_same_account(db) -> None:
    person = receive(vouched(number=NUMBER))
    link(person, vouched("vnconnect", "t1", number=NUMBER))
    assert receive(vouched("vnconnect", "t1", number=NUMBER)) == person
    assert link(person, vouched("vnconnect", "t1")).person == person  # again: no harm
    assert person.identities.count() == 2


def test_a_way_of_somebody_else_is_not_taken_from_them(db) -> None:
    other = receive(vouched("vnconnect", "t1"))
    person = receive(vouched())
    with pytest.raises(IdentityTaken):
        link(person, vouched("vnconnect", "t1"))
    assert other.identities.exists()


def test_a_number_that_may_have_changed_hands_can_be_taken_over(db) -> None:
    before = receive(by_phone(), full_name="Ayun")
    person = receive(vouched())
    with pytest.raises(IdentityTaken):
        link(person, by_phone())
    with clock.frozen(clock.now() + timedelta(days=90)):
        assert link(person, by_phone()).person == person
    assert not before.identities.exists()


def test_two_windows_at_the_same_moment_make_one_identity(db, monkeypatch) -> None:
    person = receive(vouched())
    monkeypatch.setattr(Identity, "save", lambda self: (_ for _ in ()).throw(IntegrityError()))
    with pytest.raises(IdentityTaken):
        link(person, vouched("vnconnect", "t1"))


def test_the_same_newcomer_in_two_windows_is_one_person(db, monkeypatch) -> None:
    person, looks = receive(vouched()), []

    def too_early(one: Vouched) -> Identity | None:
        """Of the first look nothing is seen yet."""
        looks.append(one)
        return Identity.objects.get() if len(looks) > 1 else None

    monkeypatch.setattr(identities, "_locked", too_early)
    assert receive(vouched()) == person
    assert Person.objects.get() == person
    monkeypatch.setattr(identities, "_locked", lambda one: None)
    with pytest.raises(IdentityTaken):
        receive(vouched())
    assert Person.objects.get() == person


def test_whoever_got_in_weakly_hangs_no_key_of_their_own_onto_the_account(db) -> None:
    person = receive(vouched())
    link(person, by_phone())
    with pytest.raises(SignInStronger):
        link(person, vouched("vnconnect", "of-the-thief", level=HIGH), session=LOW)
    with pytest.raises(SignInStronger):
        part(person, "vneid", session=LOW)
    part(person, "phone", session=LOW)


def test_the_way_of_another_number_is_not_joined(db) -> None:
    person = receive(vouched(number=NUMBER))
    with pytest.raises(OtherNumber):
        link(person, vouched("vnconnect", "t1", number=OTHER))


def part(person: Person, provider: str, session: Assurance = HIGH, by: Person | None = None) -> None:
    identity = person.identities.get(provider=provider)
    actions.unlink_identity(by=actor_of(by or person), identity_id=identity.id, session=session)


def test_the_last_way_stays(db) -> None:
    person = receive(vouched())
    with pytest.raises(LastWay):
        part(person, "vneid")
    link(person, by_phone())
    part(person, "vneid")
    assert [one.provider for one in person.identities.all()] == ["phone"]
    assert audited("unlink_identity") == [{"provider": "vneid", "why": "asked"}]
    assert Event.objects.latest("sequence").name == "accounts.IdentityUnlinked"


def test_a_password_is_a_way_too(db) -> None:
    person = make_person("lan")
    link(person, vouched())
    part(person, "vneid")
    assert not person.identities.exists()


def test_nobody_parts_another_from_their_ways(db) -> None:
    person = receive(vouched())
    link(person, by_phone())
    with pytest.raises(actions.NotYourWay):
        part(person, "phone", by=make_person("lan"))
    assert person.identities.count() == 2


def test_rows_name_themselves(db) -> None:
    person = receive(vouched())
    assert str(person.identities.get()) == f"vneid – {person.id}"
