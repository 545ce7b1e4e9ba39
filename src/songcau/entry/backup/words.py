"""Refusals in words: code → sentence with %(parameters)s."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, Promise] = {
    "BACKUP_NOT_ONE": _("%(file)s is not a backup of songcau."),
    "BACKUP_DAMAGED": _(
        "%(file)s is damaged or cut short: nothing after byte %(at)s can be trusted. Use another backup."
    ),
    "BACKUP_TOO_NEW": _(
        "%(file)s was made by a newer songcau (%(version)s). Install that version or a later one, then restore."
    ),
    "BACKUP_KEY_MISSING": _(
        "%(file)s is encrypted. Set SONGCAU_BACKUP_KEY, or name the file that holds its key with --key-file."
    ),
    "BACKUP_KEY_WRONG": _("%(file)s was encrypted with another key."),
    "BACKUP_KEY_UNUSABLE": _("The backup key cannot be used: it needs at least %(least)s characters (%(source)s)."),
    "BACKUP_EXISTS": _("%(file)s exists already and is not overwritten. Choose another name, or a folder."),
    "BACKUP_CANNOT_WRITE": _("%(file)s cannot be written (%(reason)s). No backup was made."),
    "BACKUP_CANNOT_READ": _("%(file)s cannot be read (%(reason)s)."),
    "BACKUP_NO_ROOM": _(
        "There is no room for the backup at %(file)s. No backup was made; free space or choose a larger disk."
    ),
    "BACKUP_DATABASE_AWAY": _("The database does not answer (%(reason)s). Run “songcau doctor”."),
    "BACKUP_DATABASE_UNPREPARED": _("There is no city in the database yet. Run “songcau migrate” first."),
    "BACKUP_DATABASE_NEWER": _(
        "The database was made by a newer songcau (%(migration)s). Make the backup with that version."
    ),
    "BACKUP_JOURNAL_UNREADABLE": _(
        "The context broker's journal in %(folder)s cannot be read (%(reason)s). No backup was made; with "
        "--without-broker everything else is backed up."
    ),
    "BACKUP_KEEP_NEEDS_FOLDER": _("--keep needs a folder: %(file)s names a file."),
    "BACKUP_KEYS_NOT_INSIDE": _("%(file)s is not encrypted, so the city's keys were not put into it."),
    "RESTORE_NOT_EMPTY": _(
        "There is a city here already (%(where)s). Nothing was changed. To put the backup in its place, use --replace."
    ),
    "RESTORE_HOLDS_STRANGERS": _(
        "The database holds tables that are not songcau's (%(tables)s). Nothing was changed; "
        "restore into a database of its own."
    ),
    "RESTORE_CITY_RUNS": _("The city here is running (%(who)s). Nothing was changed; stop it first."),
    "RESTORE_AUDIT_KEY_DIFFERS": _(
        "The setting audit_key is not the one of the city in the backup, so its audit log could not be verified. "
        "Nothing was changed. Set that key, or use --despite-audit if it is lost."
    ),
    "RESTORE_CHAIN_FAULTY": _(
        "The audit log in the backup has %(faults)s faults, the first at entry %(sequence)s. Nothing was changed. "
        "To restore all the same, use --despite-audit."
    ),
    "RESTORE_ROWS_REFUSED": _("The database does not take the rows of %(table)s (%(reason)s). Nothing was changed."),
    "RESTORE_JOURNAL_REFUSED": _(
        "The context broker's journal cannot be restored (%(reason)s). Nothing was changed; with --without-broker "
        "everything else is restored."
    ),
    "RESTORE_JOURNAL_ELSEWHERE": _(
        "The backup holds the context broker's journal for a file in the data folder, but by the settings it is kept "
        "in PostgreSQL (context_store). Nothing was changed. Leave context_store empty, or use --without-broker."
    ),
    "RESTORE_DIFFERS": _("%(what)s: the backup says %(expected)s, restored were %(found)s. Nothing was changed."),
    "RESTORE_CANNOT_WRITE": _("%(file)s cannot be written (%(reason)s). Nothing was changed."),
    "RESTORE_IN_DOUBT": _(
        "The database broke off (%(reason)s) as the restored city was to take its place: it is there whole, or not at "
        "all. Its files were kept. Run the same command again: it restores, or says that there is a city here already, "
        "which then is the restored one."
    ),
    "RESTORE_NO_ROOM": _("There is no room left for the restored city. Nothing was changed; free space and try again."),
}
