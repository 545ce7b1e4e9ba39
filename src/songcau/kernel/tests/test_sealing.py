"""Sealing: what was sealed opens, with its own key and for its own use only."""

import pytest

from songcau.kernel.sealing import SealBroken, opened, sealed

KEY, LABEL = "an old key of the city", "songcau.tests"


@pytest.mark.parametrize("text", ["", "a", "Nguyễn Thị Sáu", "☎" * 5000])
def test_what_was_sealed_opens(text: str) -> None:
    seal = sealed(text, key=KEY, label=LABEL)
    assert opened(seal, key=KEY, label=LABEL) == text
    assert seal != sealed(text, key=KEY, label=LABEL), "equal texts cannot be told from their seals"


@pytest.mark.parametrize(
    ("label", "seal"),
    [
        ("songcau.notifications.tokens", "1:g+UGhk1HoSZMkULGuDMqt0RjVLJWj6mtm38XtFdrqsafe41Ol1BYSwzX6rcR4Ik="),
        ("songcau.personal_data.looks", "1:enesvJN5ir6B62DdgVNmuHODfsmF/gNQ6rBm8B+uQJhGdPM8JXr18JRAisz3eSo="),
        ("songcau.accounts.second_factor", "1:ofZO0RjK4XEFp1Ys5QFu7tW0hD8wlC6RkEvTgNOR3mQrCf1ANPaB6d6AqpSewTg="),
    ],
)
def test_rows_of_earlier_versions_still_open(label: str, seal: str) -> None:
    assert opened(seal, key=KEY, label=label) == "Nguyễn Thị Sáu"


def test_another_key_and_another_use_open_nothing() -> None:
    seal = sealed("a token", key=KEY, label=LABEL)
    for key, label in ((KEY + "x", LABEL), (KEY, "songcau.others")):
        with pytest.raises(SealBroken):
            opened(seal, key=key, label=label)


@pytest.mark.parametrize("text", ["", "1:", "1:AAAA", "1:!!!!", "ă", "plain text"])
def test_what_is_no_seal_is_broken(text: str) -> None:
    with pytest.raises(SealBroken):
        opened(text, key=KEY, label=LABEL)


def test_a_seal_that_was_changed_is_broken() -> None:
    seal = sealed("a token", key=KEY, label=LABEL)
    other = "B" if seal[20] == "A" else "A"
    with pytest.raises(SealBroken):
        opened(seal[:20] + other + seal[21:], key=KEY, label=LABEL)
