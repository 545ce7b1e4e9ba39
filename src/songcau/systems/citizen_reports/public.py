"""The door of citizens' reports: the few functions and events that flows, consoles and gateways may use."""

from songcau.systems.citizen_reports.events import (
    PictureReceived,
    ReportChanged,
    ReporterAsked,
    ReporterLookedAt,
    ReportEscalated,
    ReportForwarded,
    ReportNudged,
    ReportPublished,
    ReportRated,
    ReportStepTaken,
    ReportSubmitted,
    ReportWithheld,
    SetUpChanged,
    SourceBlocked,
)
from songcau.systems.citizen_reports.queries.on_the_map import OnTheMap, on_the_map

__all__ = [
    "OnTheMap",
    "PictureReceived",
    "ReportChanged",
    "ReportEscalated",
    "ReportForwarded",
    "ReportNudged",
    "ReportPublished",
    "ReportRated",
    "ReportStepTaken",
    "ReportSubmitted",
    "ReportWithheld",
    "ReporterAsked",
    "ReporterLookedAt",
    "SetUpChanged",
    "SourceBlocked",
    "on_the_map",
]
