"""`python -m tests.soak.upload_server --port N`: the web process of a city, with one more use that anybody may fill."""

import argparse

from songcau.entry.serving import serve
from songcau.entry.settings import load
from songcau.entry.start import start_django


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    start_django()
    from songcau.entry.asgi import application
    from songcau.foundation.files import rules, uses

    uses.register(
        uses.FileUse(
            name="soak.papers",
            words="Papers",
            limits=rules.Limits(
                accepted=frozenset({rules.TEXT, rules.JPEG, rules.MP4}), max_bytes=4096 * rules.MEGABYTE
            ),
            may_upload=lambda actor, subject: True,
            may_read=lambda actor, link: actor.id == link.uploader_id,
        )
    )
    serve(application, name="web", data=load().data, host="127.0.0.1", port=port)


if __name__ == "__main__":
    main()
