"""The web process's application."""

from django.core.handlers.asgi import ASGIHandler

from songcau.entry.start import start_django

start_django()
application = ASGIHandler()
