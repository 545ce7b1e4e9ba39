"""Django's settings, made from songcau's own. Nothing here is meant to be edited by an administrator."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from songcau.entry.settings import load

SONGCAU = load()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = SONGCAU.secret_key.get_secret_value()
AUDIT_KEY = SONGCAU.audit_key.get_secret_value()
DEBUG = False
_url = urlsplit(SONGCAU.public_url)
ALLOWED_HOSTS = sorted({_url.hostname or "localhost", "localhost", "127.0.0.1"})
CSRF_TRUSTED_ORIGINS = [SONGCAU.public_url]
_secure = _url.scheme == "https"

# City systems are found by themselves: a folder with an `apps.py`.
SYSTEMS = [f"songcau.systems.{file.parent.name}" for file in sorted((PACKAGE / "systems").glob("*/apps.py"))]
INSTALLED_APPS = [
    "songcau.foundation.audit",
    "songcau.foundation.outbox",
    "songcau.foundation.places",
    "songcau.foundation.accounts",
    "songcau.foundation.accounts.personal_data",
    "songcau.foundation.calendar",
    "songcau.foundation.files",
    "songcau.foundation.files.documents",
    "songcau.foundation.notifications",
    "songcau.foundation.shell",
    "songcau.consoles.administration",
    "songcau.consoles.citizen",
    "songcau.consoles.desk",
    "songcau.consoles.operations",
    "songcau.entry.backup",
    *SYSTEMS,
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "songcau.foundation.shell.requests.RequestIdMiddleware",
    "songcau.entry.health.Measuring",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "songcau.foundation.shell.typed.NormalFormMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "songcau.foundation.shell.errors.ErrorsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Instead of allauth's own for sessions, which writes on every request.
    "songcau.foundation.accounts.middleware.ActorMiddleware",
    "songcau.foundation.accounts.middleware.AccessMiddleware",
]

# `entry.logs` has done it; Django's own set-up would bring back lines with whole addresses.
LOGGING_CONFIG = None

ROOT_URLCONF = "songcau.entry.urls"
ASGI_APPLICATION = "songcau.entry.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted((PACKAGE / "systems").glob("*/pages/templates")),
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {
                tags.parts[-3]: f"songcau.systems.{tags.parts[-3]}.pages.tags"
                for tags in sorted((PACKAGE / "systems").glob("*/pages/tags.py"))
            },
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "songcau.foundation.shell.context.shell",
            ],
        },
    }
]


def _database() -> dict[str, object]:
    if SONGCAU.database:
        url = urlsplit(SONGCAU.database)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(url.path.lstrip("/")),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": url.hostname or "",
            "PORT": str(url.port or ""),
            "OPTIONS": {
                "pool": {"min_size": 1, "max_size": 12, "timeout": 10},
                # With the 4 MB of its own a search over a million reports forgets which of them it found.
                "options": "-c work_mem=32MB",
            },
            # A connection that died with its server is replaced before a request gets it.
            "CONN_HEALTH_CHECKS": True,
        }
    return {
        "ENGINE": "songcau.entry.sqlite_in_turn",
        "NAME": str(SONGCAU.data / "songcau.sqlite3"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: a commit is on disk before it is answered, also through a power cut.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# One cache for all web processes: the lockout counters stand in it.
# Django throws out a third of a full cache, counters included: it must be too big to be filled from outside.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shell_cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "songcau.foundation.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USER_DISPLAY = str  # the full name: a citizen never sees the username
ACCOUNT_FORMS = {"login": "songcau.foundation.accounts.forms.SignInForm"}
# Wrong passwords and codes: 30 a minute from one address, 5 in 5 minutes for one account.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,5/5m/key", "login": "120/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SONGCAU.behind_proxy else 0
MFA_ADAPTER = "songcau.foundation.accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "activate_totp": "songcau.foundation.accounts.forms.ActivateForm",
    "authenticate": "songcau.foundation.accounts.forms.CodeForm",
    "reauthenticate": "songcau.foundation.accounts.forms.CodeAgainForm",
    "add_webauthn": "songcau.foundation.accounts.passkeys.AddForm",
    "login_webauthn": "songcau.foundation.accounts.passkeys.SignInWithPasskeyForm",
    "authenticate_webauthn": "songcau.foundation.accounts.passkeys.SecondStepWithPasskeyForm",
    "reauthenticate_webauthn": "songcau.foundation.accounts.passkeys.ConfirmWithPasskeyForm",
    "edit_webauthn": "songcau.foundation.accounts.passkeys.RenameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Finger, face or PIN at every use, so that a passkey alone stands for both factors.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
USERSESSIONS_ADAPTER = "songcau.foundation.accounts.adapters.SessionsAdapter"
USERSESSIONS_TRACK_ACTIVITY = True
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = SONGCAU.language
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
FORMAT_MODULE_PATH = "songcau.foundation.shell.formats"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = SONGCAU.time_zone

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# Names with twelve hexadecimal digits come from the front-end build and never change.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/dist/.+\.[0-9a-f]{12}\."
CSRF_FAILURE_VIEW = "songcau.foundation.shell.errors.csrf_failure"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_AGE = 12 * 3600
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if SONGCAU.behind_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # A form of ours may lead on to a provider, and to nobody else.
        "form-action": [SELF, *sorted({o for p in SONGCAU.sign_in_providers.values() for o in p.allowed_origins})],
    }
}
