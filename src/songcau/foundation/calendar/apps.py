from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "songcau.foundation.calendar"

    def ready(self) -> None:
        from songcau.foundation.accounts.personal_data.due import use_promised_dates
        from songcau.foundation.calendar.of_data_requests import DatesOfDataRequests

        use_promised_dates(DatesOfDataRequests())
