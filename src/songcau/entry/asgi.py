"""The web process's application."""

from songcau.entry.start import start_django

start_django()

from songcau.foundation.files.streaming import StreamingHandler  # noqa: E402 - after the settings are there

application = StreamingHandler()
