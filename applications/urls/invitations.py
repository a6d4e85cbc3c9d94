"""Addresses that a mailed link opens, without an account."""

from django.urls import path

from applications.views import invited

urlpatterns = [
    path("invitations/<str:token>/", invited.invitation, name="invitation"),
    path("me/<str:token>/", invited.personal, name="personal"),
]
