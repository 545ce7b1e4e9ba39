"""The desk's addresses."""

from django.urls import path

from songcau.consoles.desk import delegating, views, working_time

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("calendar/", working_time.working_calendar, name="working_calendar"),
    path("me/", views.me, name="me"),
    path("me/sessions/<int:session_id>/end/", views.end_session, name="end_session"),
    path("me/delegations/", delegating.delegations, name="delegations"),
    path("me/delegations/add/", delegating.add, name="delegation_add"),
    path("me/delegations/<uuid:delegation_id>/withdraw/", delegating.withdraw, name="delegation_withdraw"),
    path("me/sessions/end-others/", views.end_others, name="end_others"),
]
