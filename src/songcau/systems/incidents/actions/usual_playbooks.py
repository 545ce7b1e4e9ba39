"""The playbooks that a city begins with; it changes and retires them as it likes."""

from songcau.kernel.actor import Actor
from songcau.systems.incidents.actions.playbooks import Item, add_playbook
from songcau.systems.incidents.models import Playbook
from songcau.systems.incidents.permissions import require_operate
from songcau.systems.incidents.rules.incidents import Kind

_DESK, _WARD, _POLICE, _HEAD = "Trực ban trung tâm", "UBND phường", "Công an phường", "Lãnh đạo thành phố"
_CALL = Item(
    _DESK, 5, "Gọi lãnh đạo phường, xác nhận tình hình tại chỗ", "Call the head of the ward, confirm at the place"
)
_REPORT = Item(_DESK, 30, "Báo cáo nhanh lãnh đạo thành phố", "Report to the leaders of the city")
_TELL = Item(
    _DESK, 20, "Phát hành bản tin cảnh báo cho các phường liên quan", "Publish a bulletin for the wards concerned"
)

USUAL: tuple[tuple[str, Kind, str, str, tuple[Item, ...]], ...] = (
    (
        "FLOOD",
        Kind.FLOOD,
        "Ứng phó ngập đô thị",
        "Urban flooding",
        (
            _CALL,
            Item(_POLICE, 15, "Rào chắn đoạn ngập, phân luồng giao thông", "Close flooded roads, divert traffic"),
            _TELL,
            Item(_WARD, 30, "Kiểm tra cống, cửa xả; vận hành máy bơm", "Check drains and outlets, run the pumps"),
            _REPORT,
            Item(_WARD, 60, "Đưa người dân vùng trũng đến nơi an toàn", "Bring people of low ground to safety"),
        ),
    ),
    (
        "STORM",
        Kind.STORM,
        "Ứng phó bão, mưa lớn",
        "Storm and heavy rain",
        (
            _TELL,
            _CALL,
            Item(_WARD, 60, "Rà soát nhà yếu, cây nguy hiểm, điểm sạt lở", "Look at weak houses, trees, slopes"),
            _REPORT,
            Item(_HEAD, 120, "Quyết định cho học sinh nghỉ học, lùi sự kiện", "Decide on schools and events"),
        ),
    ),
    (
        "FIRE",
        Kind.FIRE,
        "Ứng phó cháy, nổ",
        "Fire and explosion",
        (
            Item(_DESK, 2, "Xác nhận đã báo 114, địa chỉ chính xác", "Confirm that 114 was called, with the address"),
            Item(_POLICE, 10, "Giải tỏa đường cho xe chữa cháy", "Clear the way for fire engines"),
            Item(_WARD, 20, "Kiểm đếm người, bố trí nơi ở tạm", "Count people, find shelter"),
            _REPORT,
        ),
    ),
    (
        "TRAFFIC",
        Kind.TRAFFIC,
        "Ứng phó ùn tắc, tai nạn giao thông",
        "Congestion and accidents",
        (
            Item(_DESK, 5, "Xác minh qua camera hoặc điện thoại", "Verify by camera or telephone"),
            Item(_POLICE, 15, "Phân luồng, xử lý hiện trường", "Divert traffic, handle the place"),
            Item(_DESK, 15, "Báo cấp cứu 115 khi có người bị thương", "Call 115 when somebody is hurt"),
            _REPORT,
        ),
    ),
    (
        "POWER",
        Kind.POWER,
        "Ứng phó mất điện diện rộng",
        "Wide power cut",
        (
            Item(
                _DESK, 5, "Gọi điện lực, hỏi phạm vi và thời gian khôi phục", "Ask the power company: where, how long"
            ),
            Item(
                _WARD,
                30,
                "Kiểm tra bệnh viện, trạm bơm, người cần thiết bị y tế",
                "Look after hospitals, pumps, the sick",
            ),
            _TELL,
            _REPORT,
        ),
    ),
)


def load_usual_playbooks(*, by: Actor) -> int:
    """Add those whose code is not there; how many. One that was retired or changed stays so. Raises NotYours."""
    require_operate(by)
    known = set(Playbook.objects.values_list("code", flat=True))
    missing = [one for one in USUAL if one[0] not in known]
    for code, kind, name_vi, name_en, items in missing:
        add_playbook(by=by, code=code, kind=kind, name_vi=name_vi, name_en=name_en, items=items)
    return len(missing)
