"""The backup's key, and how the city's own keys are named without being told."""

import hashlib
import hmac
from pathlib import Path

from songcau.entry.backup.refusals import KeyUnusable
from songcau.entry.settings import Settings
from songcau.kernel.text import nfc

LEAST = 16


def passphrase_of(settings: Settings, file: Path | None = None) -> str | None:
    """The key file named on the command line, else the setting, else the key file of the settings; None without any.

    Raises KeyUnusable.
    """
    if file is None and (set_one := key_from(settings.backup_key.get_secret_value())):
        return set_one
    named = file or settings.backup_key_file
    return None if named is None else key_in(named)


def key_from(text: str) -> str | None:
    """The key as it was set, None where none was. Raises KeyUnusable."""
    return _long_enough(text, "SONGCAU_BACKUP_KEY") if text else None


def key_in(file: Path) -> str:
    """Raises KeyUnusable."""
    try:
        return _long_enough(file.read_text(encoding="utf-8-sig"), str(file))
    except OSError as error:
        raise KeyUnusable(least=LEAST, source=f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise KeyUnusable(least=LEAST, source=str(file)) from error


def _long_enough(key: str, source: str) -> str:
    """The key as every keyboard and editor gives it: without blanks around it, each letter in one piece."""
    key = nfc(key.strip())
    if len(key) < LEAST:
        raise KeyUnusable(least=LEAST, source=source)
    return key


def city_id(settings: Settings) -> str:
    """Tells backups of one city from those of another, and one audit key from another; says nothing of the key."""
    key = settings.audit_key.get_secret_value().encode()
    return hmac.new(key, b"songcau: which city is this", hashlib.sha256).hexdigest()[:24]
