"""What accounts holds about a person: the account, posts, roles, delegations, ways of signing in, and the log."""

from collections.abc import Sequence
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.delegation.models import Delegation
from songcau.foundation.accounts.entering import providers
from songcau.foundation.accounts.identity_models import PHONE_PROVIDER, Identity
from songcau.foundation.accounts.models import Holding, Person, RoleGrant
from songcau.foundation.accounts.personal_data.sources import Section, Words, newest, said
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.words import DELEGATION_STATES, GRANT_STATES, ROLES
from songcau.foundation.audit.models import Entry
from songcau.kernel import clock

WHOLE_CITY = _("Whole city")
FACTORS = {
    Authenticator.Type.TOTP: _("Authenticator app"),
    Authenticator.Type.RECOVERY_CODES: _("Recovery codes"),
    Authenticator.Type.WEBAUTHN: _("Passkey"),
}
# Entries of the log that hold a word of the person's own life, besides when and who.
_TOLD = ("reason", "address", "previous_address")


class OfAccounts:
    code = "accounts"
    title: Words = _("Accounts, posts and roles")

    def held_about(self, person_id: UUID, *, most: int) -> Sequence[Section]:
        person = Person.objects.select_related("home").get(pk=person_id)
        return (
            _account(person),
            _posts(person, most),
            _roles(person, most),
            _delegations(person, most),
            _ways(person),
            _factors(person),
            _sessions(person, most),
            _log(person, most),
        )


def _account(person: Person) -> Section:
    return Section(
        code="account",
        title=_("Account"),
        columns=(_("Item"), _("Content")),
        rows=(
            (_("Full name"), person.full_name),
            (_("Username"), person.username),
            (_("E-mail"), person.email),
            (_("Telephone"), person.phone),
            (_("Agency"), person.home.name if person.home else ""),
            (_("Account since"), person.added_at),
            (_("Last seen"), person.last_seen),
        ),
        why=_("To know who signs in, and to reach you."),
        kept=_("As long as there is the account. It is switched off when you leave, and not deleted."),
        correctable=True,
        erasable=True,
        why_not=_(
            "E-mail and telephone can be erased. The name and the username stay, because the log says who did what."
        ),
    )


def _posts(person: Person, most: int) -> Section:
    found = Holding.objects.filter(person=person).select_related("post__agency")
    rows, left = newest(found, most)
    return Section(
        code="posts",
        title=_("Posts"),
        columns=(_("Post"), _("Agency"), _("From"), _("Until")),
        rows=[(one.post.title, one.post.agency.name, one.from_on, one.until_on) for one in rows],
        why=_("To know in which office you act."),
        kept=_("For good, as the record of who held which office when."),
        correctable=True,
        why_not=_("A record of public service is kept under the law on archives; wrong dates are put right."),
        left_out=left,
    )


def _roles(person: Person, most: int) -> Section:
    found = RoleGrant.objects.filter(person=person).select_related("agency", "granted_by")
    rows, left = newest(found, most)
    return Section(
        code="roles",
        title=_("Roles"),
        columns=(_("Role"), _("Where"), _("From"), _("Until"), _("State"), _("Given by"), _("Reason")),
        rows=[
            (
                ROLES[Role(one.role)],
                one.agency.name if one.agency else WHOLE_CITY,
                one.valid_from,
                one.valid_to,
                GRANT_STATES[one.state],
                one.granted_by.full_name if one.granted_by else "songcau",
                one.reason,
            )
            for one in rows
        ],
        why=_("To decide what you may do and see."),
        kept=_("For good, because what was done with a role can be asked about later."),
        why_not=_("A role is withdrawn, not erased. If it is wrong, ask the administrator of your agency."),
        left_out=left,
    )


def _delegations(person: Person, most: int) -> Section:
    found = Delegation.objects.of_person(person.id).with_facts()
    rows, left = newest(found, most)
    now = clock.now()
    return Section(
        code="delegations",
        title=_("Delegations during leave"),
        columns=(_("Role"), _("Delegated by"), _("Delegated to"), _("From"), _("Until"), _("State"), _("Reason")),
        rows=[
            (
                ROLES[Role(one.grant.role)],
                one.grant.person.full_name,
                one.delegate.full_name,
                one.starts_at,
                one.ends_at,
                DELEGATION_STATES[one.state_at(now)],
                one.reason,
            )
            for one in rows
        ],
        why=_("To know who acts for whom, and when."),
        kept=_("For good, because what was done with a role can be asked about later."),
        why_not=_("A delegation is withdrawn, not erased."),
        left_out=left,
    )


def _ways(person: Person) -> Section:
    return Section(
        code="ways",
        title=_("What providers and your telephone say about you"),
        columns=(
            _("Way"),
            _("Known there as"),
            _("Full name"),
            _("Date of birth"),
            _("Telephone"),
            _("Identity number"),
            _("Since"),
            _("Last used"),
        ),
        rows=[
            (
                _label(one),
                one.subject,
                one.full_name,
                one.birth,
                one.phone,
                _("as a fingerprint only") if one.number_hash else "",
                one.linked_at,
                one.last_used_at,
            )
            for one in person.identities.order_by("-linked_at")
        ],
        why=_("To know you again when you sign in by them."),
        kept=_("Until you remove the way."),
        erasable=True,
        why_not=_("You remove a way yourself under “My ways to sign in”; one must be left."),
    )


def _label(identity: Identity) -> Words:
    if identity.provider == PHONE_PROVIDER:
        return _("Telephone")
    known = providers().get(identity.provider)
    return known.label if known else identity.provider


def _factors(person: Person) -> Section:
    found = Authenticator.objects.filter(user=person).order_by("-created_at")
    return Section(
        code="sign_in",
        title=_("Ways of signing in"),
        columns=(_("Item"), _("Called"), _("Since"), _("Last used")),
        rows=[
            (FACTORS.get(one.type, one.type), (one.data or {}).get("name", ""), one.created_at, one.last_used_at)
            for one in found
        ],
        why=_("To make sure that it is you. Passwords are kept as a fingerprint only, secrets encrypted."),
        kept=_("Until you remove them."),
        erasable=True,
        why_not=_("You change these yourself under “Signing in”; staff keep at least one second factor."),
    )


def _sessions(person: Person, most: int) -> Section:
    rows, left = newest(UserSession.objects.filter(user=person).order_by("-last_seen_at"), most)
    return Section(
        code="sessions",
        title=_("Where you are signed in"),
        columns=(_("Browser, as it names itself"), _("Network address"), _("Since"), _("Last seen")),
        rows=[(one.user_agent, one.ip, one.created_at, one.last_seen_at) for one in rows],
        why=_("To end a session that is not yours."),
        kept=_("Until you sign out, at most 12 hours."),
        erasable=True,
        why_not=_("You end sessions yourself on the page of your account."),
        left_out=left,
    )


def _log(person: Person, most: int) -> Section:
    found = Entry.objects.filter(subject=f"accounts.person:{person.pk}").order_by("-sequence")
    rows, left = newest(found, most)
    return Section(
        code="log",
        title=_("Entries of the audit log about your account"),
        columns=(_("When"), _("What"), _("Who"), _("From where, or why")),
        rows=[(one.at, said(one.action), one.actor_label, _told(one)) for one in rows],
        why=_("To find out what happened when something is wrong, and who is answerable."),
        kept=_("For good. Each entry is signed over the one before it, so none can be taken out."),
        why_not=_("The law asks for a log that nobody can alter. An entry is neither changed nor erased."),
        left_out=left,
    )


def _told(entry: Entry) -> str:
    details = entry.details
    return ", ".join(str(details[name]) for name in _TOLD if details.get(name))
