"""What lets the portal be installed and work without a connection: the service worker, the manifest, the token.

The worker keeps the form and its files, and sends drafts when there is a connection again. A draft knows whether it was
written by somebody signed in (`account`): whoever else uses the browser then does not send it from their account.
"""

import json
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songcau.consoles.citizen.device import give_device
from songcau.foundation.accounts.access import open_to_everyone
from songcau.foundation.accounts.models import Person
from songcau.foundation.shell.assets import DIST, Asset, BuildMissing
from songcau.foundation.shell.assets import manifest as built
from songcau.foundation.shell.written import language

_WORKER = "citizen/service_worker.js"
_ISLANDS = ("citizen/portal", "citizen/report", "citizen/waiting")


def account_of(request: HttpRequest) -> str:
    """The same for one person in one city, and it tells nobody who: a draft keeps it."""
    if not isinstance(request.user, Person):
        return ""
    return salted_hmac("songcau.portal.account", str(request.user.pk), algorithm="sha256").hexdigest()[:24]


@open_to_everyone
@never_cache
@require_safe
def token(request: HttpRequest) -> JsonResponse:
    """What a form is sent with that was written long ago: asked for in the moment of sending, by pages of this site."""
    response = JsonResponse({"token": get_token(request), "account": account_of(request)})
    give_device(request, response)
    return response


@open_to_everyone
@never_cache
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Drafts on this device: what waits, what was sent, what needs a look."""
    return render(request, "citizen/waiting.html")


@open_to_everyone
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker, told what to keep; another build gives another text, which browsers look for at every visit."""
    try:
        code = (Path(getattr(settings, "FRONT_END_DIST", DIST)) / _WORKER).read_text(encoding="utf-8")
        kept = [file for name in ("portal", *_ISLANDS) for file in _files(built().asset(name))]
        kept.append(built().icons)
    except (FileNotFoundError, BuildMissing):
        raise Http404 from None
    told = {
        "files": sorted(set(kept)),
        "pages": [reverse("portal:report"), reverse("portal:waiting")],
        "home": reverse("portal:home"),
        "report": reverse("portal:report"),
        "waiting": reverse("portal:waiting"),
        "token": reverse("portal:token"),
    }
    response = HttpResponse(
        f"self.SONGCAU = {json.dumps(told)};\n{code}", content_type="text/javascript; charset=utf-8"
    )
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = reverse("portal:home")
    return response


@open_to_everyone
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What a telephone needs to install the portal."""
    icon = {"src": static("songcau/mark.svg"), "type": "image/svg+xml", "sizes": "any"}
    pictures = [
        {"src": static(f"songcau/portal-{size}.png"), "type": "image/png", "sizes": f"{size}x{size}"}
        for size in (192, 512)
    ]
    body = {
        "id": reverse("portal:home"),
        "name": _("%(city)s: citizens' portal") % {"city": settings.SONGCAU.city_name},
        "short_name": _("Sông Cầu"),
        "lang": language(),
        "start_url": reverse("portal:home"),
        "scope": reverse("portal:home"),
        "display": "standalone",
        "theme_color": "#06222b",
        "background_color": "#f6f4ee",
        "icons": [icon, *pictures, {**pictures[1], "purpose": "maskable"}],
        "shortcuts": [{"name": _("Report a problem"), "url": reverse("portal:report")}],
    }
    return JsonResponse(body, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


def _files(asset: Asset) -> list[str]:
    return [one for one in (asset.script, *asset.styles, *asset.preloads) if one]
