"""The rules with which a city begins; choices of this project, to be changed on the pages of set-up.

The river's levels are the three warning levels of the Cầu at Gia Bảy bridge. Types and attributes are those of the
Smart Data Models, units codes of UN/CEFACT: MTR m, H67 mm/h, GQ µg/m³, KMH km/h.
"""

from datetime import time
from typing import Any

from django.db import transaction

from songcau.kernel.actor import Actor
from songcau.systems.incidents.actions.alert_rules.changing import AlertRuleDraft, add_rule
from songcau.systems.incidents.models import AlertRule
from songcau.systems.incidents.rules.alerts import Grouping
from songcau.systems.incidents.rules.levels import Level

REASON = "Bộ quy tắc ban đầu"
_NIGHT: dict[str, Any] = {"quiet_from": time(22), "quiet_until": time(6)}
_URGENT: dict[str, Any] = {"due_minutes": 10, "escalate_minutes": (10, 20, 40)}
_SOON: dict[str, Any] = {"due_minutes": 30, "escalate_minutes": (30, 60)}
_LATER: dict[str, Any] = {"due_minutes": 120, **_NIGHT}


def _river(limit: float) -> dict[str, Any]:
    return {
        "kind": "THRESHOLD",
        "type": "WaterObserved",
        "attribute": "waterLevel",
        "unit": "MTR",
        "side": "ABOVE",
        "limit": limit,
        "clear": limit - 0.2,
        "lowest": 0,
        "highest": 60,
    }


def _rain(limit: float, **more: Any) -> dict[str, Any]:
    return {
        "kind": "THRESHOLD",
        "type": "WeatherObserved",
        "attribute": "precipitation",
        "unit": "H67",
        "side": "ABOVE",
        "limit": limit,
        "clear": limit / 2,
        "lowest": 0,
        "highest": 400,
        **more,
    }


def _flood_reports(limit: int, minutes: int) -> dict[str, Any]:
    return {
        "kind": "COUNT",
        "type": "CitizenReport",
        "attribute": "category",
        "values": ["FLOODING"],
        "also": {"isOpen": [True]},
        "time_attribute": "reportedAt",
        "by": "WARD",
        "minutes": minutes,
        "limit": limit,
        "clear": max(1, limit - 2),
    }


def _silent(kind: str, attribute: str, minutes: int = 30) -> dict[str, Any]:
    return {"kind": "ABSENCE", "type": kind, "attribute": attribute, "minutes": minutes}


def _unusual(kind: str, attribute: str, side: str, **more: Any) -> dict[str, Any]:
    return {"kind": "DEVIATION", "type": kind, "attribute": attribute, "side": side, "lowest": 0, **more}


_PM25 = {"type": "AirQualityObserved", "attribute": "pm25", "unit": "GQ", "lowest": 0, "highest": 1000}
_SPEED = {"type": "TrafficFlowObserved", "attribute": "averageVehicleSpeed", "unit": "KMH", "lowest": 0, "highest": 200}
_TOGETHER: dict[str, Any] = {"group_by": Grouping.RULE, "group_minutes": 60}


def usual_rules() -> dict[str, AlertRuleDraft]:
    """By code."""
    return {
        "RIVER_LEVEL_1": AlertRuleDraft(
            "Mực nước sông đến báo động I", "River at the first warning level", _river(25), Level.MEDIUM, **_SOON
        ),
        "RIVER_LEVEL_2": AlertRuleDraft(
            "Mực nước sông đến báo động II", "River at the second warning level", _river(26), Level.HIGH, **_SOON
        ),
        "RIVER_LEVEL_3": AlertRuleDraft(
            "Mực nước sông đến báo động III", "River at the third warning level", _river(27), Level.CRITICAL, **_URGENT
        ),
        "RIVER_RISING": AlertRuleDraft(
            "Nước sông lên nhanh",
            "River rising fast",
            {
                "kind": "RATE",
                "type": "WaterObserved",
                "attribute": "waterLevel",
                "unit": "MTR",
                "side": "RISE",
                "change": 0.8,
                "minutes": 60,
                "lowest": 0,
                "highest": 60,
            },
            Level.HIGH,
            **_SOON,
        ),
        "HEAVY_RAIN": AlertRuleDraft(
            "Mưa rất to", "Very heavy rain", _rain(30, hold_minutes=5), Level.MEDIUM, **_SOON, **_TOGETHER
        ),
        "AIR_UNHEALTHY": AlertRuleDraft(
            "Bụi mịn PM2.5 ở mức xấu",
            "Fine dust at an unhealthy level",
            {"kind": "THRESHOLD", **_PM25, "side": "ABOVE", "limit": 150, "clear": 120, "hold_minutes": 30},
            Level.MEDIUM,
            **_LATER,
            **_TOGETHER,
        ),
        "TRAFFIC_JAMMED": AlertRuleDraft(
            "Xe đi rất chậm",
            "Traffic hardly moves",
            {"kind": "THRESHOLD", **_SPEED, "side": "BELOW", "limit": 8, "clear": 15, "hold_minutes": 10},
            Level.LOW,
            **_SOON,
            **_TOGETHER,
        ),
        "TRAFFIC_UNUSUAL": AlertRuleDraft(
            "Lưu lượng xe khác thường",
            "Unusual traffic volume",
            _unusual("TrafficFlowObserved", "intensity", "BOTH"),
            Level.LOW,
            **_LATER,
            **_TOGETHER,
        ),
        "CROWD_UNUSUAL": AlertRuleDraft(
            "Nơi công cộng đông khác thường",
            "Unusually many people in a public place",
            _unusual("CrowdFlowObserved", "peopleCount", "ABOVE"),
            Level.INFORMATION,
            **_LATER,
            **_TOGETHER,
        ),
        "FLOOD_REPORTS": AlertRuleDraft(
            "Nhiều phản ánh ngập trong một phường",
            "Many reports of flooding in one ward",
            _flood_reports(5, 120),
            Level.HIGH,
            **_SOON,
        ),
        "FLOODED_WARD": AlertRuleDraft(
            "Mưa to và có phản ánh ngập",
            "Heavy rain and reports of flooding",
            {
                "kind": "ALL",
                "join": "WARD",
                "parts": [
                    {"condition": _rain(20), "anywhere": True},
                    {"condition": _flood_reports(3, 60), "anywhere": False},
                ],
            },
            Level.CRITICAL,
            **_URGENT,
        ),
        "WEATHER_SILENT": AlertRuleDraft(
            "Trạm thời tiết mất tín hiệu",
            "Weather station silent",
            _silent("WeatherObserved", "precipitation"),
            Level.LOW,
            **_LATER,
            **_TOGETHER,
        ),
        "RIVER_SILENT": AlertRuleDraft(
            "Trạm đo mực nước mất tín hiệu",
            "Water gauge silent",
            _silent("WaterObserved", "waterLevel"),
            Level.MEDIUM,
            **_SOON,
        ),
        "TRAFFIC_SILENT": AlertRuleDraft(
            "Thiết bị đếm xe mất tín hiệu",
            "Traffic detector silent",
            _silent("TrafficFlowObserved", "intensity"),
            Level.LOW,
            **_LATER,
            **_TOGETHER,
        ),
    }


@transaction.atomic
def load_usual_rules(*, by: Actor, is_demo: bool = False) -> int:
    """Those whose code is not there yet; how many were made. Raises NotYours."""
    known = set(AlertRule.objects.values_list("code", flat=True))
    new = {code: draft for code, draft in usual_rules().items() if code not in known}
    for code, draft in new.items():
        add_rule(by=by, code=code, draft=draft, reason=REASON, is_demo=is_demo)
    return len(new)
