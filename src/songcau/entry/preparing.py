"""Makes a database ready to serve: tables, the administrative units of the city's profile, what systems begin with."""

from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command

from songcau.foundation.places.actions import load_profile
from songcau.kernel.actor import SYSTEM
from songcau.systems.citizen_reports.actions import load_usual_categories
from songcau.systems.incidents.actions.alert_rules import load_usual_rules
from songcau.systems.incidents.actions.usual_playbooks import load_usual_playbooks


def prepare_database(profile: str, *, say: Callable[[str], None]) -> None:
    """Apply the migrations, load the profile, and add what is missing to begin with. Safe to repeat."""
    call_command("migrate", verbosity=0, interactive=False)
    say("tables: as this version expects them")
    load_profile(by=SYSTEM, name=profile)
    say(f"administrative units: profile {profile}")
    # Categories are retired, never deleted: what the city gave up does not come back.
    say(f"citizens' reports: {load_usual_categories(by=SYSTEM)} usual categories added")
    # Rules are switched off, never deleted.
    added = load_usual_rules(by=SYSTEM, is_demo=settings.SONGCAU.demo)
    say(f"alert rules: {added} usual ones added")
    say(f"playbooks: {load_usual_playbooks(by=SYSTEM)} usual ones added")
