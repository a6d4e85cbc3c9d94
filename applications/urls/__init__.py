"""Addresses of what people do: checker, workspace, my data, notices, staff."""

from applications.urls import (
    checker,
    editions,
    invitations,
    my_data,
    notices,
    publishing,
    staff,
    workspace,
)

app_name = "applications"
urlpatterns = [
    *checker.urlpatterns,
    *invitations.urlpatterns,
    *workspace.urlpatterns,
    *my_data.urlpatterns,
    *notices.urlpatterns,
    *staff.urlpatterns,
    *editions.urlpatterns,
    *publishing.urlpatterns,
]
