"""Another jurisdiction is set up by who configures the city, and by nobody else."""

from dataclasses import replace
from uuid import uuid4

import pytest

from songcau.foundation.accounts.permissions import NotYours
from songcau.systems.citizen_reports.actions.forwarding import connected
from songcau.systems.citizen_reports.actions.jurisdictions import (
    Facts,
    JurisdictionAddressUnusable,
    JurisdictionNameUnusable,
    JurisdictionUnknown,
    ServiceMapUnfit,
    set_jurisdiction,
)
from songcau.systems.citizen_reports.tests.town import Town


def test_a_jurisdiction_is_set_up(town: Town) -> None:
    facts = Facts("Điện lực", "https://power.example/v2", forwards=True, sends={"POTHOLE": "H"}, takes={"H": "POTHOLE"})
    row = set_jurisdiction(by=town.root, facts=facts, api_key="k-2")
    assert (row.service_map, connected(row)._key) == ({"H": "POTHOLE", "out": {"POTHOLE": "H"}}, "k-2")  # type: ignore[attr-defined]
    changed = set_jurisdiction(by=town.root, facts=replace(facts, pulls=True), jurisdiction_id=row.pk)
    assert (changed.pulls, changed.api_key_sealed) == (True, row.api_key_sealed)
    with pytest.raises(NotYours):
        set_jurisdiction(by=town.desk, facts=facts)
    with pytest.raises(JurisdictionUnknown):
        set_jurisdiction(by=town.root, facts=facts, jurisdiction_id=uuid4())
    for name in ("", "a" * 121, "Điện lực"):
        with pytest.raises(JurisdictionNameUnusable):
            set_jurisdiction(by=town.root, facts=replace(facts, name=name))
    for url in ("", "ftp://a.example", "https://", "http://[", "https://" + "a" * 300):
        with pytest.raises(JurisdictionAddressUnusable):
            set_jurisdiction(by=town.root, facts=replace(facts, name="Khác", base_url=url))
    for more in ({"sends": {"NO_SUCH": "1"}}, {"sends": {"POTHOLE": ""}}, {"takes": {"out": "POTHOLE"}}):
        with pytest.raises(ServiceMapUnfit):
            set_jurisdiction(by=town.root, facts=replace(facts, name="Khác", **more))
    assert set_jurisdiction(by=town.root, facts=Facts("Mọi việc", "http://a.example", sends={"*": "ALL"})).pk
