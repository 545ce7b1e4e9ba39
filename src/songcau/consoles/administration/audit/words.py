"""Action codes of the audit log in words. City systems bring theirs as `ACTIONS` in `pages/words.py`."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

ACTIONS: dict[str, Words] = {
    "accounts.sign_in": _("Signed in"),
    "accounts.sign_out": _("Signed out"),
    "accounts.fail_sign_in": _("Wrong password"),
    "accounts.fail_code": _("Wrong one-time code"),
    "accounts.lock_out": _("Locked out after too many attempts"),
    "accounts.end_session": _("Session ended by songcau"),
    "accounts.move_session": _("Session went on from another address"),
    "accounts.end_other_sessions": _("Ended other sessions of their own"),
    "accounts.change_own_password": _("Changed their own password"),
    "accounts.set_up_second_factor": _("Set up a second factor"),
    "accounts.remove_own_second_factor": _("Removed their own second factor"),
    "accounts.add_passkey": _("Added a passkey"),
    "accounts.remove_passkey": _("Removed a passkey"),
    "accounts.reject_passkey": _("Offered a passkey that was not accepted"),
    "accounts.renew_recovery_codes": _("Made new recovery codes"),
    "accounts.receive_person": _("Received a citizen who signed in for the first time"),
    "accounts.link_identity": _("Added a way to sign in"),
    "accounts.unlink_identity": _("Removed a way to sign in"),
    "accounts.change_vouched_number": _("A provider vouched for another identity number"),
    "accounts.refuse_sign_on": _("Refused a sign-in by a provider or telephone"),
    "accounts.request_phone_code": _("Sent a code to a telephone"),
    "accounts.fail_phone_code": _("Wrong code from a telephone"),
    "accounts.bootstrap_administrator": _("Made the first administrator"),
    "accounts.add_person": _("Added a person"),
    "accounts.change_person": _("Changed a person"),
    "accounts.deactivate_person": _("Switched an account off"),
    "accounts.reactivate_person": _("Switched an account on"),
    "accounts.set_temporary_password": _("Set a temporary password"),
    "accounts.reset_second_factor": _("Reset a second factor"),
    "accounts.sign_out_everywhere": _("Signed a person out everywhere"),
    "accounts.unlock_person": _("Unlocked a person"),
    "accounts.grant_role": _("Granted a role"),
    "accounts.change_role_end": _("Changed the end of a role"),
    "accounts.withdraw_role": _("Withdrew a role"),
    "accounts.expire_role": _("A role ran out"),
    "accounts.delegate_role": _("Delegated a role"),
    "accounts.begin_delegation": _("A delegation began"),
    "accounts.end_delegation": _("A delegation ended"),
    "accounts.withdraw_delegation": _("Withdrew a delegation"),
    "accounts.add_agency": _("Added an agency"),
    "accounts.change_agency": _("Changed an agency"),
    "accounts.move_agency": _("Moved an agency"),
    "accounts.close_agency": _("Closed an agency"),
    "accounts.add_post": _("Added a post"),
    "accounts.hold_post": _("Put a person in a post"),
    "accounts.leave_post": _("Ended the holding of a post"),
    "personal_data.notice_curiosity": _("Noticed many looks at different people's data"),
    "personal_data.settle_curiosity": _("Settled an alarm about looks at personal data"),
    "personal_data.remove_looks": _("Removed looks at personal data whose retention had ended"),
    "personal_data.make_request": _("Made a request about their own data"),
    "personal_data.move_date": _("Moved the date of a request about personal data, by a decision"),
    "personal_data.withdraw_request": _("Withdrew a request about their own data"),
    "personal_data.take_request": _("Took up a request about personal data"),
    "personal_data.answer_request": _("Answered a request about personal data"),
    "personal_data.export_own_data": _("Took a copy of their own data"),
    "places.load_profile": _("Loaded the administrative units of a profile"),
    "places.apply_boundaries": _("Put new boundaries in force"),
    "calendar.set_hours": _("Set office hours"),
    "calendar.withdraw_hours": _("Withdrew office hours"),
    "calendar.record_decree": _("Recorded days changed by a document"),
    "calendar.withdraw_decree": _("Withdrew a document from the calendar"),
    "calendar.close_agency": _("Closed an agency for a while"),
    "calendar.reopen_agency": _("Lifted the closure of an agency"),
    "calendar.note_moved_agency": _("Noted that a moved agency may have other hours"),
    "calendar.find_impacts": _("Found promised dates that a change puts in question"),
    "calendar.promise_date": _("Promised a date"),
    "calendar.settle_promise": _("Settled a promised date"),
    "calendar.cancel_promise": _("Cancelled a promised date"),
    "calendar.keep_date": _("Kept a promised date"),
    "calendar.move_date": _("Moved a promised date"),
    "files.store": _("Took a file in"),
    "files.refuse": _("Refused a file"),
    "files.read": _("Read a file with personal data"),
    "files.attach": _("Attached a file to something else"),
    "files.remove": _("Removed a file"),
    "files.forget_original": _("Erased a file as it was sent; the cleaned one stays"),
    "files.hold": _("Put a file under legal hold"),
    "files.release": _("Lifted a legal hold"),
    "files.scan": _("Scanned a file that had been set aside"),
    "files.preview_failed": _("Could not make a preview"),
    "files.delete_content": _("Deleted content no file needs"),
    "notifications.notify": _("Told people something"),
    "notifications.choose_channels": _("Chose how they are told"),
    "notifications.choose_quiet_hours": _("Chose their quiet hours"),
    "notifications.retry_delivery": _("Sent a message again"),
    "notifications.set_zalo_token": _("Authorised Zalo again"),
    "notifications.link_zalo": _("Linked a Zalo account"),
    "notifications.unlink_zalo": _("Removed the link to a Zalo account"),
    "outbox.replay_delivery": _("Replayed a dead letter"),
    "outbox.replay_all_dead": _("Replayed all dead letters of a reaction"),
    "outbox.skip_delivery": _("Skipped a dead letter"),
    "audit.verify_chain": _("Verified the audit log"),
    "audit.ask_verification": _("Asked for a verification of the audit log"),
    "audit.export_entries": _("Exported audit entries"),
    "audit.export": _("Exported audit entries on the server"),
    "backup.make": _("Made a backup"),
    "backup.restore": _("Restored a backup"),
}

# What stands before the dot of a code: the part of the city it belongs to.
PARTS: dict[str, Words] = {
    "accounts": _("People, agencies and roles"),
    "personal_data": _("Personal data"),
    "places": _("Administrative units"),
    "calendar": _("Working calendar"),
    "files": _("Files"),
    "notifications": _("Notices"),
    "outbox": _("Events and jobs"),
    "audit": _("Audit log"),
    "backup": _("Backups"),
}

# What stands before the colon of a subject.
SUBJECTS: dict[str, Words] = {
    "accounts.person": _("Person"),
    "accounts.agency": _("Agency"),
    "personal_data.looks": _("Looks at personal data"),
    "accounts.provider": _("Provider of sign-ins"),
    "accounts.phone_code": _("Code to a telephone"),
    "places.unit": _("Administrative unit"),
    "places.level": _("Level of administrative units"),
    "places.profile": _("Profile of administrative units"),
    "calendar.change": _("Change of the calendar"),
    "calendar.promise": _("Promised date"),
    "files.file": _("File"),
    "files.try_out": _("Trial upload"),
    "files.blob": _("Content of a file"),
    "files.upload": _("Upload"),
    "accounts.role_grant": _("Role given"),
    "notifications.notice": _("Notice"),
    "notifications.delivery": _("Message sent"),
    "notifications.channel": _("Channel of messages"),
    "outbox.delivery": _("Delivery"),
    "outbox.reaction": _("Reaction"),
    "audit.chain": _("The whole log"),
}


@cache
def actions() -> Mapping[str, Words]:
    """code → words, the city systems' included."""
    found = dict(ACTIONS)
    for config in apps.get_app_configs():
        if config.name.startswith("songcau.systems.") and find_spec(f"{config.name}.pages.words"):
            found |= getattr(import_module(f"{config.name}.pages.words"), "ACTIONS", {})
    return found


def said(code: str) -> Words:
    """An action in words; a code without words (an older version wrote it) as it is."""
    return actions().get(code, code)


def part_of(code: str) -> Words:
    """The part of the city an action belongs to; a city system by its own name."""
    label = code.partition(".")[0]
    if label in PARTS:
        return PARTS[label]
    return apps.get_app_config(label).verbose_name if label in apps.app_configs else label


def kind_of(subject: str) -> Words:
    """What kind of thing a subject is; empty when it has no words."""
    return SUBJECTS.get(subject.partition(":")[0], "")
