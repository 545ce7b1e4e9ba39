"""Who gives a name as contact and writes it into the text is not read there by others."""

import pytest

from songcau.systems.citizen_reports.rules import hidden_name

NAME = "Trần Thị Bưởi"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Tôi là Trần Thị Bưởi, tổ 5.", "Tôi là •••, tổ 5."),
        ("toi la TRAN THI BUOI", "toi la •••"),
        ("Tran-Thi\n Buoi và Trần  Thị Bưởi", "••• và •••"),
        ("Tra\u0302\u0300n Thị Bưởi", "•••"),
        ("Trần Thị Bưởii, Bưởi, Thị Bưởi", "Trần Thị Bưởii, Bưởi, Thị Bưởi"),
        ("", ""),
    ],
)
def test_the_whole_name_is_masked_however_it_is_written(text: str, shown: str) -> None:
    assert hidden_name(text, NAME) == (shown, shown != text)


@pytest.mark.parametrize("name", ["", "Bưởi", " ", "…"])
def test_a_single_word_is_no_name_to_mask(name: str) -> None:
    assert hidden_name("Cây bưởi gãy", name) == ("Cây bưởi gãy", False)


def test_letters_that_fold_to_two_keep_their_place() -> None:
    assert hidden_name("Große Straße, Tran Thi Buoi", NAME) == ("Große Straße, •••", True)
