"""Logs for machines (one JSON object a line) or for people, with the request's id and without personal data.

What is never logged: query strings, form values, names, addresses of clients. A log line says what happened
(`event`), where (`process`, `route`), to which request (`trace`), and how long it took.
"""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from songcau.kernel import trace

_TALK_OF_PEOPLE = (
    "django.template",
    "django.db.backends",
    "PIL",
    "asyncio",
    "httpx",
    "httpcore",
    "urllib3",
    "botocore",
)


def configure(process: str, *, level: str = "INFO", form: str = "json", to: TextIO | None = None) -> None:
    """Send structlog and the standard library's loggers to one stream (default: stderr) in one form."""

    def add_origin(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["process"] = process
        if identifier := trace.current():
            event.setdefault("trace", identifier)
        return event

    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_origin,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if form == "json"
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Both repeat what our own request line says, with the query string, which may hold a name.
    for quiet in ("uvicorn.access", "django.server"):
        logging.getLogger(quiet).disabled = True
    logging.getLogger("django.request").setLevel(logging.ERROR)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    # At DEBUG these write what people typed and sent: all that a template was given, every query with its values, what
    # a camera wrote into a photograph, addresses with what stands behind the question mark.
    for talkative in _TALK_OF_PEOPLE:
        logging.getLogger(talkative).setLevel(logging.INFO)
