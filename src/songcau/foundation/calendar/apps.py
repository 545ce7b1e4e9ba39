from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "songcau.foundation.calendar"

    def ready(self) -> None:
        from songcau.foundation.accounts.personal_data.due import use_due_dates
        from songcau.foundation.calendar.queries import due_at

        use_due_dates(due_at)
