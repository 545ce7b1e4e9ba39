"""The desk's addresses."""

from django.urls import path

from songcau.consoles.desk import notices, views, working_time

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
    path("me/sessions/end-others/", views.end_others, name="end_others"),
]
