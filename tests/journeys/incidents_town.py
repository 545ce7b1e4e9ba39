"""Alerts, an incident, a roster for the journeys of the operations desk, made in the folder of a running city."""

import json
import subprocess
import sys
from datetime import timedelta

from tools.city import City, own_environment


def seed(city: City) -> dict[str, str]:
    """Ids of what was made: `alert`, `group`, `incident`, `bulletin`."""
    environment = own_environment() | {
        "SONGCAU_FILE": str(city.folder / "songcau.toml"),
        "SONGCAU_DATA": str(city.folder),
    }
    command = [sys.executable, "-m", "tests.journeys.incidents_town"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made: dict[str, str] = json.loads(done.stdout.strip().splitlines()[-1])
    return made


GAUGES = (("Cầu Gia Bảy", "05431"), ("Đập Thác Huống", "05434"), ("Trạm Đán", "05437"), ("Cống Xi Măng", "05440"))


def _make() -> dict[str, str]:
    from songcau.entry.start import start_django

    start_django()
    from songcau.kernel import clock
    from songcau.kernel.actor import SYSTEM
    from songcau.systems.incidents.actions.alert_rules.usual import load_usual_rules
    from songcau.systems.incidents.actions.alerts.receiving import receive_findings
    from songcau.systems.incidents.actions.bulletins import Said as BulletinSaid
    from songcau.systems.incidents.actions.bulletins import draft_bulletin, publish_bulletin
    from songcau.systems.incidents.actions.incidents.opening import Said, open_incident
    from songcau.systems.incidents.actions.playbooks import Item, add_playbook
    from songcau.systems.incidents.models import Alert, AlertRule
    from songcau.systems.incidents.rules.findings import Finding
    from songcau.systems.incidents.rules.incidents import Kind
    from songcau.systems.incidents.rules.levels import Level

    load_usual_rules(by=SYSTEM)
    now = clock.now()
    found = {one.level: one for one in AlertRule.objects.order_by("-code")}
    findings = []
    for number, rule in enumerate(list(found.values())[:4]):
        for position, (name, ward) in enumerate(GAUGES):
            began = now - timedelta(minutes=7 * position + 3 * number + 2)
            values = {"value": 27.4 + position, "limit": 27.0, "unit": "MTR", "name": name}
            subject = f"urn:ngsi-ld:WaterObserved:journey-{number}-{position}"
            place = (105.84 + position / 100, 21.59)
            for again in range(position + 1):
                at = began + timedelta(seconds=20 * again)
                findings.append(
                    Finding("RAISED", rule.pk, subject, at, at, values, f"/wards/W{ward}", place, (subject,))
                )
    receive_findings(by=SYSTEM, findings=findings)
    items = (
        Item(
            "Trực ban trung tâm", 5, "Gọi lãnh đạo phường, xác nhận hiện trường", "Call the ward, confirm at the place"
        ),
        Item(
            "Công an phường", 15, "Rào chắn đoạn ngập, phân luồng giao thông", "Close the flooded road, divert traffic"
        ),
        Item("UBND phường", 60, "Sơ tán hộ dân vùng trũng đến nhà văn hóa", "Bring people of low ground to the hall"),
    )
    playbook = add_playbook(
        by=SYSTEM, code="NGAP", kind=Kind.FLOOD, name_vi="Ứng phó ngập tuyến phố", name_en="Flooded street", items=items
    )
    alerts = list(
        Alert.objects.lines().filter(is_open=True, subject__contains=":journey-").order_by("level_rank", "raised_at")
    )
    said = Said(
        title="Ngập phường Gia Sàng và lân cận",
        kind=Kind.FLOOD,
        level=Level.HIGH,
        description="Mưa 62 mm trong một giờ; nước dâng nhanh trên đường Cách mạng tháng Tám.",
        ward_codes=("05431", "05434"),
        longitude=105.8461,
        latitude=21.5821,
        ring=((105.83, 21.575), (105.86, 21.572), (105.865, 21.592), (105.838, 21.596)),
    )
    incident = open_incident(
        by=SYSTEM,
        said=said,
        began_at=now - timedelta(minutes=40),
        alert_ids=[alerts[-1].pk],
        playbook_id=playbook.pk,
        is_demo=True,
    )
    bulletin = draft_bulletin(
        by=SYSTEM,
        incident_id=incident.pk,
        is_demo=True,
        said=BulletinSaid(
            level=Level.HIGH,
            title_vi="Cảnh báo ngập tại phường Gia Sàng",
            text_vi="Người dân hạn chế đi qua đường Cách mạng tháng Tám; di chuyển tài sản lên cao.",
            title_en="Flood warning in ward Gia Sàng",
            text_en="Please avoid Cách mạng tháng Tám street and move belongings to a higher place.",
            valid_from=now,
            valid_to=now + timedelta(hours=6),
            ward_codes=("05431", "05434"),
        ),
    )
    publish_bulletin(by=SYSTEM, bulletin_id=bulletin.pk)
    return {
        "alert": str(alerts[0].pk),
        "incident": str(incident.pk),
        "bulletin": str(bulletin.pk),
        "playbook": str(playbook.pk),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_make()) + "\n")
