from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "songcau.foundation.files"

    def ready(self) -> None:
        from songcau.foundation.accounts.personal_data import sources
        from songcau.foundation.files.of_files import OfFiles

        sources.register(OfFiles())
