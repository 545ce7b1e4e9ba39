"""Addresses of the administration of outbox."""

from django.urls import path

from songcau.consoles.administration.outbox import views

urlpatterns = [
    path("", views.outbox, name="outbox"),
    path("dead/", views.dead_letters, name="dead_letters"),
    path("dead/replay/", views.replay_all, name="replay_all"),
    path("deliveries/<int:delivery_id>/", views.delivery, name="delivery"),
    path("deliveries/<int:delivery_id>/replay/", views.replay, name="replay_delivery"),
    path("deliveries/<int:delivery_id>/skip/", views.skip, name="skip_delivery"),
]
