"""`python -m tests.soak.upload_server --port N [--sabotage]`: a web process with one more use that anybody may fill."""

import argparse
import random
from pathlib import Path

from songcau.entry.serving import serve
from songcau.entry.settings import load
from songcau.entry.start import start_django


def cut_now_and_then(source: Path, target: Path) -> None:
    """What a store without care would do."""
    content = source.read_bytes()
    target.write_bytes(content[:-1] if random.random() < 0.5 else content)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--sabotage", action="store_true", help="now and then the store loses a byte")
    given = parser.parse_args()
    start_django()
    from songcau.entry.asgi import application
    from songcau.foundation.files import rules, stores, uses

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
    if given.sabotage:
        stores._copy = cut_now_and_then
    serve(application, name="web", data=load().data, host="127.0.0.1", port=given.port)


if __name__ == "__main__":
    main()
