"""Django's settings under test: the real ones, with keys and a folder of their own.

`SONGCAU_DATABASE` chooses PostgreSQL, as it does for the city itself.
"""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SONGCAU_SECRET_KEY", "only-for-tests-" + "s" * 32)
os.environ.setdefault("SONGCAU_AUDIT_KEY", "only-for-tests-" + "a" * 32)
os.environ.setdefault("SONGCAU_DATA", tempfile.mkdtemp(prefix="songcau-tests-"))
Path(os.environ["SONGCAU_DATA"]).mkdir(parents=True, exist_ok=True)

from songcau.entry.django_settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if not os.environ.get("SONGCAU_DATABASE"):
    # In memory, as Django does by itself for its own SQLite; the city's stands on it under another name.
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # noqa: F405
