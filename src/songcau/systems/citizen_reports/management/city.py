"""What a city sets up before reports come: categories, who gets what, outside bodies, standard answers."""

from datetime import date

from songcau.foundation.accounts.actions import add_agency
from songcau.foundation.accounts.models import Agency
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.actions import (
    load_usual_categories,
    load_usual_routing,
    set_outside_body,
    set_template,
)
from songcau.systems.citizen_reports.models import AnswerTemplate, OutsideBody
from songcau.systems.citizen_reports.rules import BodyKind

POWER_COMPANY = "DIENLUC-MAU"
_OPENED_ON = date(2022, 10, 1)
# Made up: no company of the real city is meant. Numbers of a range kept for stories.
_BODIES = (
    (POWER_COMPANY, "Điện lực thành phố (mẫu)", BodyKind.POWER, "+12025550171"),
    ("CAPNUOC-MAU", "Công ty nước sạch (mẫu)", BodyKind.WATER, "+12025550172"),
    ("VIENTHONG-MAU", "Đơn vị viễn thông (mẫu)", BodyKind.TELECOM, "+12025550173"),
)
_TEMPLATES = (
    (
        "Đã nhận, đang kiểm tra",
        "Phản ánh {code} về {category} tại {ward} đã được {agency} tiếp nhận. Kết quả sẽ được trả lời trước {due}.",
    ),
    (
        "Đã xử lý xong",
        "{agency} đã kiểm tra hiện trường tại {ward}, khắc phục xong và chụp ảnh sau khi xử lý kèm theo trả lời này.",
    ),
    (
        "Việc cần nhiều thời gian",
        "Việc này cần vật tư và thời gian thi công. {agency} sẽ làm theo kế hoạch đã ghi và cập nhật khi có thay đổi.",
    ),
)


def set_city_up(by: Actor) -> None:
    """Add what is missing; what the city has changed meanwhile stays as it is."""
    for code, name, kind, hotline in _BODIES:
        agency = Agency.objects.filter(code=code).first() or add_agency(
            by=by, code=code, name=name, kind=Agency.Kind.OFFICE, parent_id=None, opened_on=_OPENED_ON
        )
        if not OutsideBody.objects.filter(kind=kind).exists():
            set_outside_body(by=by, agency_id=agency.pk, kind=kind, hotline=hotline)
    load_usual_categories(by=by)
    load_usual_routing(by=by)
    for name, text in _TEMPLATES:
        if not AnswerTemplate.objects.filter(name=name).exists():
            set_template(by=by, name=name, text=text)
