"""Addresses of my data: the account's own page, its particulars, the download, the request for erasure."""

from django.urls import path

from applications.views import my_data

urlpatterns = [
    path("my-data/", my_data.my_data, name="my_data"),
    path("my-data/profile/", my_data.profile, name="my_data_profile"),
    path("my-data/download/", my_data.download, name="my_data_download"),
    path("my-data/erasure/", my_data.erasure, name="my_data_erasure"),
]
