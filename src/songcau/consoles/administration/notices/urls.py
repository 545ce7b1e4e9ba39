"""Addresses of the administration of messages."""

from django.urls import path

from songcau.consoles.administration.notices import views

urlpatterns = [
    path("", views.deliveries, name="notices"),
    path("retry-all/", views.retry_all, name="retry_all_messages"),
    path("channels/", views.channels, name="channels"),
    path("channels/zalo/authorise/", views.authorise_zalo, name="authorise_zalo"),
    path("channels/<str:channel>/test/", views.test_channel, name="test_channel"),
    path("<uuid:delivery_id>/retry/", views.retry, name="retry_message"),
]
