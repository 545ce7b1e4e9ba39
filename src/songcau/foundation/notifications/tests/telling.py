"""Short ways of saying things in these tests."""

import json
from pathlib import Path

from django.conf import settings

from songcau.foundation.accounts.models import Person
from songcau.foundation.notifications.actions import notify
from songcau.foundation.notifications.models import Delivery
from songcau.foundation.notifications.tests.conftest import REPORT
from songcau.kernel.actor import SYSTEM

PARAMS = {"who": "Nguyễn Văn Kín", "place": "12 đường Bến Tượng", "phone": "+84987654321"}


def tell(*people: Person, kind: str = REPORT, key: str = "", subject: str = "tests.report:1", **more: object) -> int:
    params = more.pop("params", PARAMS if kind == REPORT else {})
    return notify(
        by=SYSTEM,
        people=[person.pk for person in people],
        kind=kind,
        params=params,
        subject=subject,
        key=key,
        **more,
    )


def states(person: Person) -> dict[str, str]:
    return dict(Delivery.objects.filter(person=person).values_list("channel", "state"))


def simulated(channel: str) -> list[dict[str, object]]:
    file: Path = settings.SONGCAU.data / "messages" / f"{channel}.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []
