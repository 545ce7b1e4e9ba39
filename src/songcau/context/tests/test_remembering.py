"""What is remembered of clients' questions is bounded in number and in bytes."""

from songcau.context.api import asking
from songcau.context.remembering import Remembered, short_kept
from songcau.context.server import answers


def test_what_was_kept_first_goes_first() -> None:
    kept: Remembered[str, int] = Remembered(3, 1000)
    for number, name in enumerate("abcd"):
        kept.keep(name, number, 10)
    assert [kept.get(name) for name in "abcd"] == [None, 1, 2, 3]
    assert (len(kept), kept.size) == (3, 30)


def test_what_is_kept_again_counts_once() -> None:
    kept: Remembered[str, int] = Remembered(3, 1000)
    kept.keep("a", 1, 100)
    kept.keep("b", 2, 100)
    kept.keep("a", 3, 50)
    assert (kept.get("a"), len(kept), kept.size) == (3, 2, 150)


def test_bytes_bound_it_too_and_what_is_very_large_is_not_kept() -> None:
    kept: Remembered[int, int] = Remembered(1000, 800)
    for number in range(20):
        kept.keep(number, number, 100)
    assert (len(kept), kept.size, kept.get(19), kept.get(11)) == (8, 800, 19, None)
    kept.keep(99, 99, 101)
    assert (kept.get(99), len(kept)) == (None, 8)


def test_only_answers_to_short_questions_are_kept() -> None:
    asked = []

    @short_kept(10)
    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    for text in ("x" * 10, "x" * 10, "x" * 2000, "x" * 2000):
        assert length(text) == len(text)
    assert len(asked) == 3


def test_a_long_header_is_read_each_time() -> None:
    link = b"<https://x.org/" + b"x" * 3000 + b'>; rel="http://www.w3.org/ns/json-ld#context"'
    assert asking._linked(link) is not asking._linked(link)
    short = b'<https://x.org/a>; rel="http://www.w3.org/ns/json-ld#context"'
    assert asking._linked(short) is asking._linked(short)


def test_a_long_head_of_an_answer_is_not_kept() -> None:
    before = dict(answers._heads)
    assert answers.head_of(201, ((b"Location", b"/" + b"x" * 5000),)).endswith(b"x\r\n")
    assert answers._heads == before
