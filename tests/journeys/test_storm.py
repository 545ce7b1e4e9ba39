"""The storm, worked by the screens alone: what the rules raised and grouped, one incident from alerts to review, a
directive from draft to accepted result, the bulletin of the day, the shift given over.

In a city as `make demo SCENE=storm` makes it, and in one with the folder of real data. It waits for the storm, so it is
`make soak` that runs it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.storm_acts import (
    PHONE,
    WALL,
    Person,
    choose_agency,
    list_is_as_long_as,
    person,
    photograph,
    printed,
    rows_of,
    tick,
)
from tools.city import City, temporary_city

pytestmark = [
    pytest.mark.browser,
    pytest.mark.soak,
    pytest.mark.skipif("config.getoption('markexpr') != 'soak'", reason="NOT RUN: only with -m soak"),
]

# The code of a rule and what the queue calls its alerts, in the order in which the storm raises them.
RAISED = {
    "TRAFFIC_JAMMED": "Xe đi rất chậm",
    "WEATHER_SILENT": "Trạm thời tiết mất tín hiệu",
    "RIVER_RISING": "Nước sông lên nhanh",
    "FLOODED_WARD": "Mưa to và có phản ánh ngập",
    "RIVER_LEVEL_1": "Mực nước sông đến báo động I",
    "FLOOD_REPORTS": "Nhiều phản ánh ngập trong một phường",
    "RIVER_LEVEL_2": "Mực nước sông đến báo động II",
}
WARD = "Gia Sàng"
STORM_MILLISECONDS = 8 * 60_000
TITLE = "Ngập phường Gia Sàng và hai bên bờ sông Cầu"
TASK = "Điều máy bơm và lực lượng xung kích hỗ trợ phường Gia Sàng"
RESULT = "Hai máy bơm chạy từ 9 giờ; ngã tư Gia Sàng đã thông, không còn hộ nào bị cô lập."
BULLETIN = "Cảnh báo ngập tại phường Gia Sàng"
TOLD = "Nội dung bàn giao của bạn đã được đọc và ký nhận"
CLOSING = "Đã kiểm tra tại chỗ; nước rút, đường thông."


@pytest.fixture(params=["alone", "with real data"])
def storm(request: pytest.FixtureRequest) -> Iterator[City]:
    """A city of its own; one that has left a traceback behind has failed, whatever the pages showed."""
    data: Path | None = request.getfixturevalue("real_data") if request.param == "with real data" else None
    with temporary_city(data=data, scene="storm") as running:
        yield running
        for log in (running.folder / "logs").glob("*.log"):
            text = log.read_text(encoding="utf-8")
            assert "Traceback (most recent call last)" not in text, log.name + text[text.index("Traceback") :][:3000]


def test_the_storm_is_worked_to_its_end(browser: Browser, storm: City) -> None:
    with person(browser, storm, "truc") as operator:
        begin_the_shift(operator)
        rules_raise_and_group(operator)
        alerts_are_taken_and_passed_up(operator)
        incident = open_the_incident(operator)
        publish_the_bulletin(operator)
        draft_the_directive(operator)
        with person(browser, storm, "truc", WALL) as wall:
            wall_counts_what_its_lists_hold(wall)
        with person(browser, storm, "lanhdao") as leader, person(browser, storm, "chutich", PHONE) as ward:
            leader_gives_the_directive(leader)
            ward_works(ward, incident)
            leader_accepts(leader)
        end_the_incident(operator)
        close_its_alerts(operator)
        print_the_day(operator)
        give_over_the_shift(operator)
        with person(browser, storm, "trucdem") as relief:
            take_over_the_shift(operator, relief)


# --- the centre ---------------------------------------------------------------------------------------------


def begin_the_shift(operator: Person) -> None:
    operator.menu("Ca trực")
    operator.press("Bắt đầu ca trực", "button")
    operator.sees("Ca trực đã bắt đầu")


def line_of(name: str) -> str:
    return f'a[data-alert]:has(strong:text-is("{name}"))'


def rules_raise_and_group(operator: Person) -> None:
    """Without a click: the queue refreshes by itself until every kind of alert of the storm stands in it."""
    page = operator.page
    operator.menu("Cảnh báo")
    for name in RAISED.values():
        page.locator(line_of(name)).first.wait_for(timeout=STORM_MILLISECONDS)
    operator.look()
    assert "Chưa tiếp nhận: 0" not in page.locator("#queue-says").inner_text(), "what stands above goes along"
    for code, name in RAISED.items():
        page.locator(line_of(name)).first.click()
        expect(page.locator("[aria-labelledby=whose]")).to_contain_text(code)
        if code == "FLOODED_WARD":
            # One alert of a ward, from rain and from several reports of people who did not know of each other.
            assert page.locator("[aria-labelledby=evidence] li").count() >= 4
            operator.look()
        operator.menu("Cảnh báo")
    jammed = page.locator("#listing tr", has=page.locator(line_of(RAISED["TRAFFIC_JAMMED"])))
    assert jammed.count() == 1
    expect(jammed).to_contain_text("thêm 3 trong nhóm")


def alerts_are_taken_and_passed_up(operator: Person) -> None:
    page = operator.page
    page.locator(line_of(RAISED["RIVER_LEVEL_2"])).first.click()
    operator.press("Tiếp nhận")
    operator.look()
    operator.send()
    operator.sees("Đã tiếp nhận")
    operator.press("Chuyển lên trên")
    page.fill("#id_text", "Nước sông còn lên, cần lãnh đạo phường cho người trực đê.")
    operator.look()
    operator.send()
    operator.sees("đã chuyển lên lãnh đạo phường", "cần lãnh đạo phường cho người trực đê")
    operator.look()
    operator.menu("Cảnh báo")
    group_by_hand(operator)


def group_by_hand(operator: Person) -> None:
    """The flood and the reports of it in one ward are one matter: one line from now on."""
    page = operator.page
    for code in ("FLOODED_WARD", "FLOOD_REPORTS"):
        flooded_row(page, code).locator("input[name=chosen]").check()
    page.select_option("#id_act", "group")
    operator.press("Thực hiện với các mục đã đánh dấu", "button")
    operator.sees("đã gộp vào một dòng", "thêm 1 trong nhóm")
    expect(page.locator(line_of(RAISED["FLOOD_REPORTS"]))).to_have_count(0)


def flooded_row(page: Page, code: str) -> Locator:
    """Its line of the ward that reports the most."""
    rows = page.locator("#listing tr").filter(has=page.get_by_text(WARD, exact=True))
    return rows.filter(has=page.locator(line_of(RAISED[code]))).first


def open_the_incident(operator: Person) -> str:
    """From the group, with who leads, who helps, where, and a playbook; the address of its page."""
    page = operator.page
    flooded_row(page, "FLOODED_WARD").locator("a[data-alert]").click()
    operator.press("Mở sự việc")
    page.fill("#id_title", TITLE)
    page.select_option("#id_kind", "FLOOD")
    page.select_option("#id_playbook", label="Ứng phó ngập đô thị")
    page.fill("#id_description", "Mưa trên 60 mm/h, nước ngập ngang bánh xe máy, nhiều phản ánh của người dân.")
    choose_agency(page, "#id_lead_agency", "(UBND-05461)")
    for code in ("(UBND-05431)", "(QLDT-164)"):
        page.locator("#id_supporting label", has_text=code).locator("input").check()
    page.get_by_role("checkbox", name=WARD, exact=True).check()
    draw_the_area(page)
    operator.look()
    operator.send()
    page.wait_for_selector("#checklist-title")
    operator.sees(TITLE, "UBND phường Gia Sàng", "Phòng Quản lý đô thị", RAISED["FLOODED_WARD"])
    tick(page, "Gọi lãnh đạo phường", "Chủ tịch phường Gia Sàng xác nhận lúc nhận tin.")
    tick(page, "Rào chắn đoạn ngập", "Chốt hai đầu đường Cách mạng tháng Tám.")
    page.get_by_text("Ghi vào dòng thời gian", exact=True).first.click()
    page.fill("#id_text", "Nước cao 40 cm tại ngã tư Gia Sàng, đang lên chậm.")
    operator.press("Ghi", "button")
    operator.sees("Nước cao 40 cm", "đã xong 2/6")
    operator.look()
    return page.url


def draw_the_area(page: Page) -> None:
    page.wait_for_selector("#area-map canvas")
    box = page.locator("#area-map").bounding_box()
    assert box is not None
    for across, down in ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)):
        page.locator("#area-map").click(position={"x": box["width"] * across, "y": box["height"] * down})
    expect(page.locator("#id_ring")).to_have_value(re.compile(r"(\d+\.\d+, \d+\.\d+\s*){4}"))


def publish_the_bulletin(operator: Person) -> None:
    page = operator.page
    operator.press("Viết bản tin")
    page.fill("#id_title_vi", BULLETIN)
    page.fill("#id_text_vi", "Không đi qua đường ngập; kê cao đồ đạc, ngắt điện tầng một khi nước vào nhà.")
    operator.look()
    operator.send()
    operator.finds("Phát hành bản tin", "button").click()
    with page.expect_navigation():
        page.locator("dialog[open] button[value=yes]").click()
    operator.sees("Đã phát hành", "Còn hiệu lực", "Gia Sàng")
    operator.look()
    page.locator("main a", has_text=TITLE).click()
    operator.sees(BULLETIN)
    tick(page, "Phát hành bản tin", "Gửi hai phường.")


def draft_the_directive(operator: Person) -> None:
    """The centre gives nothing itself: it hands the draft to the leader."""
    page = operator.page
    operator.press("Viết nhiệm vụ chỉ đạo")
    operator.sees(TITLE)
    choose_agency(page, "#id_giver", "(UBND-164)")
    page.fill("#id_title", TASK)
    page.fill("#id_content", "Điều hai máy bơm và 20 người đến ngã tư Gia Sàng; báo cáo kèm ảnh.")
    choose_agency(page, "#id_lead", "(UBND-05431)")
    page.fill("#id_working_days", "1")
    page.check("#id_is_urgent")
    operator.look()
    operator.send()
    operator.sees("Lãnh đạo được báo có dự thảo", TASK)
    page.locator("main a", has_text=TITLE).click()
    operator.sees(TASK, "dự thảo")


# --- the wall -----------------------------------------------------------------------------------------------


def wall_counts_what_its_lists_hold(wall: Person) -> None:
    page = wall.page
    wall.menu("Màn hình điều hành")
    page.wait_for_selector("#op-line[data-state=live]")
    expect(page.locator(".ow-tile.is-incidents")).to_contain_text(TITLE)
    expect(page.locator(".ow-tile.is-alerts .ow-lines li").nth(3)).to_be_visible()
    wall.look()
    levels = page.locator(".ow-tile.is-alerts .ow-levels a").evaluate_all("all => all.map(e => e.className)")
    assert len(levels) >= 3
    tiles = (".is-alerts .ow-total", ".is-incidents .ow-total", *(f".is-alerts .ow-levels a.{one}" for one in levels))
    figures = [f'[data-key="FIGURE:{one}"] [data-count]' for one in ("reports_open", "reports_urgent", "reports_today")]
    for selector in (*tiles, *figures):
        list_is_as_long_as(page.locator(f".ow-tile{selector}"))


# --- the leader and the ward --------------------------------------------------------------------------------


def leader_gives_the_directive(leader: Person) -> None:
    leader.menu("Việc của tôi")
    leader.look()
    card = leader.page.locator(".sc-task", has_text=TASK)
    card.locator("h3 a").click()
    leader.sees("Sự việc", TITLE)
    leader.press("Giao")
    leader.look()
    leader.send()
    leader.sees("Đã giao", TASK)


def ward_works(ward: Person, incident: str) -> None:
    """On a phone: the task, with pictures, and what the ward has to do in the incident."""
    page = ward.page
    ward.menu("Việc của tôi")
    ward.look()
    page.locator(".sc-task", has_text=TASK).get_by_role("link", name="Bắt đầu xử lý").click()
    ward.look()
    ward.send()
    ward.press("Báo cáo tiến độ")
    page.fill("#id_percent", "60")
    page.fill("#id_text", "Hai máy bơm đã đến nơi, đang đấu điện.")
    page.set_input_files("#id_photos", photograph())  # type: ignore[arg-type]
    ward.look()
    ward.send()
    ward.sees("60 %")
    ward.menu("Sự việc")
    ward.look()
    page.locator("#listing a", has_text=TITLE).first.click()
    page.wait_for_url(incident)
    ward.look()
    tick(page, "Kiểm tra cống, cửa xả", "Đã mở cửa xả, ba cống thông.")
    tick(page, "Đưa người dân vùng trũng", "Chín hộ đã về nhà văn hóa.")
    ward.menu("Việc của tôi")
    page.locator(".sc-task", has_text=TASK).locator("h3 a").click()
    ward.press("Báo cáo hoàn thành")
    page.fill("#id_text", RESULT)
    page.set_input_files("#id_photos", photograph())  # type: ignore[arg-type]
    ward.send()
    ward.sees("Chờ chấp nhận")
    ward.look()


def leader_accepts(leader: Person) -> None:
    page = leader.page
    leader.menu("Việc của tôi")
    page.locator(".sc-task", has_text=TASK).locator("h3 a").click()
    leader.sees(RESULT)
    # Pictures of a storm are looked into one after the other; the page says so meanwhile.
    for _again in range(60):
        if page.locator(".sc-gallery img").count() == 2:
            break
        page.wait_for_timeout(3_000)
        page.reload()
    expect(page.locator(".sc-gallery img")).to_have_count(2)
    leader.look()
    leader.press("Chấp nhận kết quả")
    page.fill("#id_text", "Tốt, giữ máy bơm tại chỗ đến sáng mai.")
    leader.send()
    leader.sees("Đã kết thúc")
    leader.look()


# --- the end ------------------------------------------------------------------------------------------------


def end_the_incident(operator: Person) -> None:
    page = operator.page
    operator.menu("Sự việc")
    page.locator("#listing a", has_text=TITLE).first.click()
    operator.sees("đã hoàn thành và được chấp nhận", "100 %", "đã xong 5/6")
    tick(page, "Báo cáo nhanh lãnh đạo", "Đã báo cáo Phó Chủ tịch.")
    operator.press("Đã kiểm soát")
    operator.send()
    operator.press("Kết thúc xử lý")
    page.fill("#id_text", "Nước rút khỏi các tuyến đường, người dân đã về nhà.")
    end_knowingly(operator)
    operator.press("Viết rút kinh nghiệm")
    page.fill("#id_what_happened", "Mưa lớn trong một giờ, cống ngã tư Gia Sàng không thoát kịp.")
    page.fill("#id_went_well", "Phản ánh của người dân đến trước khi nước lên cao.")
    page.fill("#id_to_improve", "Máy bơm đến sau 40 phút.")
    page.fill("#id_measures", "Đặt sẵn máy bơm tại phường Gia Sàng trước mùa mưa.")
    operator.look()
    operator.send()
    operator.press("Đóng")
    end_knowingly(operator)
    operator.sees("Đã đóng", "đã xong 6/6", "Máy bơm đến sau 40 phút")
    operator.look()


def end_knowingly(operator: Person) -> None:
    """Its alert is open still."""
    expect(operator.page.locator("[aria-labelledby=left] a")).to_have_text(re.compile(RAISED["FLOODED_WARD"]))
    operator.page.check("#id_knows")
    operator.look()
    operator.send()


def close_its_alerts(operator: Person) -> None:
    """The group with a note; what the storm raised besides stays for who comes next."""
    page = operator.page
    operator.menu("Cảnh báo")
    flooded_row(page, "FLOODED_WARD").locator("a[data-alert]").click()
    operator.press("Đóng")
    page.fill("#id_text", CLOSING)
    operator.look()
    operator.send()
    operator.sees(CLOSING)
    operator.menu("Cảnh báo")
    page.select_option("#filter-standing", "CLOSED")
    expect(page.locator("#listing")).to_contain_text(RAISED["FLOODED_WARD"])
    assert rows_of(page) >= 1
    operator.look()


def print_the_day(operator: Person) -> None:
    operator.menu("Bản in của trung tâm")
    operator.look()
    text = printed(operator, "Tạo PDF Bản tin ngày", "button")
    assert TITLE in text
    assert "BẢN TIN NGÀY CỦA TRUNG TÂM ĐIỀU HÀNH" in text
    assert RAISED["FLOODED_WARD"] in text
    assert BULLETIN in text


def give_over_the_shift(operator: Person) -> None:
    page = operator.page
    operator.menu("Ca trực")
    page.fill("#log_text", "Đã đóng sự việc ngập Gia Sàng.")
    operator.press("Ghi vào nhật ký", "button")
    page.fill("#note_text", "Sông còn cao: theo dõi cầu Gia Bảy, gọi lại phường Quán Triều lúc 20 giờ.")
    operator.press("Giao cho ca sau", "button")
    page.wait_for_selector("form[action$='/take_back/']")
    operator.sees("Sông còn cao", RAISED["RIVER_LEVEL_2"])
    operator.look()


def take_over_the_shift(operator: Person, relief: Person) -> None:
    """Read, ticked and signed by who comes next; the one who goes is told, and prints the sheet."""
    page = relief.page
    relief.menu("Ca trực")
    relief.sees("Sông còn cao", RAISED["RIVER_LEVEL_2"])
    relief.look()
    page.get_by_label("Tôi đã đọc").check()
    relief.press("Ký nhận và bắt đầu ca", "button")
    page.wait_for_selector("form[action$='/hand_over/']")
    relief.look()
    operator.is_told(TOLD)
