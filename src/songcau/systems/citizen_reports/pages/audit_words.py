"""Action codes of the audit log in words: code → what was done."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.systems.citizen_reports.pages.code_words import STEPS

ACTIONS: dict[str, str | Promise] = {
    **{f"citizen_reports.{step}": words for step, words in STEPS.items()},
    "citizen_reports.submit_report": _("Took a report in"),
    "citizen_reports.load_demo": _("Loaded made-up reports"),
    "citizen_reports.take_over_history": _("Took over the history of a report"),
    "citizen_reports.look_at_reporter": _("Looked at who sent a report"),
    "citizen_reports.look_at_original": _("Looked at a picture as it was sent"),
    "citizen_reports.suggest_boxes": _("Looked for faces and plates in a picture"),
    "citizen_reports.approve_picture": _("Let the public see a picture"),
    "citizen_reports.withhold_picture": _("Kept a picture from the public"),
    "citizen_reports.picture_lost": _("Gave up a picture that cannot be fetched"),
    "citizen_reports.warn_source": _("Warned a source of reports"),
    "citizen_reports.unblock_source": _("Took reports of a blocked source again"),
    "citizen_reports.uphold_block": _("Upheld the block of a source"),
    "citizen_reports.appeal": _("Objected to a warning or block"),
    "citizen_reports.choose_spot_checks": _("Drew reports for spot checks"),
    "citizen_reports.add_area_alert": _("Asked to be told of an area"),
    "citizen_reports.remove_area_alert": _("No longer wants to be told of an area"),
    "citizen_reports.add_category": _("Added a kind of report"),
    "citizen_reports.change_category": _("Changed a kind of report"),
    "citizen_reports.retire_category": _("Retired a kind of report"),
    "citizen_reports.set_routing_rule": _("Set a rule that says who gets reports"),
    "citizen_reports.remove_routing_rule": _("Removed a rule that says who gets reports"),
    "citizen_reports.set_outside_body": _("Set up an outside body"),
    "citizen_reports.set_template": _("Set a template of answers"),
    "citizen_reports.retire_template": _("Retired a template of answers"),
    "citizen_reports.issue_api_key": _("Gave out a key for reports by Open311"),
    "citizen_reports.revoke_api_key": _("Took back a key for reports by Open311"),
    "citizen_reports.set_jurisdiction": _("Set up another jurisdiction"),
    "citizen_reports.try_jurisdiction": _("Tried another jurisdiction"),
    "citizen_reports.forward_report": _("Forwarded a report to another jurisdiction"),
    "citizen_reports.send_again": _("Sent a report to another jurisdiction again"),
}
