"""What a page asks for before it follows the live city: a grant for the person who looks at it."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.accounts.context_grants import READ, context_grant


@requires(READ)
@require_POST
@never_cache
def grant(request: HttpRequest) -> JsonResponse:
    """`{"grant": …, "expires_at": …}`; a page asks anew before it ends."""
    given = context_grant(by=actor_of(request))
    return JsonResponse({"grant": given.text, "expires_at": given.expires_at.isoformat()})
