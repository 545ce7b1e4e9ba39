"""The categories with which a city begins; choices of this project, to be changed on the pages of set-up.

Terms are examples: what a city decides by its own rule stands above them. What is urgent is verified within four
working hours (as some Vietnamese cities do).
"""

from dataclasses import dataclass, field
from typing import Any

from songcau.foundation.calendar.deadlines import Method
from songcau.systems.citizen_reports.actions.configuring import CategoryFacts
from songcau.systems.citizen_reports.rules import BodyKind, Urgency


@dataclass(frozen=True, slots=True)
class Usual:
    """A category. `office` is the code of the agency that gets it in the whole city; `body` of an outside body."""

    code: str
    facts: CategoryFacts
    office: str = ""
    body: BodyKind | None = None


@dataclass(frozen=True, slots=True)
class _Heading:
    code: str
    name: str
    name_en: str
    under: tuple[Usual, ...] = field(default=())


ROADS_OFFICE, ENVIRONMENT_OFFICE = "QLDT-164", "TNMT-164"


def _choice(key: str, label: str, label_en: str, *options: tuple[str, str, str]) -> dict[str, Any]:
    rows = [{"value": value, "label": said, "label_en": english} for value, said, english in options]
    return {"key": key, "kind": "CHOICE", "label": label, "label_en": label_en, "options": rows, "required": False}


def _yes_no(key: str, label: str, label_en: str) -> dict[str, Any]:
    return {"key": key, "kind": "YES_NO", "label": label, "label_en": label_en, "required": False}


def _text(key: str, label: str, label_en: str) -> dict[str, Any]:
    return {"key": key, "kind": "TEXT", "label": label, "label_en": label_en, "required": False}


_DANGER = _yes_no("danger", "Có nguy hiểm cho người đi lại không?", "Is it dangerous for people passing by?")
_POLE = _text("pole", "Số hiệu ghi trên cột (nếu thấy)", "Number on the pole, if there is one")
_WIRES = _yes_no("wires", "Có dây điện bị đứt hoặc sà xuống không?", "Are electric wires torn or hanging down?")
_DEPTH = _choice(
    "depth",
    "Nước sâu khoảng bao nhiêu?",
    "About how deep is the water?",
    ("ANKLE", "Đến mắt cá chân", "Up to the ankle"),
    ("KNEE", "Đến đầu gối", "Up to the knee"),
    ("ABOVE", "Trên đầu gối", "Above the knee"),
)
_REACH = _choice(
    "reach",
    "Chỗ khác có bị như vậy không?",
    "Is it the same elsewhere?",
    ("HOME", "Chỉ một chỗ", "One place only"),
    ("STREET", "Cả ngõ, cả tuyến phố", "The whole street"),
    ("WIDE", "Rộng hơn", "A wider area"),
)
_WHEN = _choice(
    "when",
    "Thường xảy ra lúc nào?",
    "When does it mostly happen?",
    ("DAY", "Ban ngày", "By day"),
    ("EVENING", "Buổi tối", "In the evening"),
    ("NIGHT", "Ban đêm, sau 22 giờ", "At night, after 10 p.m."),
)


def _facts(name: str, name_en: str, keywords: str, *questions: dict[str, Any], **more: Any) -> CategoryFacts:
    return CategoryFacts(
        name=name, name_en=name_en, keywords="\n".join(keywords.split(", ")), questions=list(questions), **more
    )


_URGENT: dict[str, Any] = {"urgency": Urgency.URGENT, "verify_hours": 4}
_IN_HOURS: dict[str, Any] = {"term_method": Method.HOURS}

HEADINGS = (
    _Heading(
        "ROADS",
        "Đường sá, giao thông",
        "Roads and traffic",
        (
            Usual(
                "POTHOLE",
                _facts("Ổ gà, ổ voi", "Pothole", "ổ gà, ổ voi, hố sâu, hố trên đường", _DANGER, term_amount=5),
                ROADS_OFFICE,
            ),
            Usual(
                "ROAD_DAMAGE",
                _facts(
                    "Đường hỏng, sụt lún",
                    "Damaged road",
                    "đường hỏng, mặt đường hỏng, sụt lún, sạt lở, đường xấu, nứt đường, bong tróc",
                    _DANGER,
                    term_amount=10,
                ),
                ROADS_OFFICE,
            ),
            Usual(
                "PAVEMENT",
                _facts(
                    "Vỉa hè hỏng",
                    "Damaged pavement",
                    "vỉa hè hỏng, gạch vỉa hè, vỉa hè, bó vỉa, lát đá",
                    term_amount=10,
                ),
                ROADS_OFFICE,
            ),
            Usual(
                "ROAD_SIGN",
                _facts(
                    "Biển báo, vạch kẻ, đèn tín hiệu",
                    "Signs, markings and traffic lights",
                    "biển báo, vạch kẻ đường, đèn tín hiệu, đèn giao thông, đèn xanh đèn đỏ, gương cầu lồi",
                    _DANGER,
                    term_amount=5,
                ),
                ROADS_OFFICE,
            ),
            Usual(
                "MANHOLE",
                _facts(
                    "Nắp cống mất, hỏng",
                    "Missing or broken manhole cover",
                    "nắp cống, hố ga, mất nắp cống, nắp hố ga, miệng cống",
                    _DANGER,
                    term_amount=16,
                    **_URGENT,
                    **_IN_HOURS,
                ),
                ROADS_OFFICE,
            ),
        ),
    ),
    _Heading(
        "LIGHT_AND_GREEN",
        "Chiếu sáng, cây xanh",
        "Lighting and trees",
        (
            Usual(
                "STREET_LAMP",
                _facts(
                    "Đèn đường hỏng",
                    "Street lamp",
                    "đèn đường, đèn chiếu sáng, đèn không sáng, đèn hỏng, cột đèn, bóng đèn, tối om",
                    _POLE,
                    term_amount=3,
                ),
                ROADS_OFFICE,
            ),
            Usual(
                "FALLEN_TREE",
                _facts(
                    "Cây gãy, đổ",
                    "Fallen tree",
                    "cây đổ, cây gãy, cành cây gãy, cây nghiêng, cây sắp đổ, cây mục",
                    _WIRES,
                    term_amount=8,
                    **_URGENT,
                    **_IN_HOURS,
                ),
                ROADS_OFFICE,
            ),
            Usual(
                "GREENERY",
                _facts("Cây xanh, công viên", "Trees and parks", "tỉa cây, cây xanh, công viên, bồn hoa, bãi cỏ"),
                ROADS_OFFICE,
            ),
        ),
    ),
    _Heading(
        "ENVIRONMENT",
        "Môi trường",
        "Environment",
        (
            Usual(
                "WASTE",
                _facts(
                    "Rác thải",
                    "Rubbish",
                    "rác, bãi rác, rác thải, đổ trộm, thu gom rác, xà bần, bốc mùi, phế thải",
                    term_amount=2,
                ),
                ENVIRONMENT_OFFICE,
            ),
            Usual(
                "WATER_POLLUTION",
                _facts(
                    "Ao, hồ, sông, suối ô nhiễm",
                    "Polluted water",
                    "ao hồ ô nhiễm, ô nhiễm nước, nước thải, cá chết, sông ô nhiễm, suối ô nhiễm, kênh mương",
                    term_amount=10,
                ),
                ENVIRONMENT_OFFICE,
            ),
            Usual(
                "SMOKE_AND_DUST",
                _facts(
                    "Khói, bụi, mùi",
                    "Smoke, dust and smells",
                    "khói, bụi, mùi hôi, đốt rác, khí thải, mùi hóa chất, xe chở đất",
                    _WHEN,
                    term_amount=5,
                ),
                ENVIRONMENT_OFFICE,
            ),
            Usual(
                "NOISE",
                _facts(
                    "Tiếng ồn",
                    "Noise",
                    "tiếng ồn, karaoke, loa kéo, ồn ào, hát to, máy nổ",
                    _WHEN,
                    near_homes=True,
                    needs_photo_after=False,
                    term_amount=3,
                ),
            ),
        ),
    ),
    _Heading(
        "WATER_AND_DRAINS",
        "Ngập úng, thoát nước",
        "Flooding and drains",
        (
            Usual(
                "FLOODING",
                _facts(
                    "Ngập úng",
                    "Flooding",
                    "ngập, ngập úng, ngập nước, nước dâng, úng nước, lụt",
                    _DEPTH,
                    term_amount=8,
                    **_URGENT,
                    **_IN_HOURS,
                ),
                ROADS_OFFICE,
            ),
            Usual(
                "DRAIN",
                _facts("Cống, rãnh tắc", "Blocked drain", "tắc cống, cống tắc, rãnh, thoát nước, cống rãnh"),
                ROADS_OFFICE,
            ),
        ),
    ),
    _Heading(
        "UTILITIES",
        "Điện, nước, viễn thông",
        "Power, water and telecom",
        (
            Usual(
                "POWER",
                _facts(
                    "Điện",
                    "Electricity",
                    "mất điện, điện yếu, cột điện, dây điện, trạm biến áp, chập điện",
                    _WIRES,
                    _REACH,
                    term_amount=8,
                    needs_photo_after=False,
                    **_URGENT,
                    **_IN_HOURS,
                ),
                body=BodyKind.POWER,
            ),
            Usual(
                "WATER_SUPPLY",
                _facts(
                    "Nước sạch",
                    "Water supply",
                    "mất nước, nước yếu, vỡ ống nước, rò rỉ nước, nước đục, nước sạch",
                    _REACH,
                    term_amount=16,
                    needs_photo_after=False,
                    **_IN_HOURS,
                ),
                body=BodyKind.WATER,
            ),
            Usual(
                "TELECOM",
                _facts(
                    "Cáp viễn thông",
                    "Telecom cables",
                    "cáp viễn thông, dây mạng, cáp quang, dây cáp, dây thông tin, cáp sà, mạng internet",
                    _DANGER,
                    term_amount=3,
                ),
                body=BodyKind.TELECOM,
            ),
        ),
    ),
    _Heading(
        "ORDER",
        "Trật tự đô thị, xây dựng",
        "Public order and building",
        (
            Usual(
                "STREET_ORDER",
                _facts(
                    "Lấn chiếm lòng đường, vỉa hè",
                    "Blocked road or pavement",
                    "lấn chiếm, chiếm vỉa hè, lòng lề đường, đỗ xe, đậu xe, bán hàng rong, họp chợ, mái che",
                    term_amount=3,
                ),
            ),
            Usual(
                "FLY_POSTING",
                _facts(
                    "Quảng cáo, rao vặt sai quy định",
                    "Illegal posters",
                    "quảng cáo, rao vặt, tờ rơi, dán quảng cáo, khoan cắt bê tông, biển quảng cáo",
                    term_amount=5,
                ),
            ),
            Usual(
                "BUILDING",
                _facts(
                    "Xây dựng trái phép",
                    "Illegal building",
                    "xây dựng trái phép, xây nhà, không phép, sai phép, công trình, vật liệu xây dựng",
                    near_homes=True,
                    term_amount=10,
                ),
                ROADS_OFFICE,
            ),
            Usual(
                "SECURITY",
                _facts(
                    "An ninh, trật tự",
                    "Safety and order",
                    "trật tự, gây rối, đánh bạc, đua xe, tụ tập, trộm cắp, chó thả rông",
                    near_homes=True,
                    is_public=False,
                    needs_photo_after=False,
                    term_amount=3,
                ),
            ),
        ),
    ),
    _Heading(
        "HEALTH",
        "Y tế, an toàn thực phẩm",
        "Health and food safety",
        (
            Usual(
                "FOOD_SAFETY",
                _facts(
                    "An toàn thực phẩm",
                    "Food safety",
                    "an toàn thực phẩm, thực phẩm bẩn, ngộ độc, quán ăn, hết hạn, thức ăn",
                    is_public=False,
                    needs_photo_after=False,
                    term_amount=5,
                ),
            ),
            Usual(
                "EPIDEMIC",
                _facts(
                    "Dịch bệnh, muỗi, động vật chết",
                    "Disease, mosquitoes, dead animals",
                    "dịch bệnh, muỗi, sốt xuất huyết, chuột, lợn chết, gà chết, động vật chết",
                    term_amount=3,
                ),
            ),
        ),
    ),
)
OTHER = Usual("OTHER", _facts("Việc khác", "Something else", "khác", term_amount=5, order=999))
