"""Other systems that speak Open311: where they answer, what goes and comes; keys for those that send."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell import written
from songcau.foundation.shell.deeds import Confirmation, Deed, carry_out, posted
from songcau.foundation.shell.lists import Column, Listing, render_list
from songcau.foundation.shell.words import refusals, say
from songcau.kernel.errors import Anticipated
from songcau.systems.citizen_reports.actions import api_keys, jurisdictions
from songcau.systems.citizen_reports.models import ApiKey, Jurisdiction
from songcau.systems.citizen_reports.rules import LinkState

ANY = ["GET", "HEAD", "POST"]
_LIST = "citizen_reports/setting_up/list.html"


def _direction(row: Jurisdiction) -> str:
    said = [words for is_so, words in ((row.forwards, _("we send")), (row.pulls, _("we fetch"))) if is_so]
    return ", ".join(said) or _("paused")


def fault_words(row: Jurisdiction) -> str:
    """What was wrong last, kept as a code and what was said."""
    code, _space, why = row.last_error.partition(" ")
    if code == "NOT_TAKEN":
        return _("%(n)s of its reports could not be taken: their kind is not mapped, or they say nothing.") % {"n": why}
    words = refusals().get(code)
    return str(words) % {"why": why} if words else row.last_error


OTHERS = Listing(
    title=gettext_lazy("Other systems (Open311)"),
    columns=(
        Column(
            "name",
            pgettext_lazy("a thing", "Name"),
            lambda row: row.name,
            sort="name",
            link=lambda row: reverse("citizen_reports:jurisdiction", args=[row.pk]),
        ),
        Column("address", gettext_lazy("Address"), lambda row: row.base_url),
        Column("direction", gettext_lazy("Now"), _direction),
        Column("success", gettext_lazy("Answered last"), lambda row: row.last_success_at, sort="last_success_at"),
        Column("fault", gettext_lazy("What was wrong last"), fault_words),
        Column("waiting", gettext_lazy("Wait to be sent"), lambda row: row.waiting, sort="waiting", numeric=True),
        Column("failed", gettext_lazy("Could not be sent"), lambda row: row.failed, sort="failed", numeric=True),
    ),
    default_sort="name",
    file_name="he-thong-open311",
    empty_title=gettext_lazy("No other system yet"),
    empty_text=gettext_lazy(
        "A power company or the province, where they speak Open311, can get reports by themselves."
    ),
)
KEYS = Listing(
    title=gettext_lazy("Keys of other systems"),
    columns=(
        Column("name", pgettext_lazy("a thing", "Name"), lambda row: row.name, sort="name"),
        Column("hint", gettext_lazy("Begins with"), lambda row: f"{row.hint}…"),
        Column("system", gettext_lazy("System"), lambda row: row.jurisdiction.name if row.jurisdiction else ""),
        Column("trusted", gettext_lazy("A register that is taken over"), lambda row: row.is_trusted),
        Column("made", gettext_lazy("Given out"), lambda row: row.made_at, sort="made_at"),
        Column("revoked", gettext_lazy("Taken back"), lambda row: row.revoked_at, sort="revoked_at"),
        Column(
            "revoke",
            gettext_lazy("Take it back"),
            lambda row: "" if row.revoked_at else _("Take it back …"),
            link=lambda row: reverse("citizen_reports:api_key_revoke", args=[row.pk]),
        ),
    ),
    default_sort="name",
    file_name="khoa-open311",
    empty_title=gettext_lazy("No key yet"),
    empty_text=gettext_lazy("Whoever sends reports to us by Open311 needs one."),
)


class PairsField(forms.CharField):
    """A line for each pair: `OURS = THEIRS`."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})

    def to_python(self, value: Any) -> dict[str, str]:  # type: ignore[override]
        found: dict[str, str] = {}
        for number, line in enumerate((super().to_python(value) or "").splitlines(), 1):
            if not line.strip():
                continue
            left, sign, right = (part.strip() for part in line.partition("="))
            if not (left and sign and right) or left in found:
                raise forms.ValidationError(_("Line %(n)s: write “code = code”, each code once.") % {"n": number})
            found[left] = right
        return found

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{left} = {right}" for left, right in value.items()) if isinstance(value, dict) else value


class JurisdictionForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("a thing", "Name"), max_length=120)
    base_url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=300,
        help_text=gettext_lazy("To what stands before “/requests.json”, as https://example.vn/open311/v2"),
    )
    jurisdiction_id = forms.CharField(
        label=gettext_lazy("Its jurisdiction_id"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Only where one address serves several places."),
    )
    api_key = forms.CharField(
        label=gettext_lazy("Key that they gave us"),
        required=False,
        max_length=300,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept sealed and never shown again. Empty leaves it as it is."),
    )
    forgets_key = forms.BooleanField(label=gettext_lazy("Forget the key that is kept"), required=False)
    forwards = forms.BooleanField(label=gettext_lazy("Send reports there"), required=False)
    sends = PairsField(
        label=gettext_lazy("What is sent there"),
        required=False,
        help_text=gettext_lazy("A line each: our category = their service. “*” stands for every other category."),
    )
    pulls = forms.BooleanField(label=gettext_lazy("Fetch reports from there"), required=False)
    takes = PairsField(
        label=gettext_lazy("What is fetched from there"),
        required=False,
        help_text=gettext_lazy("A line each: their service = our category. “*” stands for every other service."),
    )


class KeyForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Who gets it"), max_length=120, help_text=gettext_lazy("A name of its own for each system.")
    )
    jurisdiction = forms.ModelChoiceField(
        label=gettext_lazy("System"), queryset=Jurisdiction.objects.all(), required=False
    )
    is_trusted = forms.BooleanField(
        label=gettext_lazy("A register that is taken over"),
        required=False,
        help_text=gettext_lazy("Its reports say themselves when they came and how they stand."),
    )


@requires("citizen_reports.configure")
@require_GET
def others(request: HttpRequest) -> HttpResponseBase:
    """The list of other systems, with how they answered last."""
    waiting = Q(links__state__in=[LinkState.WAITING, LinkState.SENDING])
    rows = Jurisdiction.objects.annotate(
        waiting=Count("links", filter=waiting), failed=Count("links", filter=Q(links__state=LinkState.FAILED))
    )
    extra = {"add": reverse("citizen_reports:jurisdiction_add"), "add_words": _("Add a system")}
    return render_list(request, OTHERS, rows, template=_LIST, extra=extra)


@requires("citizen_reports.configure")
@require_http_methods(ANY)
def add(request: HttpRequest) -> HttpResponse:
    """Another system."""
    return _jurisdiction(request, None)


@requires("citizen_reports.configure")
@require_http_methods(ANY)
def change(request: HttpRequest, jurisdiction_id: UUID) -> HttpResponse:
    """How it is spoken with; and whether it answers."""
    return _jurisdiction(request, _found(jurisdiction_id))


def _found(jurisdiction_id: UUID) -> Jurisdiction:
    found = Jurisdiction.objects.filter(pk=jurisdiction_id).first()
    if found is None:
        raise Http404
    return found


def _deed(listing: Listing, name: str, title: Any, submit: Any, notice: Any = "", *, danger: bool = False) -> Deed:
    page = reverse(f"citizen_reports:{name}")
    return Deed(title, submit, page, notice, danger=danger, crumbs=((listing.title, page),), here=title)


def _jurisdiction(request: HttpRequest, row: Jurisdiction | None) -> HttpResponse:
    initial: dict[str, Any] = {}
    if row is not None:
        takes = {theirs: ours for theirs, ours in row.service_map.items() if theirs != "out"}
        names = ("name", "base_url", "jurisdiction_id", "forwards", "pulls")
        initial = {name: getattr(row, name) for name in names}
        initial |= {"sends": row.service_map.get("out", {}), "takes": takes}

    def act(values: Mapping[str, Any]) -> None:
        names = ("name", "base_url", "jurisdiction_id", "forwards", "pulls", "sends", "takes")
        key = "" if values["forgets_key"] else values["api_key"] or None
        jurisdictions.set_jurisdiction(
            by=actor_of(request),
            facts=jurisdictions.Facts(**{name: values[name] for name in names}),
            jurisdiction_id=row.pk if row else None,
            api_key=key,
        )

    return carry_out(
        request,
        JurisdictionForm(posted(request), initial=initial),
        _deed(OTHERS, "jurisdictions", row.name if row else _("Add a system"), _("Save")),
        act,
        done=_("Saved."),
        facts={"row": row, "fault": fault_words(row) if row else ""},
        template="citizen_reports/setting_up/jurisdiction.html",
    )


@requires("citizen_reports.configure")
@require_POST
def attempt(request: HttpRequest, jurisdiction_id: UUID) -> HttpResponse:
    """Ask whether it answers. What it says is shown, and kept with it."""
    row = _found(jurisdiction_id)
    try:
        jurisdictions.try_jurisdiction(by=actor_of(request), jurisdiction_id=row.pk)
    except Anticipated as fault:
        messages.error(request, say(fault))
    else:
        messages.success(request, _("%(name)s answers.") % {"name": row.name})
    return redirect("citizen_reports:jurisdiction", row.pk)


@requires("citizen_reports.configure")
@require_http_methods(ANY)
def pause(request: HttpRequest, jurisdiction_id: UUID) -> HttpResponse:
    """Send nothing there and fetch nothing, until it is set up to again."""
    row = _found(jurisdiction_id)
    notice = _(
        "Nothing is sent there or fetched from there. What waits is kept, and goes out when sending is on again."
    )
    return carry_out(
        request,
        Confirmation(posted(request)),
        _deed(OTHERS, "jurisdictions", _("Pause “%(name)s”?") % {"name": row.name}, _("Pause"), notice, danger=True),
        lambda _values: jurisdictions.pause_jurisdiction(by=actor_of(request), jurisdiction_id=row.pk),
        done=_("Paused."),
    )


@requires("citizen_reports.configure")
@require_GET
def keys(request: HttpRequest) -> HttpResponseBase:
    """The keys that were given out; none of them can be read again."""
    extra = {"add": reverse("citizen_reports:api_key_add"), "add_words": _("Give a key out")}
    return render_list(request, KEYS, ApiKey.objects.select_related("jurisdiction"), template=_LIST, extra=extra)


@requires("citizen_reports.configure")
@never_cache
@require_http_methods(ANY)
def key_add(request: HttpRequest) -> HttpResponse:
    """A new key, shown this once."""

    def act(values: Mapping[str, Any]) -> HttpResponse:
        row, key = api_keys.issue_api_key(
            by=actor_of(request),
            name=values["name"],
            is_trusted=values["is_trusted"],
            jurisdiction_id=values["jurisdiction"].pk if values["jurisdiction"] else None,
        )
        return render(request, "citizen_reports/setting_up/key.html", {"row": row, "key": key})

    deed = _deed(KEYS, "api_keys", _("Give a key out"), _("Give it out"))
    return carry_out(request, KeyForm(posted(request)), deed, act, done="")


@requires("citizen_reports.configure")
@require_http_methods(ANY)
def key_revoke(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """Nothing is taken with it any more."""
    row = ApiKey.objects.filter(pk=key_id).first()
    if row is None:
        raise Http404
    if row.revoked_at is not None:
        messages.info(request, _("It was taken back at %(at)s.") % {"at": written.moment(row.revoked_at)})
        return redirect("citizen_reports:api_keys")
    title = _("Take the key of “%(name)s” back?") % {"name": row.name}
    notice = _("What it sends from now on is refused. This cannot be undone; another key can be given out.")
    return carry_out(
        request,
        Confirmation(posted(request)),
        _deed(KEYS, "api_keys", title, _("Take it back"), notice, danger=True),
        lambda _values: api_keys.revoke_api_key(by=actor_of(request), key_id=row.pk),
        done=_("The key is worth nothing any more."),
    )
