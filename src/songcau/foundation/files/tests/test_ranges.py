"""A range as RFC 9110 reads it."""

import pytest

from songcau.foundation.files.ranges import Span, Unsatisfiable, asked


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", Span(0, 1)),
        ("bytes=0-99", Span(0, 100)),
        ("bytes=10-", Span(10, 90)),
        ("bytes=90-500", Span(90, 10)),
        ("bytes=-10", Span(90, 10)),
        ("bytes=-500", Span(0, 100)),
        ("bytes=99-99", Span(99, 1)),
        ("", None),
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
        ("bytes=" + "1" * 60 + "-", None),
    ],
)
def test_a_range_is_cut_at_the_end_or_ignored(header: str, span: Span | None) -> None:
    assert asked(header, 100) == span


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_met(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        asked(header, 100)


def test_an_empty_file_has_no_range() -> None:
    with pytest.raises(Unsatisfiable):
        asked("bytes=0-", 0)


def test_the_answer_names_the_range() -> None:
    assert Span(10, 5).content_range(100) == "bytes 10-14/100"
