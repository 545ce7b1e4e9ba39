"""Reports for the journeys of the portal, made in the folder of a running city: `python -m … FOLDER`."""

import json
import subprocess
import sys
from pathlib import Path

from tools.city import City, own_environment

TEXTS = (
    ("POTHOLE", "Ổ gà sâu trước cổng trường Trưng Vương, xe máy dễ ngã.", 105.8425, 21.5942),
    ("STREET_LAMP", "Ba bóng đèn đường liền nhau không sáng từ tối thứ Hai.", 105.8461, 21.5921),
    ("GARBAGE", "Rác đổ tràn ra lòng đường sau chợ, hai ngày chưa ai dọn.", 105.8391, 21.5967),
    ("NOISE", "Quán hát mở loa to quá nửa đêm.", 105.8402, 21.5999),
)


def seed(city: City) -> dict[str, str]:
    """Codes and secrets of what was made: `published`, `resolved`, `asked` and `new`."""
    environment = own_environment() | {
        "SONGCAU_FILE": str(city.folder / "songcau.toml"),
        "SONGCAU_DATA": str(city.folder),
    }
    command = [sys.executable, "-m", "tests.journeys.citizen_reports_town"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made: dict[str, str] = json.loads(done.stdout.strip().splitlines()[-1])
    return made


def _make() -> dict[str, str]:
    from songcau.entry.start import start_django

    start_django()
    from uuid import uuid4

    from songcau.kernel import clock
    from songcau.kernel.actor import NOBODY, SYSTEM
    from songcau.systems.citizen_reports import actions
    from songcau.systems.citizen_reports.actions.submitting import Contact, Draft, submit_report
    from songcau.systems.citizen_reports.models import Category, Report
    from songcau.systems.citizen_reports.rules import Channel, State

    actions.load_usual_categories(by=SYSTEM)
    actions.load_usual_routing(by=SYSTEM)
    codes = set(Category.objects.offered().values_list("code", flat=True))
    made: dict[str, str] = {}
    for position, (category, text, longitude, latitude) in enumerate(TEXTS * 6):
        draft = Draft(
            submission_id=uuid4(),
            category=category if category in codes else sorted(codes)[0],
            text=text if position < len(TEXTS) else f"{text} ({position})",
            channel=Channel.PORTAL,
            longitude=longitude + (position // 4) * 0.0021,
            latitude=latitude + (position // 4) * 0.0013,
            is_demo=True,
        )
        found = submit_report(by=NOBODY, draft=draft, contact=Contact())
        if position % 4 == 3:
            made |= {"new": found.code, "new_secret": found.secret}
            continue
        actions.accept_report(by=SYSTEM, report_id=found.report_id)
        actions.publish_report(by=SYSTEM, report_id=found.report_id)
        name = ("published", "resolved", "asked")[position % 4]
        made |= {name: found.code, f"{name}_secret": found.secret}
        if name == "asked":
            actions.ask_reporter(by=SYSTEM, report_id=found.report_id, text="Chỗ đó gần cột điện số mấy?")
        if name == "resolved":
            now = clock.now()
            Report.objects.filter(pk=found.report_id).update(
                state=State.RESOLVED,
                is_open=False,
                resolved_at=now,
                closing_text="Đã thay ba bóng đèn và kiểm tra lại dây dẫn.",
            )
    return made


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    print(json.dumps(_make()))
