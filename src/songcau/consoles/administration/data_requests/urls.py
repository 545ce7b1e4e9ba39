"""Addresses of the worklist of requests about personal data."""

from django.urls import path

from songcau.consoles.administration.data_requests import views

urlpatterns = [
    path("", views.data_requests, name="data_requests"),
    path("<uuid:request_id>/", views.data_request, name="data_request"),
    path("<uuid:request_id>/take/", views.take, name="data_request_take"),
    path("<uuid:request_id>/answer/", views.answer, name="data_request_answer"),
    path("<uuid:request_id>/correct/", views.correct, name="data_request_correct"),
]
