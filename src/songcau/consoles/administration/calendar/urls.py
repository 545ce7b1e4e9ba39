"""Addresses of the administration of the calendar."""

from django.urls import path

from songcau.consoles.administration.calendar import dates, views

urlpatterns = [
    path("", views.decrees, name="calendar_decrees"),
    path("documents/add/", views.decree_add, name="calendar_decree_add"),
    path("documents/<uuid:row_id>/withdraw/", views.decree_withdraw, name="calendar_decree_withdraw"),
    path("hours/", views.hours, name="calendar_hours"),
    path("hours/add/", views.hours_add, name="calendar_hours_add"),
    path("hours/<uuid:row_id>/withdraw/", views.hours_withdraw, name="calendar_hours_withdraw"),
    path("closures/", views.closures, name="calendar_closures"),
    path("closures/add/", views.closure_add, name="calendar_closure_add"),
    path("closures/<uuid:row_id>/reopen/", views.closure_lift, name="calendar_closure_lift"),
    path("dates/", dates.dates, name="calendar_dates"),
]
