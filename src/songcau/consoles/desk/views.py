"""An official's first page and own account."""

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from songcau.consoles.desk import reading
from songcau.consoles.desk.forms import OF_THE_CITY, PreferencesForm
from songcau.foundation.accounts.access import actor_of, signed_in, signed_in_or
from songcau.foundation.accounts.actions import set_preferences
from songcau.foundation.accounts.models import Person
from songcau.foundation.shell.navigation import menu
from songcau.foundation.shell.views import remember_both
from songcau.kernel import clock


@signed_in_or("portal:home")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Who one is, what there is to do, what one may open."""
    person = _person(request)
    today = clock.today(settings.SONGCAU.time_zone)
    here = {reverse("desk:home"), reverse("desk:me")}
    groups = menu(actor_of(request), request.path)
    context = {
        "person": person,
        "today": today,
        "weekday": reading.WEEKDAYS[today.weekday()],
        "posts": reading.posts_of(person),
        "roles": reading.roles_of(person),
        "lent_roles": reading.lent_to(person),
        "shortcuts": [item for group in groups for item in group.items if item.address not in here],
    }
    return render(request, "desk/home.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """What is held about oneself; a POST stores language and theme."""
    person, status = _person(request), 200
    form = PreferencesForm(initial={"language": person.language or OF_THE_CITY, "theme": person.theme})
    if request.method == "POST":
        form, status = PreferencesForm(request.POST), 422
        if form.is_valid():
            return _preferred(request, form.cleaned_data["language"], form.cleaned_data["theme"])
    context = {
        "person": person,
        "form": form,
        "posts": reading.posts_of(person),
        "roles": reading.roles_of(person),
        "lent_roles": reading.lent_to(person),
        "sessions": reading.sessions_of(request),
        "log": reading.log_of(person),
        "has_second_factor": reading.has_second_factor(person),
    }
    return render(request, "desk/me.html", context, status=status)


@signed_in
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one other session of one's own. One that is over already is no fault."""
    ended = [one for one in _others(request) if one.pk == session_id]
    if ended:
        get_adapter().end_sessions(ended)
        messages.success(request, _("That session was ended."))
    else:
        messages.info(request, _("That session was over already, or it is this one."))
    return redirect(f"{reverse('desk:me')}#sessions")


@signed_in
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    if others := _others(request):
        get_adapter().end_sessions(others)
    words = ngettext("%(count)d other session was ended.", "%(count)d other sessions were ended.", len(others))
    messages.success(request, words % {"count": len(others)} if others else _("You were signed in nowhere else."))
    return redirect(f"{reverse('desk:me')}#sessions")


def _person(request: HttpRequest) -> Person:
    """`signed_in` has seen to it that there is one."""
    person: Person = Person.objects.select_related("home").get(pk=request.user.pk)
    return person


def _others(request: HttpRequest) -> list[UserSession]:
    return [one for one in reading.sessions_of(request) if not one.is_current()]


def _preferred(request: HttpRequest, language: str, theme: str) -> HttpResponse:
    set_preferences(by=actor_of(request), language=language, theme=theme)
    with translation.override(language or settings.LANGUAGE_CODE):
        messages.success(request, _("Language and theme were saved."))
    response = redirect("desk:me")
    remember_both(response, language, theme)
    return response
