"""What notifications hold about a person, for the page of one's own data."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.personal_data.sources import Section, Words, newest
from songcau.foundation.notifications.models import Delivery, Notice, ZaloFollower, quiet_of
from songcau.foundation.notifications.rendering import full
from songcau.foundation.notifications.rules import OUTSIDE
from songcau.foundation.notifications.words import CHANNELS, STATES


class OfNotices:
    code = "notifications"
    title: Words = _("Notices and messages")

    def held_about(self, person_id: UUID, *, most: int) -> Sequence[Section]:
        return (_notices(person_id, most), _messages(person_id, most), _choices(person_id))


def _notices(person_id: UUID, most: int) -> Section:
    found = Notice.objects.of(person_id)
    rows, left = newest(found, most)
    texts = [full(one.kind, one.params) for one in rows]
    return Section(
        code="notices",
        title=_("What you were told"),
        columns=(_("When"), _("Heading"), _("Text"), _("Read")),
        rows=[(one.created_at, text.title, text.body, one.read_at) for one, text in zip(rows, texts, strict=True)],
        why=_("So that you can read it again."),
        kept=_("For one year."),
        why_not=_("It is erased by itself after a year."),
        left_out=left,
    )


def _messages(person_id: UUID, most: int) -> Section:
    found = Delivery.objects.filter(person_id=person_id, channel__in=OUTSIDE).select_related("notice")
    rows, left = newest(found.order_by("-notice__created_at", "id"), most)
    return Section(
        code="messages",
        title=_("What was sent to you"),
        columns=(_("When"), _("Channel"), _("State"), _("Sent")),
        rows=[(one.notice.created_at, CHANNELS[one.channel], STATES[one.state], one.sent_at) for one in rows],
        why=_("To send it again when it did not arrive."),
        kept=_("For one year."),
        why_not=_("It is erased by itself after a year."),
        left_out=left,
    )


def _choices(person_id: UUID) -> Section:
    zalo = ZaloFollower.objects.filter(person_id=person_id).first()
    quiet = quiet_of(person_id)
    return Section(
        code="choices",
        title=_("How you are told"),
        columns=(_("Quiet hours from"), _("Quiet hours until"), _("Number of your Zalo account with us")),
        rows=[(f"{quiet.begins:%H:%M}", f"{quiet.ends:%H:%M}", zalo.user_id if zalo else "")],
        why=_("To tell you when and where you want it."),
        kept=_("As long as your account."),
        correctable=True,
        erasable=True,
    )
