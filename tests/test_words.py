"""Every anticipated error of the city has words, in both languages."""

import pkgutil
from importlib import import_module

import pytest
from django.utils import translation

import songcau
from songcau.foundation.shell.words import refusals
from songcau.kernel.errors import Anticipated


def _errors() -> dict[str, type[Anticipated]]:
    for module in pkgutil.walk_packages(songcau.__path__, "songcau."):
        parts = module.name.split(".")
        if not {"tests", "migrations", "__main__", "asgi"}.intersection(parts):
            import_module(module.name)
    found: dict[str, type[Anticipated]] = {}
    waiting = [Anticipated]
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if error.__module__.startswith("songcau.") and ".tests." not in error.__module__:
            found[f"{error.__module__}.{error.__qualname__}"] = error
    return found


ERRORS = _errors()


def test_the_kernels_errors_are_among_them() -> None:
    assert "songcau.kernel.workflow.TransitionRefused" in ERRORS


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_an_error_has_a_code_of_its_own_and_words_in_both_languages(name: str) -> None:
    error = ERRORS[name]
    same = [other for other, known in ERRORS.items() if known.code == error.code]
    assert same == [name], "two errors with one code cannot have words of their own"
    assert error.code in refusals(), f"no words for {error.code} in words.REFUSALS"
    with translation.override("en"):
        english = str(refusals()[error.code])
    with translation.override("vi"):
        vietnamese = str(refusals()[error.code])
    assert english != vietnamese, f"no Vietnamese for {error.code}"
