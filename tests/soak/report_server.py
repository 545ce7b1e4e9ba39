"""`python -m tests.soak.report_server --port N [--sabotage]`: the web process to which telephones report."""

import argparse
import threading

from songcau.entry.serving import serve
from songcau.entry.settings import load
from songcau.entry.start import start_django


def answer_early() -> None:
    """The mistake the soak must find: the code is told, and the report is stored a little later."""
    from songcau.consoles.citizen.reporting import views
    from songcau.systems.citizen_reports.actions.submitting import Submitted, secret_of
    from songcau.systems.citizen_reports.rules import new_code

    right = views.reports.submit_report

    def hasty(**given: object) -> Submitted:
        threading.Timer(0.3, lambda: right(**given)).start()
        draft = given["draft"]
        code = new_code(draft.submission_id.bytes)
        return Submitted(draft.submission_id, code, secret_of(draft.submission_id), is_new=True)

    views.reports.submit_report = hasty


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--sabotage", action="store_true", help="it answers before anything is stored")
    given = parser.parse_args()
    start_django()
    from songcau.entry.asgi import application

    if given.sabotage:
        answer_early()
    settings = load()
    proxy = {"proxy_headers": True, "forwarded_allow_ips": "127.0.0.1"}
    serve(application, name="web", data=settings.data, host="127.0.0.1", port=given.port, **proxy)


if __name__ == "__main__":
    main()
