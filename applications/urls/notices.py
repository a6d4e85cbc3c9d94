"""Addresses of the notices pages."""

urlpatterns: list = []
