"""The kinds of notices of directives."""

from django.utils.translation import gettext_lazy as _

from songcau.foundation.notifications.kinds import Kind, instant_in_words
from songcau.foundation.notifications.rules import Urgency
from songcau.systems.directives.rules import AGENCY, GIVER

DRAFTED = "directives.drafted"
DRAFT_REFUSED = "directives.draft_refused"
GIVEN = "directives.given"
GIVEN_URGENT = "directives.given_urgent"
SUPPORT = "directives.support"
CHANGED = "directives.changed"
CONTRIBUTED = "directives.contributed"
EXTENSION_ASKED = "directives.extension_asked"
EXTENSION_APPROVED = "directives.extension_approved"
EXTENSION_REFUSED = "directives.extension_refused"
DONE = "directives.done"
SENT_BACK = "directives.sent_back"
CLOSED = "directives.closed"
WITHDRAWN = "directives.withdrawn"
NUDGED = "directives.nudged"
SOON = "directives.soon"
LATE = "directives.late"
LATE_TO_GIVER = "directives.late_to_giver"


_PARAMS = frozenset({"code", "title", "lead", "due"})
_WAITS = _("A directive waits for you.")
_NEWS = _("There is news of a directive.")
_DUE = _("%(title)s. It is due by %(due)s.")
_STANDS = _("%(title)s. What was said stands on its page.")


def _kind(code: str, name: object, title: object, body: object, *, permission: str, **more: object) -> Kind:
    facts = {"short": _WAITS, **more}
    return Kind(
        code,
        name=name,  # type: ignore[arg-type]
        title=title,  # type: ignore[arg-type]
        body=body,  # type: ignore[arg-type]
        params=_PARAMS,
        permission=permission,
        says={"due": instant_in_words},
        **facts,  # type: ignore[arg-type]
    )


KINDS = (
    _kind(
        DRAFTED,
        _("A draft waits for my decision"),
        _("Draft directive %(code)s waits for your decision"),
        _("%(title)s. For: %(lead)s."),
        permission=GIVER,
    ),
    _kind(
        DRAFT_REFUSED,
        _("A draft of mine was not given"),
        _("Draft directive %(code)s was not given"),
        _STANDS,
        permission="directives.draft",
        short=_NEWS,
    ),
    _kind(
        GIVEN,
        _("A directive was given to us"),
        _("Directive %(code)s was given to %(lead)s"),
        _DUE,
        permission=AGENCY,
    ),
    _kind(
        GIVEN_URGENT,
        _("An urgent directive was given to us"),
        _("Urgent directive %(code)s was given to %(lead)s"),
        _DUE,
        permission=AGENCY,
        urgency=Urgency.URGENT,
    ),
    _kind(
        SUPPORT,
        _("We are to support a directive"),
        _("Please support directive %(code)s, led by %(lead)s"),
        _DUE,
        permission=AGENCY,
    ),
    _kind(
        CHANGED,
        _("A directive of ours was changed"),
        _("Directive %(code)s was changed"),
        _DUE,
        permission=AGENCY,
        short=_NEWS,
    ),
    _kind(
        CONTRIBUTED,
        _("A supporting agency has reported"),
        _("A supporting agency has reported on directive %(code)s"),
        _STANDS,
        permission=AGENCY,
        short=_NEWS,
    ),
    _kind(
        EXTENSION_ASKED,
        _("More time is asked of me"),
        _("More time is asked for directive %(code)s"),
        _("%(title)s. %(lead)s asks for more time; the reason stands on its page. Until you answer, %(due)s holds."),
        permission=GIVER,
    ),
    _kind(
        EXTENSION_APPROVED,
        _("More time was granted to us"),
        _("More time was granted for directive %(code)s"),
        _DUE,
        permission=AGENCY,
        short=_NEWS,
    ),
    _kind(
        EXTENSION_REFUSED,
        _("More time was refused to us"),
        _("More time was refused for directive %(code)s"),
        _DUE,
        permission=AGENCY,
        short=_NEWS,
    ),
    _kind(
        DONE,
        _("A result waits for me to accept it"),
        _("Directive %(code)s is reported as done"),
        _("%(title)s. %(lead)s asks you to look at the evidence and to accept the result or send it back."),
        permission=GIVER,
    ),
    _kind(
        SENT_BACK,
        _("A result of ours was sent back"),
        _("Directive %(code)s was sent back: it is not done yet"),
        _DUE,
        permission=AGENCY,
    ),
    _kind(
        CLOSED,
        _("A result of ours was accepted"),
        _("The result of directive %(code)s was accepted"),
        _STANDS,
        permission=AGENCY,
        short=_NEWS,
    ),
    _kind(
        WITHDRAWN,
        _("A directive of ours was withdrawn"),
        _("Directive %(code)s was withdrawn"),
        _STANDS,
        permission=AGENCY,
        short=_NEWS,
    ),
    _kind(
        NUDGED,
        _("A leader asks how a directive stands"),
        _("How does directive %(code)s stand?"),
        _("%(title)s. It is due by %(due)s. Please report how far it is."),
        permission=AGENCY,
    ),
    _kind(
        SOON,
        _("A directive of ours is due soon"),
        _("Directive %(code)s is due soon"),
        _DUE,
        permission=AGENCY,
    ),
    _kind(
        LATE,
        _("A directive of ours is late"),
        _("Directive %(code)s is late"),
        _("%(title)s. It was due by %(due)s. Please report, or ask for more time with the reason."),
        permission=AGENCY,
        short=_("A directive is late."),
    ),
    _kind(
        LATE_TO_GIVER,
        _("A directive that I gave is late"),
        _("Directive %(code)s of %(lead)s is late"),
        _("%(title)s. It was due by %(due)s."),
        permission=GIVER,
        short=_("A directive is late."),
    ),
)
