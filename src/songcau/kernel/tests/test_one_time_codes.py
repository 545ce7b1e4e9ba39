"""The codes agree with the vectors of RFC 6238, appendix B (SHA-1, its eight digits cut to six)."""

import base64

import pytest

from songcau.kernel.one_time_codes import code_at, seconds_left

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_vectors_of_the_standard(at: int, code: str) -> None:
    assert code_at(SECRET, at) == code


def test_a_secret_without_padding_is_read() -> None:
    assert code_at("JBSWY3DPEHPK3PXPJA", 0) == code_at("JBSWY3DPEHPK3PXPJA======", 0)


def test_the_time_a_code_has_left() -> None:
    assert seconds_left(59) == 1
    assert seconds_left(60) == 30
