"""The queue of alerts, and what is done with several at once."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell.deeds import refused_in_words
from songcau.foundation.shell.lists import State, render_list
from songcau.foundation.shell.words import say
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import NotAllowed, Refused
from songcau.systems.incidents.actions.alerts.grouping import group_alerts, ungroup_alert
from songcau.systems.incidents.actions.alerts.handling import acknowledge_alert, close_alert
from songcau.systems.incidents.models import Alert
from songcau.systems.incidents.pages import code_words, listing
from songcau.systems.incidents.pages.code_words import Words
from songcau.systems.incidents.permissions import may_operate
from songcau.systems.incidents.queries import alerts as queries
from songcau.systems.incidents.rules.alerts import require_count
from songcau.systems.incidents.rules.levels import Level
from songcau.systems.incidents.rules.texts import NOTE_LIMIT

ACTS: dict[str, Words] = {
    "acknowledge": gettext_lazy("Acknowledge"),
    "close": gettext_lazy("Close with the note"),
    "group": gettext_lazy("Group into one line"),
    "ungroup": gettext_lazy("Let each stand alone"),
    "incident": gettext_lazy("Open an incident with them"),
}
CENTRES_ACTS = ("group", "ungroup", "incident")
MOST_TOLD = 5


class BulkForm(forms.Form):
    """What is done with those ticked."""

    act = forms.ChoiceField(label=pgettext_lazy("alerts", "What is to be done"))
    text = forms.CharField(
        label=gettext_lazy("Closing note"),
        required=False,
        max_length=NOTE_LIMIT,
        help_text=gettext_lazy("Needed to close: what was found and done."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, at_the_centre: bool) -> None:
        super().__init__(data)
        pairs = [(code, words) for code, words in ACTS.items() if at_the_centre or code not in CENTRES_ACTS]
        self.fields["act"].choices = pairs  # type: ignore[attr-defined]


@requires("incidents.view")
@require_GET
def queue(request: HttpRequest) -> HttpResponseBase:
    """Open lines: the most serious first, of those what nobody took. Filtered for a standing, what is closed too."""
    by = actor_of(request)
    at_the_centre = may_operate(by)
    lines = queries.lines_of(by)
    says = State(listing.ALERTS, request.GET).values
    rows = lines if says["standing"] else lines.filter(is_open=True)
    may_act = by.may("incidents.handle")
    wanted = listing.ALERTS
    extra: dict[str, object] = {
        "levels": [(str(one), count) for one, count in zip(Level, queries.open_counts(lines).values(), strict=True)],
        "level": says["level"],
        "standing": says["standing"],
        "unacknowledged": queries.unacknowledged(lines, clock.now()),
        "at_the_centre": at_the_centre,
        "may_act": may_act,
        "now": clock.now(),
        "bulk": BulkForm(at_the_centre=at_the_centre) if may_act else None,
    }
    if may_act and request.GET.get("format", "") == "":
        wanted = listing.with_tick(wanted)
    return render_list(request, wanted, rows, template="incidents/alerts.html", extra=extra)


@requires("incidents.handle")
@require_POST
def many(request: HttpRequest) -> HttpResponse:
    """Do it with each, and tell what came of it. Each stands for itself: what one refuses stops no other."""
    by = actor_of(request)
    back = then_address(request, reverse("incidents:alerts"))
    ids = _chosen(request)
    form = BulkForm(request.POST, at_the_centre=may_operate(by))
    if not form.is_valid():
        messages.error(request, _("Please choose what is to be done, and tick the alerts."))
        return redirect(back)
    act, text = form.cleaned_data["act"], form.cleaned_data["text"]
    if act == "incident" and ids:
        query = urlencode([("alert", str(one)) for one in ids])
        return redirect(f"{reverse('incidents:incident_open')}?{query}")
    try:
        require_count(len(ids))
        _do(request, by, act, ids, text)
    except (Refused, NotAllowed) as refusal:
        messages.error(request, _in_words(refusal))
    return redirect(back)


def _do(request: HttpRequest, by: Actor, act: str, ids: list[UUID], text: str) -> None:
    if act == "group":
        head = group_alerts(by=by, alert_ids=ids)
        words = _("%(count)s alerts stand under one line now.") % {"count": head.members_count}
        messages.success(request, words)
        return
    one_by_one: dict[str, Callable[[UUID], object]] = {
        "acknowledge": lambda pk: acknowledge_alert(by=by, alert_id=pk),
        "close": lambda pk: close_alert(by=by, alert_id=pk, text=text),
        "ungroup": lambda pk: ungroup_alert(by=by, alert_id=pk),
    }
    done, refused = 0, []
    for pk in ids:
        try:
            one_by_one[act](pk)
            done += 1
        except (Refused, NotAllowed) as refusal:
            refused.append(_in_words(refusal))
    if done:
        counted = ngettext("%(count)s alert", "%(count)s alerts", done) % {"count": done}
        messages.success(request, _("%(act)s: done with %(alerts)s.") % {"act": ACTS[act], "alerts": counted})
    _tell_refused(request, refused)


def _tell_refused(request: HttpRequest, refused: Iterable[str]) -> None:
    """Each reason once, with how many it stopped."""
    said = list(refused)
    for words in list(dict.fromkeys(said))[:MOST_TOLD]:
        count = said.count(words)
        messages.warning(request, words if count == 1 else f"{words} (×{count})")


def _in_words(refusal: Refused | NotAllowed) -> str:
    return refused_in_words(refusal, code_words.FIELDS) if isinstance(refusal, Refused) else say(refusal)


def _chosen(request: HttpRequest) -> list[UUID]:
    """The alerts ticked that the person may see, in the order of the queue; what makes no sense is passed over."""
    found = []
    for text in request.POST.getlist("chosen")[:1000]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    visible = set(Alert.objects.visible_to(actor_of(request)).filter(pk__in=found).values_list("pk", flat=True))
    return [pk for pk in dict.fromkeys(found) if pk in visible]


def then_address(request: HttpRequest, otherwise: str) -> str:
    """Where the form asked to go on, within these pages."""
    wanted = request.POST.get("then", "")
    ours = url_has_allowed_host_and_scheme(wanted, None) and wanted.startswith("/incidents/")
    return wanted if ours else otherwise
