import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest

from songcau.foundation.accounts import rules
from songcau.foundation.accounts.phones import PhoneUnreadable
from songcau.foundation.accounts.rules import GrantState, SessionEnd, Threshold
from songcau.kernel.workflow import TransitionRefused

AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "name",
    [
        "Mẫn",
        "H'Hen Niê",
        "Y K’Thu Êban",
        "Nguyễn Thị Ánh Tuyết (tức Hoa)",
        "Nguyễn Phúc Tôn Nữ Công Tằng Huyền Tôn Nữ Thị Bích Ngọc Anh Thư",
        "Ă" * 150,
        "Jean-Luc O'Neil Jr.",
    ],
)
def test_names_people_have_are_taken_as_they_are(name):
    assert rules.usable_name(f"  {unicodedata.normalize('NFD', name)} ") == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("name", ["", "   ", "''", "Lan 2", "Ă" * 151, "\u200b", "<b>Lan</b>", "Lan 😀"])
def test_what_no_name_is_written_with_is_refused(name):
    with pytest.raises(rules.NameUnusable):
        rules.usable_name(name)


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\ufeff", "\x00", "\u3164"])
def test_what_nobody_sees_in_a_name_is_taken_out_of_it(hidden):
    assert rules.usable_name(f"{hidden}Lan{hidden} Anh") == "Lan Anh"


def test_both_placements_of_a_tone_stand_together_in_a_list_of_people():
    ordered = ["Bùi Thuý", "Lê Thúy", "Trần Thuý", "Vũ Thúy"]
    assert sorted(["Trần Thuý", "Lê Thúy", "Vũ Thúy", "Bùi Thuý"], key=rules.name_key) == ordered


def test_people_are_listed_by_given_name():
    names = ["Nguyễn Văn Bình", "Trần Thị An", "Mẫn", "Lê An"]
    assert sorted(names, key=rules.name_key) == ["Lê An", "Trần Thị An", "Nguyễn Văn Bình", "Mẫn"]


def test_usernames_differ_by_more_than_case_and_marks():
    assert rules.usable_username(" Nguyễn.Lan ") == rules.usable_username("nguyen.lan") == "nguyen.lan"


@pytest.mark.parametrize("text", ["ab", "a" * 61, "lan anh", "lan@x", ".lan", "лан"])
def test_unusable_usernames_are_refused(text):
    with pytest.raises(rules.UsernameUnusable):
        rules.usable_username(text)


def test_contact_fields():
    assert rules.usable_email("") == ""
    assert rules.usable_email(" Lan@Example.VN ") == "lan@example.vn"
    assert rules.usable_phone("") == ""
    assert rules.usable_phone("+84 912.345-678") == "+84912345678"
    for text in ("lan", "a@b", "a b@c.vn", "a@b@c.vn", "x" * 250 + "@a.vn"):
        with pytest.raises(rules.EmailUnusable):
            rules.usable_email(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0120 123 4567", "+84701234567"),
        ("01635123456", "+84335123456"),
        ("0208 3855 555", "+842083855555"),
        ("+81 90-1234-5678", "+819012345678"),
        ("001 202-555-0143", "+12025550143"),
        ("  ", ""),
    ],
)
def test_a_number_is_kept_in_one_form_and_old_ones_as_the_new_ones(typed: str, kept: str) -> None:
    assert rules.usable_phone(typed) == kept


@pytest.mark.parametrize("text", ["123", "+84 abc", "1" * 16, "0912", "+999 123 456"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(PhoneUnreadable):
        rules.usable_phone(text)


def test_a_number_that_stands_there_already_hinders_no_other_change() -> None:
    assert rules.usable_phone("0000 of old", "0000 of old") == "0000 of old"


def test_agency_codes_and_titles():
    assert rules.usable_agency_code(" ubnd-05431 ") == "UBND-05431"
    assert rules.usable_title("  Văn   phòng ") == "Văn phòng"
    for text in ("", "-A", "A/B", "A_B", "Ă", "A" * 41):
        with pytest.raises(rules.AgencyCodeUnusable):
            rules.usable_agency_code(text)
    for text in (" ", "x" * 201):
        with pytest.raises(rules.AgencyNameMissing):
            rules.usable_title(text)


def test_a_path_is_made_of_the_codes_above():
    assert rules.path_under(None, "A") == "/A/"
    assert rules.path_under("/A/", "B") == "/A/B/"
    with pytest.raises(rules.AgencyTooDeep):
        rules.path_under("/X" * rules.DEPTH_LIMIT + "/", "B")


def test_moving_takes_along_what_is_under_and_nothing_else():
    paths = ["/A/", "/A/B/", "/A/B/C/", "/A/BB/", "/D/"]
    assert rules.paths_after_move(paths, "/A/B/", "/D/") == {"/A/B/": "/D/B/", "/A/B/C/": "/D/B/C/"}
    assert rules.paths_after_move(paths, "/A/B/", None) == {"/A/B/": "/B/", "/A/B/C/": "/B/C/"}


@pytest.mark.parametrize("parent", ["/A/", "/A/B/", "/A/B/C/"])
def test_an_agency_cannot_move_under_itself(parent):
    with pytest.raises(rules.AgencyLoop):
        rules.paths_after_move(["/A/", "/A/B/", "/A/B/C/"], "/A/", parent)


def test_a_move_cannot_push_the_lowest_too_deep():
    deep = "/M" + "/X" * (rules.DEPTH_LIMIT - 1) + "/"
    with pytest.raises(rules.AgencyTooDeep):
        rules.paths_after_move(["/M/", deep, "/N/"], "/M/", "/N/")


def test_periods():
    rules.require_period(AT, None, AT)
    rules.require_period(AT, AT + HOUR, AT)
    for start, end in ((AT, AT), (AT, AT - HOUR), (AT - 3 * HOUR, AT - HOUR)):
        with pytest.raises(rules.PeriodUnusable):
            rules.require_period(start, end, AT)
    today = date(2026, 11, 23)
    rules.require_days(today, None, today)
    rules.require_days(today, today, today)
    for first, last in ((date(2026, 11, 24), None), (today, date(2026, 11, 22)), (today, date(2026, 11, 24))):
        with pytest.raises(rules.PeriodUnusable):
            rules.require_days(first, last, today)


def test_reasons_are_given():
    assert rules.require_reason("  Quyết định  12 ") == "Quyết định 12"
    for text in ("", " \n ", "x" * 501):
        with pytest.raises(rules.ReasonMissing):
            rules.require_reason(text)


def test_somebody_must_be_left_and_nothing_must():
    rules.require_administrator_left(1)
    rules.require_nothing_left({"people": 0})
    with pytest.raises(rules.LastAdministrator):
        rules.require_administrator_left(0)
    with pytest.raises(rules.AgencyInUse) as refused:
        rules.require_nothing_left({"people": 0, "roles": 2})
    assert refused.value.params == {"people": 0, "roles": 2}


def test_the_second_save_of_two_learns_what_the_first_changed():
    rules.require_unchanged(3, 3, {"name": 3})
    with pytest.raises(rules.ChangedMeanwhile) as refused:
        rules.require_unchanged(3, 5, {"name": 5, "kind": 4, "email": 2})
    assert refused.value.params == {"fields": "kind, name"}
    assert refused.value.conflict


def test_an_ended_role_goes_nowhere():
    for state in (GrantState.EXPIRED, GrantState.WITHDRAWN):
        for step in ("expire", "withdraw", "change_end"):
            with pytest.raises(TransitionRefused):
                rules.GRANT.step(state, step)


@pytest.mark.parametrize(
    ("began", "seen", "staff", "same", "end"),
    [
        (HOUR, HOUR / 2, True, True, None),
        (HOUR, HOUR, True, True, SessionEnd.IDLE),
        (2 * HOUR, 2 * HOUR, False, True, None),
        (12 * HOUR, HOUR / 60, True, True, SessionEnd.TOO_OLD),
        (12 * HOUR, HOUR / 60, False, True, SessionEnd.TOO_OLD),
        (HOUR, HOUR / 60, False, False, SessionEnd.OTHER_BROWSER),
        (None, HOUR / 60, False, True, SessionEnd.UNMARKED),
        (HOUR, None, False, True, SessionEnd.UNMARKED),
    ],
)
def test_when_a_session_is_over(began, seen, staff, same, end):
    began_at, seen_at = (None if ago is None else AT - ago for ago in (began, seen))
    assert rules.session_end(began_at, seen_at, AT, staff=staff, same_browser=same) is end


@pytest.mark.parametrize("staff", [True, False])
@pytest.mark.parametrize("used", [True, False])
@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("must_change", [True, False])
def test_the_threshold(staff, used, there, must_change):
    got = rules.threshold(staff=staff, factor_used=used, factor_set_up=there, must_change_password=must_change)
    if got is None:
        assert not must_change
        assert not staff or (used and there)
    elif got is Threshold.CHANGE_PASSWORD:
        assert must_change
        assert used or not there or not staff  # never before a factor that exists
    else:
        assert staff
        assert got is (Threshold.USE_SECOND_FACTOR if there else Threshold.SET_UP_SECOND_FACTOR)
