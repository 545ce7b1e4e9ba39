"""Why a file, or a wish about one, is refused. Each code has its sentence in `words`."""

from songcau.kernel.errors import NotAllowed, Refused, Unavailable


class MayNotUpload(NotAllowed):
    code = "MAY_NOT_UPLOAD"


class MayNotReadFile(NotAllowed):
    code = "MAY_NOT_READ_FILE"


class MayNotRemoveFile(NotAllowed):
    code = "MAY_NOT_REMOVE_FILE"


class MayNotHoldFile(NotAllowed):
    code = "MAY_NOT_HOLD_FILE"


class MayNotViewFiles(NotAllowed):
    code = "MAY_NOT_VIEW_FILES"


class UseUnknown(Refused):
    """No system has registered this use."""

    code = "FILE_USE_UNKNOWN"


class UploadUnknown(Refused):
    """No upload has this id, or it belongs to somebody else."""

    code = "UPLOAD_UNKNOWN"


class UploadIncomplete(Refused):
    """Bytes are missing: `received` of `length` are there."""

    code = "UPLOAD_INCOMPLETE"
    conflict = True


class TooManyUploads(Refused):
    """This person has as many unfinished uploads as one may have (`most`)."""

    code = "TOO_MANY_UPLOADS"


class FileUnknown(Refused):
    code = "FILE_UNKNOWN"


class FileEmpty(Refused):
    code = "FILE_EMPTY"


class OverLimit(Refused):
    """The use takes files of at most `megabytes`."""

    code = "FILE_OVER_LIMIT"


class TypeNotAccepted(Refused):
    """`found` is what the bytes are, `accepted` what the use takes."""

    code = "FILE_TYPE_NOT_ACCEPTED"


class NotWhatItsNameSays(Refused):
    """The name ends in `extension`, the bytes are `found`."""

    code = "FILE_NOT_WHAT_ITS_NAME_SAYS"


class ActiveContent(Refused):
    """A web page, an SVG or a program under whatever name: it could act in the reader's browser."""

    code = "FILE_ACTIVE_CONTENT"


class HasMacros(Refused):
    code = "FILE_HAS_MACROS"


class FetchesContent(Refused):
    """A template or an object of it lies elsewhere and is loaded when it is opened: macros come that way."""

    code = "FILE_FETCHES_CONTENT"


class CarriesFiles(Refused):
    """A PDF with further files inside, which nobody has looked into."""

    code = "FILE_CARRIES_FILES"


class Encrypted(Refused):
    code = "FILE_ENCRYPTED"


class PackedTooTight(Refused):
    """Unpacked it would be out of proportion: `why` is one of RATIO, TOTAL, ENTRIES, OVERLAP, NESTED, SIZE, METHOD."""

    code = "FILE_PACKED_TOO_TIGHT"


class FileBroken(Refused):
    """The bytes cannot be read as the `found` they begin as: cut short or damaged."""

    code = "FILE_BROKEN"


class TooManyPixels(Refused):
    """`megapixels` where the use takes `most`."""

    code = "IMAGE_TOO_MANY_PIXELS"


class Animated(Refused):
    """Taking the hidden facts out of a moving picture would lose its movement."""

    code = "IMAGE_ANIMATED"


class Infected(Refused):
    """The scanner knows it as `name`."""

    code = "FILE_INFECTED"


class AwaitsScan(Refused):
    """It is kept aside until the virus scanner has looked at it."""

    code = "FILE_AWAITS_SCAN"
    conflict = True


class PurposeMissing(Refused):
    """Personal data are read for a purpose that is written down."""

    code = "FILE_PURPOSE_MISSING"


class HoldReasonMissing(Refused):
    code = "HOLD_REASON_MISSING"


class HeldAlready(Refused):
    code = "FILE_HELD_ALREADY"
    conflict = True


class NotHeld(Refused):
    code = "FILE_NOT_HELD"
    conflict = True


class Held(Refused):
    """Under legal hold nobody removes it; `reason` says why."""

    code = "FILE_HELD"
    conflict = True


class ScannerAway(Unavailable):
    """The virus scanner does not answer, or not in time (`reason`, a short code)."""

    code = "FILES_SCANNER_AWAY"
