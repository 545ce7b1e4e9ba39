"""What somebody typed into the form, as it came: nothing is thrown away because something else is wrong."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.http import HttpRequest, QueryDict

from songcau.consoles.citizen.device import source_of
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.sessions import address_of
from songcau.kernel import clock
from songcau.systems.citizen_reports.public import Channel, Contact, Draft

_ON = "on"


@dataclass(frozen=True, slots=True)
class Typed:
    submission_id: UUID = field(default_factory=uuid4)
    text: str = ""
    category: str = ""
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    longitude: float | None = None
    latitude: float | None = None
    ward_code: str = ""
    place_words: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    hide_name: bool = True
    is_private: bool = False
    keeps_original: bool = False
    without_account: bool = False
    made_at: datetime | None = None
    # The code of the public report that this is the same as.
    same_as: str = ""

    @property
    def own_answers(self) -> Mapping[str, str]:
        """Those to the questions of the chosen category."""
        return self.answers.get(self.category, {})

    def draft(self, language: str) -> Draft:
        return Draft(
            submission_id=self.submission_id,
            category=self.category,
            text=self.text,
            channel=Channel.PORTAL,
            answers=self.own_answers,
            longitude=self.longitude,
            latitude=self.latitude,
            ward_code=self.ward_code,
            place_words=self.place_words,
            language=language,
            is_private=self.is_private,
            made_at=self.made_at,
        )

    def contact(self, request: HttpRequest) -> Contact:
        """Who reports. The account only where one is signed in and did not ask to be left out."""
        person = request.user if isinstance(request.user, Person) and not self.without_account else None
        return Contact(
            person_id=person.pk if person else None,
            name=self.name,
            phone=self.phone,
            email=self.email,
            hide_name=self.hide_name,
            keeps_original=self.keeps_original,
            source=source_of(request, without_account=self.without_account),
            address=f"address:{address_of(request)}",
        )


def read(data: QueryDict) -> Typed:
    """What a form (or an island, or a draft that was sent later) says."""
    longitude, latitude = _point(data)
    return Typed(
        submission_id=_uuid(data.get("submission_id", "")),
        text=data.get("text", ""),
        category=data.get("category", ""),
        answers=_answers(data),
        longitude=longitude,
        latitude=latitude,
        ward_code=data.get("ward_code", "")[:10],
        place_words=data.get("place_words", ""),
        name=data.get("name", ""),
        phone=data.get("phone", ""),
        email=data.get("email", ""),
        hide_name=data.get("hide_name") == _ON,
        is_private=data.get("is_private") == _ON,
        keeps_original=data.get("keeps_original") == _ON,
        without_account=data.get("without_account") == _ON,
        made_at=_instant(data.get("made_at", "")),
        same_as=data.get("same_as", "")[:20],
    )


def _uuid(text: str) -> UUID:
    """The sender's own number. Of what is none a new one is made: better twice than never."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def _point(data: QueryDict) -> tuple[float | None, float | None]:
    """Degrees, or nothing where one of them is no place on earth."""
    found = []
    for name, most in (("longitude", 180), ("latitude", 90)):
        try:
            value = float(data.get(name, ""))
        except ValueError:
            return None, None
        if not math.isfinite(value) or abs(value) > most:
            return None, None
        found.append(value)
    return found[0], found[1]


def _answers(data: QueryDict) -> dict[str, dict[str, str]]:
    """Fields are named `q-<category>-<key>`: two categories may ask under one key."""
    found: dict[str, dict[str, str]] = {}
    for name in data:
        if name.startswith("q-") and name.count("-") == 2:
            _q, category, key = name.split("-")
            found.setdefault(category, {})[key] = data.get(name, "")
    return found


def _instant(text: str) -> datetime | None:
    """When a draft was written; a clock that runs ahead is not believed."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and found <= clock.now() else None
