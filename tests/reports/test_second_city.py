"""To a second city of this software and back: each report once, whoever is killed; how it stands there, once each.

Our side is the database of the test, the other one is a real city whose processes are killed (SIGKILL) while a report
goes to it and started again. Its desk works through its own screens.
"""

import time
from collections.abc import Iterator

import httpx
import pytest

from songcau.kernel.actor import SYSTEM
from songcau.systems.citizen_reports.actions.forwarding import (
    ask_jurisdictions,
    forward_report,
    pull_reports,
    read_back,
    send_again,
    send_link,
)
from songcau.systems.citizen_reports.actions.jurisdictions import Facts, set_jurisdiction, try_jurisdiction
from songcau.systems.citizen_reports.adapters.open311 import PeerAway, PeerRefused
from songcau.systems.citizen_reports.models import Entry, Jurisdiction, OutsideLink, Report
from songcau.systems.citizen_reports.rules import Direction, LinkState, shown_code
from songcau.systems.citizen_reports.tests.conftest import _files_of_its_own as _files_of_its_own
from songcau.systems.citizen_reports.tests.conftest import town as town
from songcau.systems.citizen_reports.tests.town import Town, found, send
from tests.reports.second_city import (
    NAME,
    Desk,
    SecondCity,
    killed_after,
    killed_before_it_answers,
    killed_before_it_reads,
    on,
)

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif("config.getoption('markexpr') != 'soak'", reason="NOT RUN: only with -m soak"),
    pytest.mark.django_db,
]

WARD = "UBND-05431"
CLOSING = "Đã nối lại dây trung tính bị đứt ở cột 12, kiểm tra điện áp từng nhà, xong lúc 9 giờ."
# Of the time that a POST takes here and now: reading it, in the midst of its transaction, about to answer.
PARTS = (0.25, 0.6, 0.95)


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecondCity]:
    running = SecondCity(tmp_path_factory.mktemp("second"))
    yield running
    running.city.stop()


@pytest.fixture(scope="module")
def key(second: SecondCity) -> str:
    return Desk(second, "quantri").gives_a_key_out("Thành phố bên")


@pytest.fixture
def jurisdiction(town: Town, second: SecondCity, key: str) -> Jurisdiction:
    facts = Facts("Thành phố thứ hai", second.base_url, NAME, forwards=True, sends={"POWER_OUTAGE": "POWER"})
    return set_jurisdiction(by=town.root, facts=facts, api_key=key)


def forwarded(town: Town, jurisdiction: Jurisdiction, text: str) -> OutsideLink:
    report = send(category="POWER_OUTAGE", text=text)
    return forward_report(by=town.desk, report_id=report.pk, jurisdiction_id=jurisdiction.pk)


def said(link: OutsideLink) -> list[str]:
    """What the timeline here tells of how it stands there, in order."""
    rows = Entry.objects.filter(report=link.report_id, step="outside_says").order_by("id")
    return [f"{row.params['status']}: {row.text}" for row in rows]


def test_whoever_is_killed_in_the_middle_of_it_each_report_is_there_once(
    town: Town, second: SecondCity, jurisdiction: Jurisdiction, key: str
) -> None:
    first = forwarded(town, jurisdiction, "Mất điện một pha")
    begun = time.monotonic()
    send_link(by=SYSTEM, link_id=first.pk)
    usual = time.monotonic() - begun
    before, kills = len(second.texts()), second.kills
    breaks = [killed_before_it_answers, killed_before_it_reads]
    breaks += [lambda second, part=part: killed_after(second, part * usual) for part in PARTS]  # type: ignore[misc]
    links = [forwarded(town, jurisdiction, f"Mất điện cả ngõ {number} từ tối qua") for number in range(len(breaks))]
    stored_without_an_answer = 0
    for number, (link, breaking) in enumerate(zip(links, breaks, strict=True)):
        try:
            send_link(by=SYSTEM, link_id=link.pk, connect=on(breaking(second), key))
        except PeerAway:
            stored_without_an_answer += sum(f"ngõ {number} " in text for text in second.texts())
            # Nobody is there: it stays as it is, however often it is tried.
            with pytest.raises(PeerAway):
                send_link(by=SYSTEM, link_id=link.pk)
            link.refresh_from_db()
            assert (link.state, link.remote_id) == (LinkState.SENDING, "")
        second.start_again()
        for _time in range(2):
            send_link(by=SYSTEM, link_id=link.pk)
        link.refresh_from_db()
        assert link.state == LinkState.SENT
    texts = second.texts()
    assert second.kills - kills == len(breaks)
    # The first of them at least; else nothing was tried that could have been doubled.
    assert stored_without_an_answer >= 1
    assert len(texts) == before + len(links)
    for link in links:
        assert sum(f"[{shown_code(link.report.code)}]" in text for text in texts) == 1
    assert len({link.remote_id for link in links}) == len(links)
    assert read_back(by=SYSTEM, jurisdiction_id=jurisdiction.pk) == len(links) + 1


def test_how_it_stands_there_comes_back_once_each_time_it_changes(
    town: Town, second: SecondCity, jurisdiction: Jurisdiction
) -> None:
    link = forwarded(town, jurisdiction, "Dây điện võng xuống sát mái nhà")
    send_link(by=SYSTEM, link_id=link.pk)
    link.refresh_from_db()

    def back() -> int:
        """As the schedule asks: twice, since nothing may be told again."""
        assert ask_jurisdictions(by=SYSTEM) == 0
        told = len(said(link))
        assert ask_jurisdictions(by=SYSTEM) == 0
        assert len(said(link)) == told
        return told

    assert back() == 1
    desk = Desk(second, "truc")
    desk.does(link.remote_id, "assign", agency=second.agency(WARD))
    assert back() == 2
    desk.does(link.remote_id, "start")
    assert back() == 3
    second.kill()
    assert ask_jurisdictions(by=SYSTEM) == 1
    jurisdiction.refresh_from_db()
    assert jurisdiction.last_error.startswith("JURISDICTION_AWAY")
    second.start_again()
    desk.does(link.remote_id, "resolve", text=CLOSING)
    assert back() == 4
    link.refresh_from_db()
    assert (link.state, link.remote_status, link.remote_notes) == (LinkState.CLOSED, "closed", CLOSING)
    desk.does(link.remote_id, "close")
    assert back() == 4
    assert [line.partition(":")[0] for line in said(link)] == ["open", "open", "open", "closed"]
    assert said(link)[-1] == f"closed: {CLOSING}"
    # Who handles it here decides here.
    assert found(link.report_id).is_open


def test_what_went_there_is_not_fetched_from_there_as_news(
    town: Town, second: SecondCity, jurisdiction: Jurisdiction
) -> None:
    link = forwarded(town, jurisdiction, "Trạm biến áp kêu to, có mùi khét")
    send_link(by=SYSTEM, link_id=link.pk)
    link.refresh_from_db()
    desk = Desk(second, "truc")
    desk.does(link.remote_id, "assign", agency=second.agency(WARD))
    desk.does(
        link.remote_id, "publish", public_text=f"Trạm biến áp kêu to, có mùi khét [{shown_code(link.report.code)}]"
    )
    public = httpx.get(f"{second.base_url}/requests/{link.remote_id}.json").json()[0]
    assert shown_code(link.report.code) in public["description"]
    Jurisdiction.objects.filter(pk=jurisdiction.pk).update(pulls=True, service_map={"*": "STREET_LAMP"})
    before = Report.objects.count()
    taken = pull_reports(by=SYSTEM, jurisdiction_id=jurisdiction.pk)
    assert taken > 0
    assert Report.objects.count() == before + taken
    assert pull_reports(by=SYSTEM, jurisdiction_id=jurisdiction.pk) == 0
    assert not OutsideLink.objects.filter(direction=Direction.IN, remote_id=link.remote_id).exists()


def test_a_key_that_was_taken_back_and_a_wrong_jurisdiction_are_said_and_mended(
    town: Town, second: SecondCity, jurisdiction: Jurisdiction
) -> None:
    before = len(second.texts())
    administrator = Desk(second, "quantri")
    link = forwarded(town, jurisdiction, "Cột điện nghiêng ra giữa đường")
    facts = Facts(jurisdiction.name, second.base_url, NAME, forwards=True, sends={"*": "POWER"})

    def tried(facts: Facts, key: str | None) -> tuple[str, bool]:
        set_jurisdiction(by=town.root, facts=facts, jurisdiction_id=jurisdiction.pk, api_key=key)
        link.refresh_from_db()
        if link.state == LinkState.FAILED:
            send_again(by=town.desk, link_id=link.pk)
        send_link(by=SYSTEM, link_id=link.pk)
        link.refresh_from_db()
        return link.state, "api_key" in link.last_error

    assert tried(facts, "sck_nobody_has_this") == (LinkState.FAILED, True)
    assert administrator.takes_its_keys_back() >= 1
    old = administrator.gives_a_key_out("Thành phố bên, khóa thứ hai")
    ours = Facts(facts.name, facts.base_url, "first.example", forwards=True, sends={"*": "POWER"})
    assert tried(ours, old) == (LinkState.FAILED, False)
    with pytest.raises(PeerRefused) as refused:
        try_jurisdiction(by=town.root, jurisdiction_id=jurisdiction.pk)
    assert refused.value.params["status"] == 404
    administrator.takes_its_keys_back()
    assert tried(facts, old) == (LinkState.FAILED, True)
    with pytest.raises(PeerRefused):
        list(on(httpx.HTTPTransport(), old)(jurisdiction).by_ids(["PA-0000-0000"]))
    assert len(second.texts()) == before
    new = administrator.gives_a_key_out("Thành phố bên, khóa thứ ba")
    assert tried(facts, new) == (LinkState.SENT, False)
    assert len(second.texts()) == before + 1
    assert read_back(by=SYSTEM, jurisdiction_id=jurisdiction.pk) == 1
