"""What is stored? The city's configuration, reports, who sent them (apart), and what outside systems know of them."""

from songcau.systems.citizen_reports.models.citizens import AreaAlert, Standing
from songcau.systems.citizen_reports.models.configuration import (
    AnswerTemplate,
    ApiKey,
    Category,
    Jurisdiction,
    OutsideBody,
    RoutingRule,
)
from songcau.systems.citizen_reports.models.reports import Report, ReportQuerySet
from songcau.systems.citizen_reports.models.rows import AddressPace, Attachment, Entry, OutsideLink, Reporter, SpotCheck
from songcau.systems.citizen_reports.models.tallies import DayTally, PlaceTally

__all__ = [
    "AddressPace",
    "AnswerTemplate",
    "ApiKey",
    "AreaAlert",
    "Attachment",
    "Category",
    "DayTally",
    "Entry",
    "Jurisdiction",
    "OutsideBody",
    "OutsideLink",
    "PlaceTally",
    "Report",
    "ReportQuerySet",
    "Reporter",
    "RoutingRule",
    "SpotCheck",
    "Standing",
]
