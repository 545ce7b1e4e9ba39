from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "songcau.foundation.places"
