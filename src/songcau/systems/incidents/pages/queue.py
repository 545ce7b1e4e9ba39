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
from songcau.systems.incidents.rules.texts import NOTE_LIMIT, require_words

ACTS: dict[str, Words] = {
    "acknowledge": gettext_lazy("Acknowledge"),
    "close": gettext_lazy("Close with the note"),
    "group": gettext_lazy("Group into one line"),
    "ungroup": gettext_lazy("Let each stand alone"),
    "incident": gettext_lazy("Open an incident with them"),
}
DONE: dict[str, Words] = {
    "acknowledge": gettext_lazy("Acknowledged: %(what)s."),
    "close": gettext_lazy("Closed: %(what)s."),
    "ungroup": gettext_lazy("Each in a line of its own now: %(what)s."),
}
CENTRES_ACTS = ("group", "ungroup", "incident")
MOST_TOLD = 5
# In the session: an act of many that was refused, until its page is shown again.
KEPT = "incidents.unfinished_act"
MOST_KEPT = NOTE_LIMIT * 2


class ClosingNote(forms.CharField):
    """Asked of who closes, by the form; by its label, of everybody."""

    def validate(self, value: Any) -> None:
        pass


class BulkForm(forms.Form):
    """What is done with those ticked."""

    use_required_attribute = False
    act = forms.ChoiceField(label=pgettext_lazy("alerts", "What is to be done"))
    text = ClosingNote(
        label=gettext_lazy("Closing note"),
        max_length=NOTE_LIMIT,
        help_text=gettext_lazy("Only to close, and needed then: what was found and done."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, at_the_centre: bool) -> None:
        super().__init__(data)
        pairs = [(code, words) for code, words in ACTS.items() if at_the_centre or code not in CENTRES_ACTS]
        self.fields["act"].choices = pairs  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if self.cleaned_data.get("act") == "close":
            try:
                return require_words(text)
            except Refused as refusal:
                raise forms.ValidationError(say(refusal)) from None
        return text


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
    bulk = _unfinished(request, at_the_centre) if may_act and not request.GET.get("format") else None
    extra: dict[str, object] = {
        "levels": [(str(one), count) for one, count in zip(Level, queries.open_counts(lines).values(), strict=True)],
        "level": says["level"],
        "standing": says["standing"],
        "unacknowledged": queries.unacknowledged(lines, clock.now()),
        "at_the_centre": at_the_centre,
        "may_act": may_act,
        "now": clock.now(),
        "bulk": bulk,
        "ticked": set(bulk.data.get("chosen", ())) if bulk else set(),
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
    try:
        require_count(len(ids), least=2 if request.POST.get("act") == "group" else 1)
        if form.is_valid():
            return _done(request, by, form, ids) or redirect(back)
        _keep(request, ids)
    except (Refused, NotAllowed) as refusal:
        _keep(request, ids, _in_words(refusal))
    return redirect(back)


def _keep(request: HttpRequest, ids: list[UUID], refused: str = "") -> None:
    """For the page that is shown next: what was ticked, chosen and written is not done yet, and not lost."""
    said = {name: request.POST.get(name, "")[:MOST_KEPT] for name in ("act", "text")}
    request.session[KEPT] = {**said, "chosen": [str(one) for one in ids], "refused": refused}


def _unfinished(request: HttpRequest, at_the_centre: bool) -> BulkForm:
    kept = request.session.pop(KEPT, None)
    form = BulkForm(kept, at_the_centre=at_the_centre)
    if kept and kept["refused"]:
        form.add_error(None, kept["refused"])
    return form


def _done(request: HttpRequest, by: Actor, form: BulkForm, ids: list[UUID]) -> HttpResponse | None:
    act = form.cleaned_data["act"]
    if act == "incident":
        query = urlencode([("alert", str(one)) for one in ids])
        return redirect(f"{reverse('incidents:incident_open')}?{query}")
    _do(request, by, act, ids, form.cleaned_data["text"])
    return None


def _do(request: HttpRequest, by: Actor, act: str, ids: list[UUID], text: str) -> None:
    if act == "group":
        head = group_alerts(by=by, alert_ids=ids)
        words = _("%(count)s alerts stand in one line now.") % {"count": head.members_count + 1}
        messages.success(request, words)
        return
    one_by_one: dict[str, Callable[[UUID], object]] = {
        "acknowledge": lambda pk: acknowledge_alert(by=by, alert_id=pk),
        "close": lambda pk: close_alert(by=by, alert_id=pk, text=text),
        "ungroup": lambda pk: ungroup_alert(by=by, alert_id=pk),
    }
    lines, alerts, refused = 0, 0, []
    for pk in ids:
        reached = queries.reached(pk, act)
        try:
            one_by_one[act](pk)
            lines, alerts = lines + 1, alerts + reached
        except (Refused, NotAllowed) as refusal:
            refused.append(_in_words(refusal))
    if lines:
        messages.success(request, DONE[act] % {"what": _counted(lines, alerts, act)})
    _tell_refused(request, refused)


def _counted(lines: int, alerts: int, act: str) -> str:
    """Of a line that is a group: how many alerts it stands for."""
    counted = ngettext("%(count)s alert", "%(count)s alerts", alerts) % {"count": alerts}
    if alerts == lines or act == "ungroup":
        return counted
    said = ngettext("%(count)s line (%(alerts)s)", "%(count)s lines (%(alerts)s)", lines)
    return said % {"count": lines, "alerts": counted}


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
