from django.apps import AppConfig


class PersonalDataConfig(AppConfig):
    name = "songcau.foundation.accounts.personal_data"

    def ready(self) -> None:
        from songcau.foundation.accounts.personal_data import records, sources
        from songcau.foundation.accounts.personal_data.of_accounts import OfAccounts
        from songcau.foundation.accounts.personal_data.of_requests import RECORDS, OfRequests

        records.register(*RECORDS)
        sources.register(OfAccounts(), OfRequests())
