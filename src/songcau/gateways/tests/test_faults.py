"""Every fault has words in both languages, with the same parameters; every fault that the code raises has words."""

import re
from pathlib import Path

import pytest

from songcau.gateways.faults import LONGEST_PART, Fault
from songcau.gateways.words import SENTENCES

ROOM = Path(__file__).resolve().parent.parent
HOLES = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_fault_is_said_in_both_languages(code: str) -> None:
    english, vietnamese = SENTENCES[code]
    assert english != vietnamese
    assert set(HOLES.findall(english)) == set(HOLES.findall(vietnamese))
    fault = Fault(code, **dict.fromkeys(HOLES.findall(english), "x"))
    assert "%(" not in fault.sentence("vi") + fault.sentence("en") + str(fault)


def test_what_the_code_raises_has_words_and_no_words_are_left_over() -> None:
    sources = [file for file in ROOM.rglob("*.py") if "tests" not in file.parts and file.name != "words.py"]
    text = "\n".join(file.read_text(encoding="utf-8") for file in sources)
    raised = set(re.findall(r'Fault\(\s*"([A-Z0-9_]+)"', text)) | set(re.findall(r'"(TIME_[A-Z_]+)"', text))
    assert raised - SENTENCES.keys() == set()
    assert SENTENCES.keys() - raised == set()


def test_what_comes_from_outside_is_cut() -> None:
    assert len(Fault("STATE_UNKNOWN", value="x" * 5000).sentence("en")) < 2 * LONGEST_PART
