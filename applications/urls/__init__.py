"""Addresses of what people do: checker, workspace, notices, staff."""

from applications.urls import checker, invitations, notices, staff, workspace

app_name = "applications"
urlpatterns = [
    *checker.urlpatterns,
    *invitations.urlpatterns,
    *workspace.urlpatterns,
    *notices.urlpatterns,
    *staff.urlpatterns,
]
