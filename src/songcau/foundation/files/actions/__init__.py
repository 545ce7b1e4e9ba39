"""What is done with files."""

from songcau.foundation.files.actions.uploads import cancel_upload, finish_upload, start_upload

__all__ = ["cancel_upload", "finish_upload", "start_upload"]
