"""Why a backup cannot be made, read or restored. Whatever is raised here, nothing half-made stays behind."""

from songcau.kernel.errors import Refused, Unavailable


class NotABackup(Refused):
    code = "BACKUP_NOT_ONE"


class Damaged(Refused):
    """Changed, cut short or put together anew; `at` is the byte behind which nothing can be trusted."""

    code = "BACKUP_DAMAGED"


class BackupTooNew(Refused):
    """Made by a version this one does not know; `version` where the file tells it."""

    code = "BACKUP_TOO_NEW"


class KeyMissing(Refused):
    code = "BACKUP_KEY_MISSING"


class KeyWrong(Refused):
    code = "BACKUP_KEY_WRONG"


class KeyUnusable(Refused):
    """Too short, or its file cannot be read."""

    code = "BACKUP_KEY_UNUSABLE"


class BackupExists(Refused):
    code = "BACKUP_EXISTS"


class CannotWrite(Unavailable):
    code = "BACKUP_CANNOT_WRITE"


class CannotRead(Unavailable):
    code = "BACKUP_CANNOT_READ"


class NoRoom(Unavailable):
    code = "BACKUP_NO_ROOM"


class DatabaseAway(Unavailable):
    code = "BACKUP_DATABASE_AWAY"


class DatabaseUnprepared(Refused):
    code = "BACKUP_DATABASE_UNPREPARED"


class DatabaseNewer(Refused):
    code = "BACKUP_DATABASE_NEWER"


class JournalUnreadable(Unavailable):
    """The context broker's journal cannot be read as it is now."""

    code = "BACKUP_JOURNAL_UNREADABLE"


class KeepNeedsFolder(Refused):
    code = "BACKUP_KEEP_NEEDS_FOLDER"


class TargetNotEmpty(Refused):
    code = "RESTORE_NOT_EMPTY"


class TargetHoldsStrangers(Refused):
    code = "RESTORE_HOLDS_STRANGERS"


class CityRuns(Refused):
    code = "RESTORE_CITY_RUNS"


class AuditKeyDiffers(Refused):
    code = "RESTORE_AUDIT_KEY_DIFFERS"


class ChainFaulty(Refused):
    code = "RESTORE_CHAIN_FAULTY"


class RowsRefused(Refused):
    """The database would not take the rows of `table`."""

    code = "RESTORE_ROWS_REFUSED"


class JournalRefused(Refused):
    """No journal can be made of what the backup holds of the context broker."""

    code = "RESTORE_JOURNAL_REFUSED"


class JournalElsewhere(Refused):
    """The backup holds a journal, and the settings have the context broker keep its journal in PostgreSQL."""

    code = "RESTORE_JOURNAL_ELSEWHERE"


class Differs(Refused):
    """What stands in the target is not what the backup says."""

    code = "RESTORE_DIFFERS"


class RestoreNoRoom(Unavailable):
    code = "RESTORE_NO_ROOM"


class RestoreCannotWrite(Unavailable):
    code = "RESTORE_CANNOT_WRITE"


class RestoreInDoubt(Unavailable):
    """The database broke off as it was told to keep the restored city: it may have done so or not."""

    code = "RESTORE_IN_DOUBT"


class KeysNotInside(Refused):
    code = "BACKUP_KEYS_NOT_INSIDE"
