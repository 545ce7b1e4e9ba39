"""When something was observed: as the device or the file says it, turned into an instant in UTC."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from songcau.gateways.faults import Fault, MappingFault
from songcau.gateways.mapping.document import Members
from songcau.gateways.mapping.records import MISSING, Path, Record

ISO, LOCAL, SECONDS, MILLISECONDS = "iso", "local", "seconds", "milliseconds"
FORMS: Final = (ISO, LOCAL, SECONDS, MILLISECONDS)
FIRST_YEAR, LAST_YEAR = 2000, 2100
_NUMBER = re.compile(r"\d{1,16}(?:\.\d{1,9})?")
_DAY_OF_A_SPREADSHEET = re.compile(r"\d{5}(?:[.,]\d+)?")
_DAY_FIRST_OR_MONTH = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}.*")


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the time of an observation stands, and in which form.

    form: one of FORMS, or a pattern of strptime. zone: of times that bring none of their own. As of `datetime` the same
    text is read once: a thousand sensors of one station say one time.
    """

    path: Path
    form: str
    zone: str | None
    is_optional: bool = False

    def read(self, record: Record) -> str | None:
        """The instant as NGSI-LD writes it, in UTC; None when it may be missing and is. Raises Fault."""
        value = self.path.value(record)
        if value is MISSING or value == "":
            if self.is_optional:
                return None
            raise Fault("NO_MEMBER", path=self.path.text)
        return self.instant(value)

    def instant(self, value: Any) -> str:
        """Raises Fault."""
        if self.form in (SECONDS, MILLISECONDS):
            return written(self._plausible(self._counted(value)))
        if not isinstance(value, str):
            raise Fault("TIME_UNREADABLE", path=self.path.text, form=self.form, value=value)
        return _read(self, value.strip())

    def parsed(self, text: str) -> str:
        """A time that is text. Raises Fault."""
        if self.form in FORMS:
            moment = self._iso(text)
        else:
            moment = self._tried(text, lambda: datetime.strptime(text, self.form))  # noqa: DTZ007  # the zone follows
        return written(self._plausible(self._zoned(moment, text)))

    def _counted(self, value: Any) -> datetime:
        text = str(value)
        if isinstance(value, bool) or not isinstance(value, int | float | str) or not _NUMBER.fullmatch(text):
            raise Fault("TIME_UNREADABLE", path=self.path.text, form=self.form, value=value)
        seconds = float(text) / (1000 if self.form == MILLISECONDS else 1)
        if seconds > 253_402_300_799:  # the end of the year 9999
            raise Fault("TIME_IMPLAUSIBLE", path=self.path.text, year="> 9999")
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=round(seconds * 1000))

    def _iso(self, text: str) -> datetime:
        if _DAY_OF_A_SPREADSHEET.fullmatch(text):
            raise Fault("TIME_OF_EXCEL", path=self.path.text, value=text)
        if _DAY_FIRST_OR_MONTH.fullmatch(text):
            raise Fault("TIME_DAY_OR_MONTH", path=self.path.text, value=text)
        if len(text) <= 10:  # a day without a time is no instant
            raise Fault("TIME_UNREADABLE", path=self.path.text, form=self.form, value=text)
        return self._tried(text, lambda: datetime.fromisoformat(text))

    def _tried(self, text: str, read: Callable[[], datetime]) -> datetime:
        try:
            return read()
        except ValueError:
            raise Fault("TIME_UNREADABLE", path=self.path.text, form=self.form, value=text) from None

    def _zoned(self, moment: datetime, text: str) -> datetime:
        if moment.tzinfo is not None:
            return moment
        if self.form == ISO or self.zone is None:
            raise Fault("TIME_WITHOUT_ZONE", path=self.path.text, value=text)
        zone = ZoneInfo(self.zone)
        local = moment.replace(tzinfo=zone)
        if local.utcoffset() != local.replace(fold=1).utcoffset():
            exists = local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == moment
            code = "TIME_TWICE_ON_CLOCK" if exists else "TIME_NOT_ON_CLOCK"
            raise Fault(code, path=self.path.text, value=text, zone=self.zone)
        return local

    def _plausible(self, moment: datetime) -> datetime:
        """A device whose clock was never set says 1970; seconds read as milliseconds say so too."""
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise Fault("TIME_IMPLAUSIBLE", path=self.path.text, year=moment.year)
        return moment


@lru_cache(maxsize=1024)
def _read(clock: Clock, text: str) -> str:
    return clock.parsed(text)


def written(moment: datetime) -> str:
    """An aware datetime as NGSI-LD writes instants: UTC, with decimals of a second only where there are any."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def clock_of(members: Members, path: Path, *, is_optional: bool = False) -> Clock:
    """The members `form` and `zone` of a table. Raises MappingFault."""
    form = members.text("form", ISO)
    if "%" not in form and form not in FORMS:
        raise MappingFault("MEMBER_NOT_OF", where=members.place("form"), choices=", ".join((*FORMS, "%d/%m/%Y %H:%M")))
    zone = members.text_or_none("zone")
    if zone is None and (form == LOCAL or ("%" in form and "%z" not in form)):
        raise MappingFault("ZONE_NEEDED", where=members.place("zone"))
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (OSError, ValueError, KeyError):
            raise MappingFault("ZONE_UNKNOWN", where=members.place("zone"), zone=zone) from None
    return Clock(path, form, zone, is_optional)
