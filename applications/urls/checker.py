"""Addresses of the checker pages."""

urlpatterns: list = []
