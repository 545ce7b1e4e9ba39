"""Examines every change for doubtful observations, and keeps the present state at the newest one.

What attributes can be stands in a file that the administrator writes, `quality.json`:

    {"WeatherObserved": {"temperature": {"lowest": -10, "highest": 50, "steepest": 5, "unit": "CEL"}}}

Names are expanded by the core @context unless they are IRIs. Without a file the flags that need no expectation are set.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from songcau.context.entities.entity import Attribute, Attributes, Change, Entity, Instance, Kind, instances
from songcau.context.quality.flags import NOTHING_EXPECTED, Expectation, Flag, flags_of

Expectations = Mapping[tuple[str, str], Expectation]
MEMBERS = {"lowest": (int, float), "highest": (int, float), "steepest": (int, float), "unit": (str,)}


class ExpectationsUnreadable(Exception):
    """The file of expectations is not of its form; the sentence says where."""


class Quality:
    """Judges changes before they are applied. flag_name: the expanded name of the sub-attribute `qualityFlags`."""

    def __init__(self, flag_name: str, expectations: Expectations | None = None) -> None:
        self._flag_name = flag_name
        self._expectations = expectations or {}

    def examine(self, change: Change) -> None:
        """Say doubts beside the observations that the change writes, in place: nobody has seen them yet.

        An observation older than the one it would replace goes into `change.late`, for the history alone.
        """
        after = change.after
        if after is None:
            return
        now = datetime.fromisoformat(change.at)
        before = change.before.attributes if change.before is not None else {}
        for name in after.attributes if change.kind is Kind.PUT else change.names:
            attribute = after.attributes.get(name)
            if attribute is not None:
                self._attribute(change, after, name, attribute, before, now)

    def _attribute(
        self, change: Change, after: Entity, name: str, attribute: Attribute, before: Attributes, now: datetime
    ) -> None:
        for instance in list(instances(attribute)):
            if instance.get("modifiedAt") != change.at or "observedAt" not in instance:
                continue
            dataset = instance.get("datasetId")
            earlier = _of_dataset(before.get(name), dataset)
            expected = self._expected(after.types, name)
            found = flags_of(earlier, instance, expected=expected, now=now)
            if found:
                instance[self._flag_name] = {"type": "Property", "value": [flag.value for flag in found]}
            elif self._flag_name in instance:
                del instance[self._flag_name]
            if Flag.OUT_OF_ORDER in found and earlier is not None:
                after.attributes[name] = _with(after.attributes[name], dataset, earlier)
                change.late = [*(change.late or ()), (name, instance)]

    def _expected(self, types: tuple[str, ...], name: str) -> Expectation:
        if not self._expectations:
            return NOTHING_EXPECTED
        return next(
            (found for one in types if (found := self._expectations.get((one, name))) is not None), NOTHING_EXPECTED
        )


def expectations_in(file: Path, expand: Callable[[str], str]) -> Expectations:
    """The expectations of a file. Raises ExpectationsUnreadable."""
    try:
        content = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise ExpectationsUnreadable(f"{file.name}: {error}") from error
    found: dict[tuple[str, str], Expectation] = {}
    for kind, attributes in _object(file, content, "the whole").items():
        for name, members in _object(file, attributes, kind).items():
            where = f"{kind}.{name}"
            found[expand(kind), expand(name)] = Expectation(**_members(file, _object(file, members, where), where))
    return found


def _object(file: Path, value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ExpectationsUnreadable(f"{file.name}: {where} is not an object")
    return value


def _members(file: Path, members: dict[str, Any], where: str) -> dict[str, Any]:
    for member, value in members.items():
        if member not in MEMBERS:
            raise ExpectationsUnreadable(f"{file.name}: {where} has no member {member}; there are {', '.join(MEMBERS)}")
        if isinstance(value, bool) or not isinstance(value, MEMBERS[member]):
            raise ExpectationsUnreadable(f"{file.name}: {member} of {where} is not of its kind")
    return members


def _of_dataset(attribute: Attribute | None, dataset: str | None) -> Instance | None:
    if attribute is None:
        return None
    return next((one for one in instances(attribute) if one.get("datasetId") == dataset), None)


def _with(attribute: Attribute, dataset: str | None, instance: Instance) -> Attribute:
    if not isinstance(attribute, list):
        return instance
    return [instance if one.get("datasetId") == dataset else one for one in attribute]
