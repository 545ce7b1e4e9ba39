"""In which language a command speaks that needs no settings otherwise."""

from songcau.entry.refusing import SettingsError

LANGUAGES = ("vi", "en")


def language_of_the_city() -> str:
    """As the settings say; Vietnamese where there are none, as on a machine that only runs a gateway."""
    from songcau.entry.settings import load

    try:
        return load().language
    except SettingsError:
        return "vi"
