"""Addresses of the administration of agencies."""

from django.urls import path

from songcau.consoles.administration.agencies import posts, views

urlpatterns = [
    path("", views.agencies, name="agencies"),
    path("tree/", views.tree, name="agency_tree"),
    path("add/", views.add, name="agency_add"),
    path("<uuid:agency_id>/", views.agency, name="agency"),
    path("<uuid:agency_id>/change/", views.change, name="agency_change"),
    path("<uuid:agency_id>/move/", views.move, name="agency_move"),
    path("<uuid:agency_id>/close/", views.close, name="agency_close"),
    path("<uuid:agency_id>/posts/add/", posts.add, name="post_add"),
    path("posts/<uuid:post_id>/hold/", posts.hold, name="post_hold"),
    path("holdings/<uuid:holding_id>/leave/", posts.leave, name="post_leave"),
]
