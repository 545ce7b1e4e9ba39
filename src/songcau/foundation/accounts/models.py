"""People, agencies, posts and roles."""

from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from songcau.foundation.accounts import phones, rules
from songcau.foundation.accounts.delegation.models import Delegation as Delegation
from songcau.foundation.accounts.identity_models import Identity as Identity
from songcau.foundation.accounts.identity_models import PhoneCode as PhoneCode
from songcau.foundation.accounts.roles import Role, carried_by, facts_of
from songcau.foundation.accounts.rules import GrantState
from songcau.kernel import clock
from songcau.kernel.actor import EVERYWHERE, Actor, Grant
from songcau.kernel.ids import new_id
from songcau.kernel.text import folded, list_key, nfc, search_key, typings

# The parts of Django's own admin that its holders may look into; everything is written by actions only.
DJANGO_ADMIN_APPS = frozenset({"accounts", "audit", "outbox", "places"})


def under(scopes: tuple[str, ...], field: str) -> Q:
    """Rows whose agency path, at `field`, lies in one of the scopes; nothing for no scopes."""
    within = Q(pk__in=[])
    for scope in scopes:
        within |= Q(**{f"{field}__startswith": scope})
    return within


class Versioned(models.Model):
    """A record that several people may have open in a form at once."""

    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at_version = models.JSONField(default=dict, editable=False)

    class Meta:
        abstract = True

    def require_unchanged(self, known: int) -> None:
        """Raises ChangedMeanwhile when the form was opened at another version."""
        rules.require_unchanged(known, self.version, self.changed_at_version)

    def take(self, values: dict[str, object]) -> tuple[str, ...]:
        """Set what differs, raise the version if anything does; the names of the fields that changed."""
        changed = tuple(name for name, value in values.items() if getattr(self, name) != value)
        for name in changed:
            setattr(self, name, values[name])
        if changed:
            self.version += 1
            self.changed_at_version |= dict.fromkeys(changed, self.version)
        return changed


class AgencyQuerySet(models.QuerySet["Agency"]):
    def visible_to(self, actor: Actor) -> "AgencyQuerySet":
        """Those in the actor's subtrees."""
        scopes = actor.scopes("accounts.view_agencies")
        return self if EVERYWHERE in scopes else self.filter(under(scopes, "path"))

    def open_on(self, day: date) -> "AgencyQuerySet":
        return self.filter(opened_on__lte=day).filter(Q(closed_on=None) | Q(closed_on__gt=day))

    def still_open(self) -> "AgencyQuerySet":
        return self.filter(closed_on=None)


class Agency(Versioned):
    """An organisation of the administration. Its code never changes; its path is made of the codes above it."""

    class Kind(models.TextChoices):
        PROVINCE_COMMITTEE = "PROVINCE_COMMITTEE"
        CITY_COMMITTEE = "CITY_COMMITTEE"
        WARD_COMMITTEE = "WARD_COMMITTEE"
        OFFICE = "OFFICE"
        OPERATIONS_CENTRE = "OPERATIONS_CENTRE"
        ONE_STOP_DESK = "ONE_STOP_DESK"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    search_key = models.CharField(max_length=250, editable=False)
    order_key = models.CharField(max_length=rules.ORDER_KEY_LIMIT, editable=False, db_index=True)
    kind = models.CharField(max_length=30, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=500, unique=True, editable=False)
    # The administrative unit it works in (places.Unit).
    unit_id = models.UUIDField(null=True, blank=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    successors = models.ManyToManyField("self", symmetrical=False, related_name="predecessors", blank=True)
    objects = AgencyQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=rules.AGENCY_CODE), name="agency_code_is_upper_case_ascii"),
            models.CheckConstraint(
                condition=Q(path__startswith="/") & Q(path__endswith="/"), name="agency_path_has_slashes"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="agency_is_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")), name="agency_closes_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.search_key = search_key(f"{self.name} {self.code}")
        self.order_key = list_key(self.name, rules.ORDER_KEY_LIMIT)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, actor: Actor) -> "PersonQuerySet":
        """Those at home, in post or with a role in the actor's subtrees."""
        scopes = actor.scopes("accounts.view_people")
        if EVERYWHERE in scopes:
            return self
        roles = RoleGrant.objects.in_force().filter(under(scopes, "agency__path"), person=OuterRef("pk"))
        posts = Holding.objects.current().filter(under(scopes, "post__agency__path"), person=OuterRef("pk"))
        return self.filter(under(scopes, "home__path") | Exists(roles) | Exists(posts))

    def found_by(self, text: str) -> "PersonQuerySet":
        """People whose name, username, e-mail or telephone holds every typed word, marks or not."""
        found = self
        for word in search_key(text).split():
            found = found.filter(search_key__contains=word)
        return found


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)["Person"]):  # type: ignore[misc]
    """Looks people up by what they type; makes none, since people come from actions."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        person: Person = self.get(username=folded(username or ""))
        return person


class Person(AbstractBaseUser, Versioned):
    """Somebody who signs in: an official, or a citizen (who has no role and no home agency)."""

    class Theme(models.TextChoices):
        AUTO = "auto"
        LIGHT = "light"
        DARK = "dark"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=60, unique=True)
    full_name = models.CharField(max_length=rules.NAME_LIMIT)
    sort_key = models.CharField(max_length=rules.SORT_KEY_LIMIT, editable=False, db_index=True)
    search_key = models.CharField(max_length=700, editable=False)
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=16, blank=True, default="")
    # Where the account is looked after; its administrators reach the person through it.
    home = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="people")
    language = models.CharField(max_length=2, blank=True, default="")
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)
    # Part of what every session is checked against: raising it ends all of them at once.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    # The last half minute whose one-time code was used: no code counts twice (RFC 6238, 5.2).
    spent_step = models.PositiveBigIntegerField(default=0, editable=False)
    last_seen = models.DateTimeField(null=True, blank=True, editable=False)
    added_at = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    objects = PersonManager()

    class Meta:
        ordering = ["sort_key", "username"]
        constraints = [
            models.CheckConstraint(condition=Q(username__regex=rules.USERNAME), name="person_username_is_folded"),
            models.CheckConstraint(condition=~Q(full_name=""), name="person_has_a_name"),
            models.UniqueConstraint(fields=["email"], condition=~Q(email=""), name="person_email_is_one_persons"),
            models.CheckConstraint(condition=Q(language__in=["", "vi", "en"]), name="person_language_is_spoken"),
            models.CheckConstraint(condition=Q(theme__in=["auto", "light", "dark"]), name="person_theme_exists"),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: object, **kwargs: object) -> None:
        self.sort_key = rules.name_key(self.full_name)
        self.search_key = search_key(" ".join([self.full_name, self.username, self.email, phones.written(self.phone)]))
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def set_password(self, raw_password: str | None) -> None:
        """Kept in the normal form, so that every keyboard opens it."""
        super().set_password(None if raw_password is None else nfc(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Also right for a password that was stored as a keyboard sent it, before there was a normal form; it is stored
        anew then.
        """
        if raw_password is None:
            return super().check_password(None)
        composed, *others = typings(raw_password)
        if super().check_password(composed):
            return True
        for typing in others:
            if super().check_password(typing):
                self.set_password(composed)
                self.save(update_fields=["password"])
                return True
        return False

    @property
    def label(self) -> str:
        """How logs name the person."""
        return f"{self.full_name} ({self.username})"

    @property
    def is_staff(self) -> bool:
        """Django's admin asks this. It follows from the role and cannot be set."""
        return self.is_active and RoleGrant.objects.in_force().administrators().filter(person=self).exists()

    @property
    def is_superuser(self) -> bool:
        """Nobody passes by the rules."""
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """For Django's admin: looking only, and only at configuration. What is written is written by actions."""
        app, _, verb = perm.partition(".")
        return app in DJANGO_ADMIN_APPS and verb.startswith("view_") and self.is_staff

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return app_label in DJANGO_ADMIN_APPS and self.is_staff

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        held = f"{self.password}|{self.session_epoch}"
        return salted_hmac("songcau.accounts.session", held, secret=secret, algorithm="sha256").hexdigest()


class Post(models.Model):
    """A position in an agency, whoever holds it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="posts")
    title = models.CharField(max_length=200)
    order_key = models.CharField(max_length=rules.ORDER_KEY_LIMIT, editable=False)
    is_head = models.BooleanField(default=False)

    class Meta:
        ordering = ["agency", "-is_head", "order_key"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "title"], name="post_title_once_in_an_agency"),
            models.UniqueConstraint(fields=["agency"], condition=Q(is_head=True), name="agency_has_one_head_post"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        self.order_key = list_key(self.title, rules.ORDER_KEY_LIMIT)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class HoldingQuerySet(models.QuerySet["Holding"]):
    def current(self) -> "HoldingQuerySet":
        return self.filter(until_on=None)


class Holding(models.Model):
    """A person in a post, from a day until a day (the last one in it; None: still there)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="holdings")
    post = models.ForeignKey(Post, models.PROTECT, related_name="holdings")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    objects = HoldingQuerySet.as_manager()

    class Meta:
        ordering = ["-from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "post"], condition=Q(until_on=None), name="person_holds_a_post_once"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="holding_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} – {self.post}"


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def in_force(self, at: datetime | None = None) -> "RoleGrantQuerySet":
        at = at or clock.now()
        return self.filter(state=GrantState.GRANTED, valid_from__lte=at).filter(Q(valid_to=None) | Q(valid_to__gt=at))

    def not_ended(self, at: datetime | None = None) -> "RoleGrantQuerySet":
        """In force, or granted for later."""
        at = at or clock.now()
        return self.filter(state=GrantState.GRANTED).filter(Q(valid_to=None) | Q(valid_to__gt=at))

    def administrators(self) -> "RoleGrantQuerySet":
        return self.filter(role=Role.SYSTEM_ADMINISTRATOR)

    def visible_to(self, actor: Actor) -> "RoleGrantQuerySet":
        """Those in agencies of the actor's subtrees; grants for the whole city to whom the whole city is open."""
        scopes = actor.scopes("accounts.view_people")
        return self if EVERYWHERE in scopes else self.filter(under(scopes, "agency__path"))


class RoleGrant(models.Model):
    """A role given to a person in an agency and all under it (no agency: in the whole city)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=30, choices=[(role.value, role.value) for role in Role])
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="grants")
    state = models.CharField(
        max_length=10, choices=[(state.value, state.value) for state in GrantState], default=GrantState.GRANTED
    )
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    # None: granted by songcau itself, from the command line.
    granted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(db_default=Now(), editable=False)
    reason = models.CharField(max_length=500)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawal_reason = models.CharField(max_length=500, blank=True, default="")
    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from"]
        indexes = [models.Index(fields=["state", "valid_to"], name="grant_by_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="grant_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.SYSTEM_ADMINISTRATOR.value) | Q(agency=None),
                name="administrator_is_of_the_whole_city",
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=False) | Q(role__in=[role for role in Role if facts_of(role).whole_city]),
                name="grant_without_agency_is_of_the_whole_city",
            ),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("person")), name="nobody_grants_to_oneself"
            ),
            models.CheckConstraint(
                condition=Q(state="WITHDRAWN", withdrawn_at__isnull=False) & ~Q(withdrawal_reason="")
                | Q(~Q(state="WITHDRAWN"), withdrawn_at=None),
                name="withdrawn_grant_says_when_and_why",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "agency"],
                condition=Q(state="GRANTED"),
                name="role_granted_once",
            ),
            models.UniqueConstraint(
                fields=["person", "role"],
                condition=Q(state="GRANTED", agency=None),
                name="whole_city_role_granted_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} – {self.person}"

    @property
    def scope(self) -> str:
        return self.agency.path if self.agency else EVERYWHERE

    def as_grant(self) -> Grant:
        """For the kernel's actor; it carries its own end, so that it runs out in the middle of a request."""
        return Grant(carried_by(Role(self.role)), self.scope, self.valid_to)


class CacheEntry(models.Model):
    """The table of Django's database cache: lockout counters stand in it, so that it must come with the migrations."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "shell_cache"

    def __str__(self) -> str:
        return self.cache_key
