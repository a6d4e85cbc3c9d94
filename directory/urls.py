"""Addresses of the public pages, below the language."""

from django.urls import path

from directory.views import calls, funders, history, home

app_name = "directory"
urlpatterns = [
    path("", home.home, name="home"),
    path("privacy/", home.privacy, name="privacy"),
    path("help/", home.help_page, name="help"),
    path("funders/", funders.funders, name="funders"),
    # Before a funder's own page: no slug is "history".
    path("funders/history/", history.history, name="funders_history"),
    path("funders/history.csv", history.history_csv, name="funders_history_csv"),
    path("funders/<slug:slug>/", funders.funder, name="funder"),
    path("funders.csv", funders.funders_csv, name="funders_csv"),
    path("calls/<slug:code>/", calls.call, name="call"),
    path("calls.ics", calls.calls_ics, name="calls_ics"),
]
