"""The desk's addresses."""

from django.urls import path

from songcau.consoles.desk import delegating, notices, views, working_time
from songcau.consoles.desk.my_data import views as my_data

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("calendar/", working_time.working_calendar, name="working_calendar"),
    path("notices/", notices.inbox, name="notices"),
    path("notices/count/", notices.count, name="notice_count"),
    path("notices/read-all/", notices.read_all, name="read_all_notices"),
    path("notices/preferences/", notices.preferences, name="notice_preferences"),
    path("notices/<uuid:notice_id>/mark/", notices.mark, name="mark_notice"),
    path("n/<str:token>", notices.open_notice, name="open_notice"),
    path("me/", views.me, name="me"),
    path("me/sessions/<int:session_id>/end/", views.end_session, name="end_session"),
    path("me/data/", my_data.my_data, name="my_data"),
    path("me/data/copy/", my_data.copy, name="my_data_copy"),
    path("me/data/ask/", my_data.ask, name="my_data_ask"),
    path("me/data/<uuid:request_id>/withdraw/", my_data.withdraw, name="my_data_withdraw"),
    path("me/delegations/", delegating.delegations, name="delegations"),
    path("me/delegations/add/", delegating.add, name="delegation_add"),
    path("me/delegations/<uuid:delegation_id>/withdraw/", delegating.withdraw, name="delegation_withdraw"),
    path("me/sessions/end-others/", views.end_others, name="end_others"),
]
