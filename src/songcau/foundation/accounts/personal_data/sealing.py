"""Words and addresses of the access log are encrypted at rest: the log itself tells about people."""

from django.conf import settings

from songcau.kernel import sealing

_LABEL = "songcau.personal_data.looks"


def sealed(text: str) -> str:
    """Nothing stays nothing."""
    return sealing.sealed(text, key=settings.SECRET_KEY, label=_LABEL) if text else ""


def opened(text: str) -> str:
    """What was sealed; with another `secret_key` it cannot be read any more and is nothing."""
    try:
        return sealing.opened(text, key=settings.SECRET_KEY, label=_LABEL)
    except sealing.SealBroken:
        return ""
