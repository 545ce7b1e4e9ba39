"""Pictures are reviewed before the public sees them: boxes are drawn or unticked, then one is approved or withheld."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell.errors import status_of
from songcau.foundation.shell.words import say
from songcau.kernel.errors import Refused
from songcau.systems.citizen_reports.actions.publishing import approve_picture, withhold_picture
from songcau.systems.citizen_reports.models import Attachment
from songcau.systems.citizen_reports.permissions import MODERATE, require_moderate
from songcau.systems.citizen_reports.rules import AttachmentState, BlurState, shown_code
from songcau.systems.citizen_reports.rules.boxes import MOST_BOXES, BoxesMalformed, BoxKind, require_boxes

KINDS: dict[str, str | Promise] = {
    BoxKind.FACE: gettext_lazy("Face"),
    BoxKind.PLATE: gettext_lazy("Number plate"),
    BoxKind.DRAWN: gettext_lazy("Drawn"),
}


@requires(MODERATE)
@require_safe
def next_picture(request: HttpRequest) -> HttpResponse:
    """The picture that has waited longest, or a page that says there is none; `?after=` lets one wait."""
    require_moderate(actor_of(request))
    waiting = _waiting()
    after = _uuid(request.GET.get("after", ""))
    following = _behind(waiting, after) if after else waiting.first()
    if following is not None:
        return redirect("citizen_reports:picture", following.pk)
    return render(request, "citizen_reports/no_picture.html", {"left": waiting.count(), "after": after})


@requires(MODERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def picture(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """One picture with its boxes. Raises NotYours."""
    by = actor_of(request)
    require_moderate(by)
    found = _reviewable().filter(pk=picture_id).first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return _page(request, found, found.boxes)
    try:
        if request.POST.get("decision") == "approve":
            approve_picture(by=by, attachment_id=picture_id, boxes=_sent(request))
            messages.success(request, _("Approved. The public copy is being made."))
        else:
            withhold_picture(by=by, attachment_id=picture_id)
            messages.success(request, _("Withheld. The public does not see this picture."))
    except Refused as refusal:
        return _page(request, found, found.boxes, problem=say(refusal), status=status_of(refusal))
    return redirect("citizen_reports:pictures")


def _sent(request: HttpRequest) -> list[Any]:
    """The boxes that are ticked, each as JSON. Raises BoxesMalformed."""
    boxes = []
    for number, one in enumerate(request.POST.getlist("box")[: MOST_BOXES + 1], 1):
        try:
            boxes.append(json.loads(one))
        except (ValueError, RecursionError):
            raise BoxesMalformed(number=number) from None
    return boxes


def _page(
    request: HttpRequest, found: Attachment, boxes: object, *, problem: str = "", status: int = 200
) -> HttpResponse:
    facts = {
        "picture": found,
        "code": shown_code(found.report.code),
        "boxes": [_row(number, box.as_json()) for number, box in enumerate(require_boxes(boxes), 1)],
        "kinds": KINDS,
        "left": _waiting().exclude(pk=found.pk).count(),
        "state": str(found.blur_state),
        "problem": problem,
    }
    return render(request, "citizen_reports/picture.html", facts, status=status)


def _row(number: int, box: dict[str, Any]) -> dict[str, Any]:
    """A box as the template writes it: numbers as text, since a Vietnamese page would put a comma into them."""
    sides = {name: str(box[name]) for name in ("x", "y", "width", "height")}
    return {"number": number, "words": KINDS[box["kind"]], "json": json.dumps(box), **sides}


def _reviewable() -> QuerySet[Attachment]:
    seen = (BlurState.SUGGESTED, BlurState.APPROVED, BlurState.WITHHELD)
    rows = Attachment.objects.filter(state=AttachmentState.READY, is_picture=True, blur_state__in=seen)
    return rows.filter(file_id__isnull=False).select_related("report__category")


def _waiting() -> QuerySet[Attachment]:
    return _reviewable().filter(blur_state=BlurState.SUGGESTED).order_by("at", "pk")


def _behind(waiting: QuerySet[Attachment], left: UUID) -> Attachment | None:
    """The one behind the picture that is left for later; behind the last stands the first again."""
    rows = waiting.exclude(pk=left)
    place = Attachment.objects.filter(pk=left).values_list("at", flat=True).first()
    if place is None:
        return rows.first()
    return rows.filter(Q(at__gt=place) | Q(at=place, pk__gt=left)).first() or rows.first()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
