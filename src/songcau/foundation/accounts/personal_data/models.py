"""Looks at personal data, alarms about them, and people's requests."""

from django.db import models
from django.db.models import F, Q

from songcau.foundation.accounts.models import Person, under
from songcau.foundation.accounts.personal_data import rules
from songcau.foundation.accounts.personal_data.records import standing_apart
from songcau.foundation.accounts.personal_data.rules import (
    OPEN,
    Colour,
    Ground,
    Outcome,
    Purpose,
    RequestKind,
    RequestState,
)
from songcau.foundation.accounts.personal_data.sealing import opened
from songcau.kernel import clock
from songcau.kernel.actor import EVERYWHERE, Actor
from songcau.kernel.ids import new_id

VIEW_LOOKS = "personal_data.view_looks"
ANSWER = "personal_data.answer_requests"


def _of_people_in(scopes: tuple[str, ...], field: str) -> Q:
    """Rows about people at home in the scopes; the whole city holds also those who have no home: citizens."""
    return Q() if EVERYWHERE in scopes else under(scopes, f"{field}__home__path")


def _coded(codes: type, length: int = 20, **more: object) -> models.CharField:  # type: ignore[type-arg]
    pairs = [(str(code), str(code)) for code in codes]  # type: ignore[attr-defined]
    return models.CharField(max_length=length, choices=pairs, **more)  # type: ignore[arg-type]


class LookQuerySet(models.QuerySet["Look"]):
    def visible_to(self, actor: Actor) -> "LookQuerySet":
        """To a data protection officer: those at people of their agencies. What stands apart is overseen for the whole
        city alone: that it is one of theirs would tell an officer of one agency whose it may be.
        """
        scopes = actor.scopes(VIEW_LOOKS)
        seen = self.filter(_of_people_in(scopes, "person"))
        return seen if EVERYWHERE in scopes else seen.exclude(kind__in=standing_apart())


class Look(models.Model):
    """Somebody opened another person's data. Only appended; removed once its retention is over (see `guards`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    reader = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # As they were then.
    reader_unit = models.CharField(max_length=200, blank=True)
    reader_post = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="looks")
    # What was opened, as subjects of the audit log are written: "accounts.person".
    kind = models.CharField(max_length=60)
    subject_id = models.UUIDField(null=True, blank=True)
    purpose = _coded(Purpose)
    note_sealed = models.TextField(blank=True)
    address_sealed = models.CharField(max_length=200, blank=True)
    keep_until = models.DateTimeField()
    objects = LookQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["person", "-at"], name="look_by_person"),
            models.Index(fields=["reader", "-at"], name="look_by_reader"),
            models.Index(fields=["keep_until"], name="look_by_end"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(reader=F("person")), name="look_is_at_another"),
            models.CheckConstraint(condition=Q(keep_until__gt=F("at")), name="look_is_kept_a_while"),
        ]

    def __str__(self) -> str:
        return f"{self.reader} → {self.person}"

    @property
    def note(self) -> str:
        return opened(self.note_sealed)

    @property
    def address(self) -> str:
        return opened(self.address_sealed)


class AlarmQuerySet(models.QuerySet["CuriosityAlarm"]):
    def visible_to(self, actor: Actor) -> "AlarmQuerySet":
        """To a data protection officer: those about readers of their agencies."""
        return self.filter(_of_people_in(actor.scopes(VIEW_LOOKS), "reader"))


class CuriosityAlarm(models.Model):
    """One reader opened the data of many different people within an hour. Somebody finds out why."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    reader = models.ForeignKey(Person, models.PROTECT, related_name="+")
    people = models.PositiveIntegerField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    finding = models.CharField(max_length=rules.TEXT_LIMIT, blank=True)
    objects = AlarmQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["reader", "-at"], name="alarm_by_reader")]

    def __str__(self) -> str:
        return f"{self.reader}: {self.people}"


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    def visible_to(self, actor: Actor) -> "DataRequestQuerySet":
        """To who answers them: those of people of their agencies, never their own or of who lent them the right."""
        seen = self.filter(_of_people_in(actor.scopes(ANSWER), "person")).exclude(person=actor.id)
        if actor.may(ANSWER, own=True):
            return seen
        return seen.exclude(person__in=[grant.on_behalf.person_id for grant in actor.grants if grant.on_behalf])

    def still_open(self) -> "DataRequestQuerySet":
        return self.filter(state__in=OPEN)


class DataRequest(models.Model):
    """What a person asks about their own data, and the answer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="data_requests")
    kind = _coded(RequestKind)
    # The source it is about; empty: all of them.
    about = models.CharField(max_length=60, blank=True)
    text = models.TextField()
    state = _coded(RequestState, default=RequestState.RECEIVED)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # What was promised at the receipt, once a decision has moved it.
    first_due_at = models.DateTimeField(null=True, blank=True)
    officer = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    outcome = _coded(Outcome, blank=True)
    ground = _coded(Ground, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    objects = DataRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at"]
        indexes = [models.Index(fields=["state", "due_at"], name="data_request_by_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "about"],
                condition=Q(state__in=["RECEIVED", "IN_WORK"]),
                name="data_request_open_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="ANSWERED")
                | (Q(answered_at__isnull=False, officer__isnull=False) & ~Q(answer="") & ~Q(outcome="")),
                name="answered_request_says_what_and_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} – {self.person}"

    @property
    def colour(self) -> Colour:
        return rules.colour(RequestState(self.state), self.due_at, self.answered_at, clock.now())

    @property
    def is_open(self) -> bool:
        return self.state in OPEN
