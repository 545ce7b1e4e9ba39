"""Makes a database ready to serve: tables, then the administrative units of the city's profile."""

from collections.abc import Callable

from django.core.management import call_command

from songcau.foundation.places.actions import load_profile
from songcau.kernel.actor import SYSTEM


def prepare_database(profile: str, *, say: Callable[[str], None]) -> None:
    """Apply the migrations and load the profile. Safe to repeat."""
    call_command("migrate", verbosity=0, interactive=False)
    say("tables: as this version expects them")
    load_profile(by=SYSTEM, name=profile)
    say(f"administrative units: profile {profile}")
