"""A city with a million reports, made up and written as fast as the database takes them.

Five years of receipts, most of them closed; about two in a hundred open, some of them late; nine of ten published.
Texts are put together from words of such reports, so that some words stand in every third report and some in few.
Not made: pictures, timelines and who reported. No list, map, search or figure reads them for a whole city.
"""

import hashlib
import itertools
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

YEARS_DAYS = 5 * 365
ON = date(2024, 1, 1)
_STREETS = (
    "Hoàng Văn Thụ",
    "Lương Ngọc Quyến",
    "Cách Mạng Tháng Tám",
    "Phan Đình Phùng",
    "Bắc Kạn",
    "Dương Tự Minh",
    "Bến Tượng",
    "Minh Cầu",
    "Nguyễn Du",
    "Đội Cấn",
    "Quang Trung",
    "Thống Nhất",
    "Phủ Liễn",
    "Túc Duyên",
    "Gia Sàng",
    "Tân Thịnh",
    "Z115",
    "Xuân Hòa",
    "Đê Nông Lâm",
    "Quyết Tiến",
)
_WHAT = (
    "Ổ gà sâu",
    "Rác tồn đọng",
    "Đèn đường tắt",
    "Cống tắc",
    "Nắp hố ga mất",
    "Cây đổ",
    "Xe đỗ kín vỉa hè",
    "Vỉa hè bong gạch",
    "Loa kéo ồn",
    "Nước ngập",
    "Dây cáp võng",
    "Biển báo hỏng",
    "Khói bụi",
    "Ống nước vỡ",
    "Hàng quán lấn chiếm",
    "Tường bị vẽ bậy",
)
_HOW = (
    "đã nhiều ngày chưa ai xử lý",
    "người đi đường rất dễ ngã",
    "buổi tối không nhìn thấy gì",
    "mùi hôi bốc lên cả khu phố",
    "đề nghị kiểm tra gấp",
    "trẻ em đi học qua đây mỗi sáng",
    "sau trận mưa hôm qua càng nặng hơn",
    "đã gọi điện nhưng chưa thấy ai đến",
)
_WHERE = ("trước số nhà", "đối diện số", "cạnh ngõ", "đầu ngách", "gần cột điện số")


@dataclass
class Making:
    """What the rows refer to: categories, wards with points in them, agencies."""

    categories: list[Any]
    wards: list[tuple[str, str, UUID, list[tuple[float, float]]]]
    agencies: dict[str, UUID]
    offices: list[UUID]
    now: datetime


def prepare() -> None:
    """An empty city: tables, units, agencies, categories."""
    from django.core.management import call_command

    from songcau.foundation.accounts.demo import seed_demo
    from songcau.foundation.places.actions import load_profile
    from songcau.foundation.places.queries import units
    from songcau.foundation.places.rules import Level
    from songcau.kernel.actor import SYSTEM
    from songcau.systems.citizen_reports.management.city import set_city_up

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    load_profile(by=SYSTEM, name="tn-2022")
    seed_demo(SYSTEM, units(Level.WARD, ON))
    set_city_up(SYSTEM)


def made() -> Making:
    """What a prepared city has."""
    from songcau.foundation.accounts.models import Agency
    from songcau.foundation.places.queries import units
    from songcau.foundation.places.rules import Level
    from songcau.kernel import clock
    from songcau.systems.citizen_reports.management.placing import Wards
    from songcau.systems.citizen_reports.models import Category

    chance, outlines = random.Random(164), Wards(ON)
    known = {unit.code: unit for unit in units(Level.WARD, ON)}
    wards = [
        (code, known[code].name, known[code].pk, [outlines.point(code, chance) for _point in range(400)])
        for code in outlines.codes
    ]
    return Making(
        categories=list(Category.objects.offered()),
        wards=wards,
        agencies={f"UBND-{code}": Agency.objects.get(code=f"UBND-{code}").pk for code in outlines.codes},
        offices=list(Agency.objects.filter(code__in=("QLDT-164", "TNMT-164")).values_list("pk", flat=True)),
        now=clock.now(),
    )


def reports(made: Making, count: int) -> Iterator[Any]:
    """So many reports, not saved, the oldest first."""
    chance = random.Random(2026)
    began = made.now - timedelta(days=YEARS_DAYS)
    stride = timedelta(days=YEARS_DAYS) / count
    for number in range(count):
        yield _report(made, chance, number, began + (number + 1) * stride)


def _report(made: Making, chance: random.Random, number: int, received_at: datetime) -> Any:
    from songcau.systems.citizen_reports.models import Report

    code, name, unit_id, points = made.wards[int(len(made.wards) * chance.random() ** 1.5)]
    longitude, latitude = points[chance.randrange(len(points))]
    longitude, latitude = longitude + chance.gauss(0, 0.0008), latitude + chance.gauss(0, 0.0008)
    category = made.categories[int(len(made.categories) * chance.random() ** 1.7)]
    own = hashlib.blake2b(number.to_bytes(8, "big"), digest_size=24).digest()
    text = (
        f"{chance.choice(_WHAT)} {chance.choice(_WHERE)} {chance.randrange(1, 900)} đường {chance.choice(_STREETS)}, "
        f"{chance.choice(_HOW)}. Mã cột {own[:2].hex()}."
    )
    office = made.offices[number % 2] if chance.random() < 0.35 else made.agencies[f"UBND-{code}"]
    report = Report(
        id=UUID(bytes=number.to_bytes(6, "big") + b"\x70" + own[:1] + b"\x80" + own[1:8]),
        code=_code(number),
        secret_hash=own.hex() + "0" * 16,
        submission_id=UUID(bytes=own[8:24]),
        category=category,
        urgency=category.urgency,
        text=text,
        channel=("PORTAL", "PORTAL", "PHONE", "OPEN311", "COUNTER")[number % 5],
        longitude=round(longitude, 6),
        latitude=round(latitude, 6),
        public_longitude=round(longitude, 5),
        public_latitude=round(latitude, 5),
        place_words=f"Gần {chance.choice(_STREETS)}",
        ward_unit_id=unit_id,
        ward_code=code,
        ward_name=name,
        agency_id=office,
        received_at=received_at,
        verify_due_at=received_at + timedelta(hours=20),
        changed_at=received_at,
    )
    _walked(report, chance, made.now)
    report.derive()
    return report


def _walked(report: Any, chance: random.Random, now: datetime) -> None:
    """How far it has come: nearly all that are older than two weeks are closed."""
    age, lot = now - report.received_at, chance.random()
    if age < timedelta(hours=30) and lot < 0.5:
        report.state, report.agency_id = "NEW", None
        return
    report.due_at = report.first_due_at = report.received_at + timedelta(days=chance.choice((2, 3, 5, 7, 10, 14)))
    report.thrice_due_at = report.received_at + 3 * (report.due_at - report.received_at)
    report.accepted_at = report.assigned_at = report.received_at + timedelta(hours=4)
    if lot > 0.02:
        report.published_at = report.accepted_at
    took = (report.due_at - report.received_at) * chance.choice((0.2, 0.4, 0.6, 0.9, 0.95, 1.2, 1.7))
    if took > age or lot > 0.988:
        report.state = chance.choice(("ASSIGNED", "IN_PROGRESS", "IN_PROGRESS", "WAITING_OUTSIDE"))
        return
    report.resolved_at = report.changed_at = report.received_at + took
    report.closing_text = "Đã cử tổ công tác sửa lại tại chỗ, kiểm tra thấy dùng tốt như trong ảnh kèm theo."
    if 0.02 < lot < 0.06:
        report.state, report.refusal_reason, report.published_at = "REFUSED", "NOT_A_PUBLIC_MATTER", None
        report.resolved_at, report.closed_at = None, report.changed_at
        return
    report.state = "RESOLVED" if age - took < timedelta(days=7) else "CLOSED"
    report.closed_at = report.resolved_at if report.state == "CLOSED" else None
    if lot > 0.7:
        report.rating, report.rated_at = 1 + int(5 * chance.random() ** 0.4), report.resolved_at
    report.reopenings = int(lot > 0.96)


def _code(number: int) -> str:
    """Another for each number: the factor is odd."""
    from songcau.systems.citizen_reports.rules import new_code

    return new_code((number * 0x9E3779B1F5 % 2**40).to_bytes(5, "big"))


def _spelt(code: str) -> str:
    return f"{code} {code[:2]} {code[2:6]} {code[6:]}".lower()


def write(made: Making, count: int, *, patterns: int = 20_000, at_once: int = 20_000) -> float:
    """Write so many reports and let the database look at what it has; the seconds it took.

    Only `patterns` of them are thought out. The others are copies of these a little earlier, a few metres away, and
    under a code of their own.
    """
    from django.db import connection

    from songcau.systems.citizen_reports.models import tallies, word_index

    begun = time.perf_counter()
    patterns = min(patterns, count)
    copies = -(-count // patterns)
    pattern = _Pattern(list(reports(made, patterns)), timedelta(days=YEARS_DAYS) / patterns / copies)
    # Kept anew at the end: quicker than with each row.
    word_index.take_down(connection)
    tallies.take_down(connection)
    rows = itertools.islice((pattern.row(of, nth) for nth in range(copies) for of in range(patterns)), count)
    while batch := list(itertools.islice(rows, at_once)):
        (_copy if connection.vendor == "postgresql" else _insert)(pattern.columns, batch)
    word_index.put_up(connection)
    tallies.put_up(connection)
    tallies.recount(connection)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return time.perf_counter() - begun


class _Pattern:
    """Rows as the database takes them, and copies of them."""

    def __init__(self, thought_out: list[Any], stride: timedelta) -> None:
        from django.db import connection
        from django.db.models import DateTimeField

        fields = thought_out[0]._meta.concrete_fields
        self.columns = [field.column for field in fields]
        self.stride, self.is_sqlite = stride, connection.vendor == "sqlite"
        self.rows = [
            [field.get_db_prep_save(getattr(one, field.attname), connection) for field in fields] for one in thought_out
        ]
        self.at = {column: place for place, column in enumerate(self.columns)}
        self.instants = [place for place, field in enumerate(fields) if isinstance(field, DateTimeField)]
        self.received = self.instants.index(self.at["received_at"])
        self.moments = [[getattr(one, fields[place].attname) for place in self.instants] for one in thought_out]

    def row(self, of: int, nth: int) -> list[Any]:
        from django.utils import timezone

        row, at, earlier = self.rows[of].copy(), self.at, nth * self.stride
        own = hashlib.blake2b(b"%d %d" % (of, nth), digest_size=24).digest()
        for place, moment in zip(self.instants, self.moments[of], strict=True):
            if moment is not None:
                row[place] = self._instant(moment - earlier)
        day = timezone.localdate(self.moments[of][self.received] - earlier)
        row[at["received_on"]] = day.isoformat() if self.is_sqlite else day
        code, old = _code(len(self.rows) * (nth + 1) + of), row[at["code"]]
        mark, new_mark = row[at["secret_hash"]][:4], own[:2].hex()
        row[at["id"]] = self._uuid(
            UUID(bytes=(of * 1000 + nth).to_bytes(6, "big") + b"\x70" + own[:1] + b"\x80" + own[1:8])
        )
        row[at["submission_id"]] = self._uuid(UUID(bytes=own[8:24]))
        row[at["code"]] = code
        row[at["text"]] = row[at["text"]].replace(mark, new_mark)
        for name in ("search_key", "public_search_key"):
            row[at[name]] = row[at[name]].replace(_spelt(old), _spelt(code)).replace(mark, new_mark)
        east, north = (own[0] - 128) * 0.00001, (own[1] - 128) * 0.00001
        for name, more in (("longitude", east), ("latitude", north)):
            row[at[name]] = round(row[at[name]] + more, 6)
            row[at[f"public_{name}"]] = round(row[at[f"public_{name}"]] + more, 5)
        return row

    def _uuid(self, value: UUID) -> Any:
        return value.hex if self.is_sqlite else value

    def _instant(self, value: datetime) -> Any:
        return str(value.replace(tzinfo=None)) if self.is_sqlite else value


def _copy(columns: list[str], rows: list[list[Any]]) -> None:
    from django.db import connection, transaction

    statement = f"COPY citizen_reports_report ({_named(columns)}) FROM STDIN"
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _insert(columns: list[str], rows: list[list[Any]]) -> None:
    from django.db import connection, transaction

    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO citizen_reports_report ({_named(columns)}) VALUES ({marks})"  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def _named(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
