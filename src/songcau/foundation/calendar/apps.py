from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "songcau.foundation.calendar"
