"""Addresses of the shell itself."""

from django.urls import path

from songcau.foundation.shell import views

urlpatterns = [
    path("shell/language", views.choose_language, name="shell_language"),
    path("shell/theme", views.choose_theme, name="shell_theme"),
]
