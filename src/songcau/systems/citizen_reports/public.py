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

__all__ = [
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
]
