from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "songcau.foundation.accounts"

    def ready(self) -> None:
        """In a demonstration city codes to telephones come out of the web process, for the person at the terminal."""
        from django.conf import settings

        from songcau.foundation.accounts.demo import print_code
        from songcau.foundation.accounts.phone_codes import use_code_sender

        if settings.SONGCAU.demo:
            use_code_sender(print_code)
