"""Importing boundaries on screen: a file is checked and compared, a person reads, then exactly that is applied.

Between the two steps the file waits in the data folder, one for each person. What is applied must have the digest
that was shown, so a file or a state of the city that has changed meanwhile is refused.
"""

from datetime import date
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from songcau.consoles.administration.units.forms import BoundaryFileForm, day_of
from songcau.consoles.administration.units.words import CHANGES
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.places.actions import BoundariesChangedMeanwhile, apply_boundaries
from songcau.foundation.places.planning import ImportPlan, plan_boundaries
from songcau.foundation.places.rules import Level
from songcau.foundation.places.words import PROBLEMS
from songcau.foundation.shell.errors import status_of
from songcau.foundation.shell.words import say
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.text import normal


def _waiting_file(by: Actor) -> Path:
    folder: Path = settings.SONGCAU.data / "boundary-imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{by.id}.geojson"


@requires("places.import_boundaries", fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Ask for the file; on POST show what it would change, and everything wrong with it."""
    form = BoundaryFileForm(request.POST, request.FILES) if request.method == "POST" else BoundaryFileForm()
    if not form.is_bound or not form.is_valid():
        return _asked(request, form, 422 if form.is_bound else 200)
    content = form.cleaned_data["file"].read()
    on, source = form.cleaned_data["valid_from"], form.cleaned_data["source"]
    try:
        plan = plan_boundaries(content, Level.WARD, on)
    except Refused as refusal:
        form.add_error("file", say(refusal))
        return _asked(request, form, status_of(refusal))
    if plan.applicable:
        _waiting_file(actor_of(request)).write_bytes(content)
    return _shown(request, plan, source)


@requires("places.import_boundaries", fresh=True)
@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """Put in force what was shown, or show what it has become."""
    actor = actor_of(request)
    file, on = _waiting_file(actor), day_of(request.POST.get("on", ""))
    source = normal(request.POST.get("source", ""))[:200]
    if not file.exists() or not source:
        messages.error(request, _("The file is no longer here. Please choose it again."))
        return redirect("administration:boundary_import")
    plan = plan_boundaries(file.read_bytes(), Level.WARD, on)
    try:
        if plan.digest != request.POST.get("digest"):
            raise BoundariesChangedMeanwhile
        count = apply_boundaries(by=actor, plan=plan, source=source)
    except Refused as refusal:
        return _shown(request, plan, source, refusal=refusal)
    file.unlink(missing_ok=True)
    done = ngettext("%(count)d boundary is in force.", "%(count)d boundaries are in force.", count)
    messages.success(request, done % {"count": count})
    return redirect("administration:units")


def _asked(request: HttpRequest, form: BoundaryFileForm, status: int) -> HttpResponse:
    return render(request, "administration/units/import.html", {"form": form}, status=status)


def _shown(request: HttpRequest, plan: ImportPlan, source: str, *, refusal: Refused | None = None) -> HttpResponse:
    on: date = plan.on
    context = {
        "plan": plan,
        "source": source,
        "on": on.isoformat(),
        "problems": [str(PROBLEMS[p.code]) % {"unit": p.unit, **dict(p.params)} for p in plan.problems],
        "lines": [(CHANGES[difference.change], difference) for difference in plan.differences],
        "refusal": say(refusal) if refusal else "",
    }
    status = status_of(refusal) if refusal else 422 if plan.problems else 200
    return render(request, "administration/units/plan.html", context, status=status)
