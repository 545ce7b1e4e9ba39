"""A column of codes, as every table here has some."""

from enum import StrEnum

from django.db import models


def coded(codes: type[StrEnum], length: int = 12, **more: object) -> models.CharField:  # type: ignore[type-arg]
    """A code of the enumeration; the words for it stand in `pages/code_words.py`."""
    pairs = [(str(code), str(code)) for code in codes]
    return models.CharField(max_length=length, choices=pairs, **more)  # type: ignore[arg-type]
