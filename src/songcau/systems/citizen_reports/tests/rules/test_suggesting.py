"""Which categories fit what somebody typed."""

from songcau.systems.citizen_reports.rules import Described, category_suggestions

CATEGORIES = [
    Described("LAMP", ("Đèn đường", "Street lamp"), ("đèn", "bóng điện", "không sáng")),
    Described("SIGNAL", ("Đèn tín hiệu giao thông", "Traffic signal"), ("đèn", "đèn đỏ", "đèn xanh đèn đỏ")),
    Described("WASTE", ("Rác thải", "Waste"), ("rác", "bãi rác", "bốc mùi")),
    Described("ROAD", ("Mặt đường", "Road surface"), ("ổ gà", "lún", "")),
    Described("TREE", ("Cây xanh", "Trees"), ("cây đổ", "đường")),
]


def test_a_longer_phrase_is_stronger_than_a_shorter_one() -> None:
    assert category_suggestions("Đèn đỏ ngã tư bị hỏng", CATEGORIES) == ["SIGNAL", "LAMP"]
    assert category_suggestions("đèn đường tối om", CATEGORIES)[0] == "LAMP"


def test_marks_case_and_punctuation_do_not_matter() -> None:
    assert category_suggestions("RAC, boc mui!!!", CATEGORIES) == ["WASTE"]
    assert category_suggestions("the street-lamp is dark", CATEGORIES) == ["LAMP"]


def test_a_phrase_is_whole_words() -> None:
    assert category_suggestions("chiếc đènpin", CATEGORIES) == []


def test_at_most_three_are_suggested_and_equal_ones_as_given() -> None:
    assert category_suggestions("ổ gà, đèn, rác, đường", CATEGORIES) == ["ROAD", "LAMP", "SIGNAL"]
    assert category_suggestions("đèn, rác", CATEGORIES) == ["LAMP", "SIGNAL", "WASTE"]
    assert category_suggestions("đèn, rác", CATEGORIES, most=1) == ["LAMP"]


def test_nothing_typed_suggests_nothing() -> None:
    assert category_suggestions("", CATEGORIES) == []
    assert category_suggestions("🙂", CATEGORIES) == []
