"""What is allowed with directives: states, dates, words, sources; no table is touched."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from songcau.kernel.workflow import TransitionRefused
from songcau.systems.directives import rules
from songcau.systems.directives.rules import Due, Source, SourceKind, State, Timing, Told

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
DAY = timedelta(days=1)
WORDS = "Đã nạo vét xong đoạn đầu"


def test_a_directive_goes_the_whole_way_and_back_once() -> None:
    state = rules.WORKFLOW.start
    for step in ("give", "start", "report", "finish", "send_back", "report", "finish", "accept"):
        state = rules.WORKFLOW.step(state, step)
    assert state is State.CLOSED
    assert rules.WORKFLOW.steps_from(state) == ()


@pytest.mark.parametrize("state", [State.DRAFT, State.REFUSED, State.CLOSED, State.WITHDRAWN])
def test_what_is_not_at_work_is_not_reported_on(state: State) -> None:
    with pytest.raises(TransitionRefused):
        rules.WORKFLOW.step(state, "report")
    with pytest.raises(rules.DirectiveNotAtWork):
        rules.require_working(state)


def test_what_is_at_work_is() -> None:
    for state in rules.WORKING:
        rules.require_working(state)


def test_a_title_a_content_and_words_say_something_and_not_too_much() -> None:
    assert rules.require_title("  Dọn \u200brác  chợ ") == "Dọn rác chợ"
    for title in ("", ".....", "Dọn", "a" * 201):
        with pytest.raises(rules.DirectiveTitleUnfit):
            rules.require_title(title)
    assert rules.require_content(" Dọn rác quanh chợ\r\n") == "Dọn rác quanh chợ"
    for content in ("", "Dọn rác", "a" * 4001):
        with pytest.raises(rules.DirectiveContentUnfit):
            rules.require_content(content)
    assert rules.require_words("", 0) == ""
    for text, least in (("", 1), ("ngắn", 15), ("a" * 2001, 1)):
        with pytest.raises(rules.DirectiveWordsUnfit):
            rules.require_words(text, least)


@pytest.mark.parametrize("due", [Due(), Due(3, NOW + DAY), Due(0), Due(366), Due(-1)])
def test_a_term_or_a_date_and_not_both(due: Due) -> None:
    with pytest.raises(rules.DirectiveTermUnfit):
        rules.require_due(due, NOW)


def test_a_date_lies_ahead_and_not_too_far() -> None:
    rules.require_due(Due(1), NOW)
    rules.require_due(Due(365), NOW)
    rules.require_due(Due(at=NOW + timedelta(minutes=1)), NOW)
    for at in (NOW, NOW - DAY):
        with pytest.raises(rules.DirectiveDatePast):
            rules.require_due(Due(at=at), NOW)
    with pytest.raises(rules.DirectiveDateTooFar):
        rules.require_due(Due(at=NOW + 1100 * DAY), NOW)


def test_a_source_is_a_page_of_this_site() -> None:
    assert rules.require_source(Source(label="x", address="http://elsewhere/")) == rules.BY_HAND
    source = Source(SourceKind.INCIDENT, uuid4(), " Sự việc  số 12 ", "/incidents/12/")
    assert rules.require_source(source).label == "Sự việc số 12"


@pytest.mark.parametrize(
    "more",
    [
        {"id": None},
        {"label": "…"},
        {"label": "a" * 201},
        {"address": ""},
        {"address": "https://elsewhere.example/"},
        {"address": "//elsewhere.example/"},
        {"address": "/\\elsewhere.example"},
        {"address": "/a b"},
        {"address": "/a\nb"},
        {"address": "/" + "a" * 300},
    ],
)
def test_a_source_that_leads_elsewhere_or_is_not_named_is_refused(more: dict[str, object]) -> None:
    facts: dict[str, object] = {"id": uuid4(), "label": "Sự việc", "address": "/incidents/1/", **more}
    with pytest.raises(rules.DirectiveSourceUnfit):
        rules.require_source(Source(SourceKind.INCIDENT, **facts))  # type: ignore[arg-type]


def test_a_leader_gives_to_their_own_area() -> None:
    rules.require_under("/UBND-164/", [("/UBND-164/UBND-1/", "một"), ("/UBND-164/", "thành phố")])
    with pytest.raises(rules.DirectiveBeyondGiver) as refusal:
        rules.require_under("/UBND-164/UBND-1/", [("/UBND-164/UBND-19/", "mười chín"), ("/UBND-164/UBND-1/", "một")])
    assert refusal.value.params == {"names": "mười chín"}


def test_supporting_agencies_are_each_named_once_and_are_not_the_leading_one() -> None:
    lead, one, two = uuid4(), uuid4(), uuid4()
    assert rules.require_supporting(lead, [one, two, one]) == (one, two)
    with pytest.raises(rules.LeadAlsoSupports):
        rules.require_supporting(lead, [one, lead])
    with pytest.raises(rules.TooManySupporting):
        rules.require_supporting(lead, [uuid4() for _n in range(41)])


def test_percent_files_and_evidence_have_limits() -> None:
    rules.require_percent(0)
    rules.require_percent(99)
    for percent in (-1, 100, 101):
        with pytest.raises(rules.PercentUnfit):
            rules.require_percent(percent)
    rules.require_files(50, 10)
    for there, more in ((0, 11), (51, 10)):
        with pytest.raises(rules.TooManyFiles):
            rules.require_files(there, more)
    rules.require_evidence(1)
    with pytest.raises(rules.EvidenceMissing):
        rules.require_evidence(0)


def test_more_time_ends_later_and_is_asked_for_once() -> None:
    rules.require_extension(NOW + DAY, NOW + 2 * DAY, NOW, waits=False)
    with pytest.raises(rules.ExtensionWaits):
        rules.require_extension(NOW + DAY, NOW + 2 * DAY, NOW, waits=True)
    with pytest.raises(rules.ExtensionNotLater):
        rules.require_extension(NOW + DAY, NOW + DAY, NOW, waits=False)
    # What is late already is not extended into the past.
    with pytest.raises(rules.DirectiveDatePast):
        rules.require_extension(NOW - 2 * DAY, NOW - DAY, NOW, waits=False)


def test_the_end_is_near_for_a_quarter_of_the_time_and_two_days_at_most() -> None:
    assert rules.soon_at(NOW, NOW + 4 * DAY) == NOW + 3 * DAY
    assert rules.soon_at(NOW, NOW + 100 * DAY) == NOW + 98 * DAY
    assert rules.soon_at(NOW, NOW + timedelta(hours=4)) == NOW + timedelta(hours=3)


def test_every_directive_has_one_timing() -> None:
    dates = {"due_at": NOW, "near_at": NOW - DAY, "done_at": None}
    second = timedelta(seconds=1)

    def at(state: State, now: datetime, **more: object) -> Timing:
        return rules.timing(state, now, **{**dates, **more})  # type: ignore[arg-type]

    assert at(State.GIVEN, NOW - DAY - second) is Timing.IN_TIME
    assert at(State.GIVEN, NOW - DAY) is Timing.SOON
    assert at(State.IN_PROGRESS, NOW) is Timing.SOON
    assert at(State.IN_PROGRESS, NOW + second) is Timing.LATE
    assert at(State.DONE, NOW + DAY, done_at=NOW) is Timing.DONE_IN_TIME
    assert at(State.CLOSED, NOW + DAY, done_at=NOW + second) is Timing.DONE_LATE
    assert at(State.WITHDRAWN, NOW + DAY) is Timing.ENDED
    assert at(State.DRAFT, NOW, due_at=None, near_at=None) is Timing.NOT_GIVEN


def test_what_is_to_be_told_goes_on_as_time_does_and_is_news_once() -> None:
    dates = {"due_at": NOW, "near_at": NOW - DAY}
    told = [rules.to_be_told(NOW + n * DAY, **dates) for n in (-2, -1, 0, 1, 3, 4)]
    assert told == [Told.NOTHING, Told.SOON, Told.SOON, Told.LATE, Told.LATE, Told.LONG_LATE]
    assert rules.is_news(Told.SOON, Told.LATE)
    assert not rules.is_news(Told.LATE, Told.LATE)
    assert not rules.is_news(Told.LATE, Told.SOON)
