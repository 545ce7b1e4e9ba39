"""The code of a report and its secret."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcau.systems.citizen_reports import rules

CODE = "PA7K2M0QX1"


@pytest.mark.parametrize(
    "typed",
    ["PA-7K2M-0QX1", "pa 7k2m 0qx1", "7K2M0QX1", "7k2m-oqxl", "PA-7K2M-OQXI", " pa7k2m–0qx1 ", "PA_7K2M_0QX1", CODE],
)
def test_a_code_is_read_as_people_write_and_say_it(typed: str) -> None:
    assert rules.normalised_code(typed) == CODE


@pytest.mark.parametrize(
    "typed", ["", "PA", "PA-7K2M", "7K2M0QXU", "XX7K2M0QX1", "PA7K2M0QX12", "ă7K2M0QX1", "7K2M0QX🙂", "PA" * 400]
)
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(rules.ReportCodeUnreadable):
        rules.normalised_code(typed)


def test_a_code_that_begins_with_the_prefix_s_letters_is_whole_without_it() -> None:
    assert rules.normalised_code("PA12-3456") == "PAPA123456"


@given(st.binary(min_size=5, max_size=16))
def test_a_new_code_is_read_back_from_how_it_is_shown(random: bytes) -> None:
    code = rules.new_code(random)
    assert len(code) == 10
    assert len(rules.shown_code(code)) == 12
    assert rules.normalised_code(rules.shown_code(code)) == code
    assert not set(code[2:]) & set("ILOU")


def test_every_bit_of_the_randomness_counts() -> None:
    assert len({rules.new_code(bytes([0, 0, 0, number // 256, number % 256])) for number in range(2000)}) == 2000
    for make, size in ((rules.new_code, 5), (rules.new_secret, 7)):
        with pytest.raises(ValueError, match="random"):
            make(bytes(size - 1))


@given(st.binary(min_size=7, max_size=16), st.binary(min_size=1, max_size=16))
def test_a_secret_is_known_again_however_it_is_typed(random: bytes, salt: bytes) -> None:
    secret = rules.new_secret(random)
    kept = rules.secret_hash(secret, salt)
    assert len(kept) == 64
    assert secret not in kept
    assert rules.is_secret(rules.shown_secret(secret).lower(), kept, salt)
    assert not rules.is_secret(secret, kept, salt + b"x")
    assert not rules.is_secret("", kept, salt)
    assert not rules.is_secret("🙂" * 1000, kept, salt)
