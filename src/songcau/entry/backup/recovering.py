"""The city's own keys out of an encrypted backup, for a machine that has lost its settings."""

import json
from pathlib import Path

from songcau.entry.backup.checking import opened
from songcau.entry.backup.keys import key_from, key_in
from songcau.entry.backup.refusals import KeysNotInside


def keys_of(file: Path, key_file: Path | None, passphrase: str) -> dict[str, str]:
    """Name → value, ready for TOML. Raises KeysNotInside, KeyUnusable, and what `checking.opened` raises."""
    key = key_in(key_file) if key_file else key_from(passphrase)
    with opened(file, key) as (contents, _following):
        if not contents.keys:
            raise KeysNotInside(file=file)
        # A JSON text in ASCII is a TOML basic string too.
        return {name: json.dumps(value)[1:-1] for name, value in contents.keys.items()}


def say_without_settings() -> None:
    """Refusals have words also where no settings are."""
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(INSTALLED_APPS=["songcau.entry.backup"], USE_I18N=True, LANGUAGE_CODE="vi", USE_TZ=True)
        django.setup()
