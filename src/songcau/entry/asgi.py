"""The web process's application."""

from songcau.entry.start import start_django

start_django()

from songcau.consoles.operations.live.streams import STREAMS  # noqa: E402 - after the settings are there
from songcau.foundation.files.streaming import StreamingHandler  # noqa: E402

application = StreamingHandler()
end_streams = STREAMS.end
