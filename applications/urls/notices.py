"""Addresses of the notices pages, and of the one that a funder's link opens."""

from django.urls import path

from applications.views import acknowledging, notices, reminding

urlpatterns = [
    path("teams/<str:ref>/notices/", notices.notice_list, name="notices"),
    path("teams/<str:ref>/notices/remind/<int:pk>/", reminding.remind, name="notice_remind"),
    path("teams/<str:ref>/notices/<int:pk>/", notices.notice_page, name="notice"),
    path(
        "teams/<str:ref>/notices/<int:pk>/release/", notices.notice_release, name="notice_release"
    ),
    path("acknowledge/<str:token>/", acknowledging.acknowledge, name="acknowledge"),
    path("teams/<str:ref>/notices/<int:pk>/letter.eml", notices.notice_eml, name="notice_eml"),
]
