"""Django's own admin: tables to look into when something is unclear. Nothing is written here; actions write."""

from typing import NoReturn

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

from songcau.foundation.accounts.access import actor_of
from songcau.foundation.accounts.models import Agency, Person, RoleGrant
from songcau.foundation.audit.models import Entry
from songcau.foundation.outbox.models import Delivery, Event
from songcau.foundation.places.models import Unit
from songcau.foundation.shell.navigation import ADMINISTRATION


class LookingSite(admin.AdminSite):
    """Without Django's own sign-in, password and action pages: those go past second factor, lockout and audit."""

    site_header = site_title = "sông Cầu"
    index_title = ADMINISTRATION
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLPattern | URLResolver]:
        elsewhere = {
            "login": "account_login",
            "logout": "account_logout",
            "password_change": "account_change_password",
            "password_change_done": "account_change_password",
        }
        kept = [one for one in super().get_urls() if getattr(one, "name", "") not in elsewhere]
        moved = [
            path(f"{name.replace('_', '/')}/", RedirectView.as_view(pattern_name=to), name=name)
            for name, to in elsewhere.items()
        ]
        return [*moved, *kept]

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(actor_of(request).may("accounts.open_django_admin"))


class Looking(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """A table that can be read. `get_actions` is empty, and what would write refuses even if it were reached."""

    actions = None
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, *args: object, **kwargs: object) -> NoReturn:
        raise PermissionDenied("READ_ONLY")

    delete_model = delete_queryset = save_related = save_model


class PersonLook(Looking):
    list_display = ("full_name", "username", "home", "is_active", "last_seen")
    list_select_related = ("home",)
    search_fields = ("username", "search_key")
    exclude = ("password", "spent_step", "session_epoch")


class AgencyLook(Looking):
    list_display = ("code", "name", "kind", "path", "opened_on", "closed_on")
    search_fields = ("code", "search_key")


class RoleGrantLook(Looking):
    list_display = ("person", "role", "agency", "state", "valid_from", "valid_to")
    list_filter = ("role", "state")
    list_select_related = ("person", "agency")


class UnitLook(Looking):
    list_display = ("code", "name", "level", "kind", "valid_from", "valid_to")
    list_filter = ("level", "profile")
    search_fields = ("code", "name")


class EventLook(Looking):
    list_display = ("sequence", "name", "subject", "at", "actor_label")
    search_fields = ("=identifier", "=subject")


class DeliveryLook(Looking):
    list_display = ("id", "event", "reaction", "state", "attempts", "next_at", "last_error")
    list_filter = ("state",)
    list_select_related = ("event",)


class EntryLook(Looking):
    list_display = ("sequence", "at", "actor_label", "action", "subject")
    search_fields = ("=subject", "=action")


site = LookingSite(name="admin")
for _model, _look in (
    (Person, PersonLook),
    (Agency, AgencyLook),
    (RoleGrant, RoleGrantLook),
    (Unit, UnitLook),
    (Event, EventLook),
    (Delivery, DeliveryLook),
    (Entry, EntryLook),
):
    site.register(_model, _look)
