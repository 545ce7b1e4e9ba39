"""What is done with files."""

from songcau.foundation.files.actions.links import attach_file, forget_original, hold_file, release_file, remove_file
from songcau.foundation.files.actions.previews import draw_previews
from songcau.foundation.files.actions.reading import read_file
from songcau.foundation.files.actions.receiving import finish_held, register_held
from songcau.foundation.files.actions.retention import remove_expired, remove_unneeded
from songcau.foundation.files.actions.scans import scan_blob
from songcau.foundation.files.actions.uploads import cancel_upload, finish_upload, start_upload

__all__ = [
    "attach_file",
    "cancel_upload",
    "draw_previews",
    "finish_held",
    "finish_upload",
    "forget_original",
    "hold_file",
    "read_file",
    "register_held",
    "release_file",
    "remove_expired",
    "remove_file",
    "remove_unneeded",
    "scan_blob",
    "start_upload",
]
