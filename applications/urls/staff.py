"""Addresses of the staff pages."""

from django.urls import path

from applications.views import (
    access,
    calls,
    dashboard,
    data_uses,
    erasures,
    exporting,
    letters,
    mail_acts,
    mail_queue,
    roles,
    screening,
    screening_many,
    staff,
    staff_acts,
    staff_application,
    team_letters,
)

LISTS = ("applications", "members", "grants", "notices", "events")

LETTER = "staff/letters/<slug:owner>/<slug:occasion>/<slug:body>/"

urlpatterns: list = [
    path("staff/", dashboard.index, name="staff"),
    path("staff/figures/<slug:figure>.csv", dashboard.figure, name="staff_figure"),
    path("staff/applications/<int:pk>/", staff_application.application, name="staff_application"),
    path("staff/applications/<int:pk>/lead/", staff_acts.hand_over, name="staff_hand_over"),
    path("staff/applications/<int:pk>/decide/<slug:act>/", screening.decide, name="staff_decide"),
    path("staff/applications/<int:pk>/notes/", screening.note, name="staff_note"),
    path("staff/applications/<int:pk>/assign/", screening.assign, name="staff_assign"),
    path("staff/calls/<slug:code>/deadline/", calls.deadline, name="staff_call_deadline"),
    path("staff/calls/<slug:code>/edition/", calls.edition, name="staff_call_edition"),
    path("staff/screening/", screening_many.many, name="staff_screening"),
    path("staff/team-letters/<int:pk>/", team_letters.team_letter, name="staff_team_letter"),
    path(
        "staff/team-letters/<int:pk>/release/",
        team_letters.release,
        name="staff_team_letter_release",
    ),
    path("staff/team-letters/<int:pk>/drop/", team_letters.drop, name="staff_team_letter_drop"),
    path("staff/invitations/<int:pk>/came-back/", staff_acts.bounced, name="staff_bounced"),
    path("staff/mail/", mail_queue.mails, name="staff_mail"),
    path("staff/mail/switch/", mail_acts.switch, name="staff_mail_switch"),
    path("staff/mail/<int:pk>/", mail_queue.mail, name="staff_mail_one"),
    path("staff/mail/<int:pk>/hold/", mail_acts.hold, name="staff_mail_hold"),
    path("staff/mail/<int:pk>/again/", mail_acts.again, name="staff_mail_again"),
    path("staff/mail/<int:pk>/tell/", mail_acts.tell, name="staff_mail_tell"),
    path("staff/mail/<int:pk>/discard/", mail_acts.discard, name="staff_mail_discard"),
    path("staff/mail/<int:pk>/came-back/", mail_acts.came_back, name="staff_mail_bounced"),
    path("staff/export/<slug:name>/", exporting.export, name="staff_export"),
    path("staff/export/<slug:name>/columns/", exporting.export_page, name="staff_export_page"),
    path("staff/uses/", data_uses.uses, name="staff_uses"),
    path("staff/roles/", roles.roles, name="staff_roles"),
    path("staff/roles/change/", roles.role_change, name="staff_role_change"),
    path("staff/erasures/", erasures.requests, name="staff_erasures"),
    path("staff/erasures/<int:pk>/", erasures.request_one, name="staff_erasure"),
    path("staff/access/", access.access, name="staff_access"),
    path("staff/letters/", letters.letters, name="staff_letters"),
    path(LETTER, letters.letter, name="staff_letter"),
    path(f"{LETTER}edit/", letters.letter_edit, name="staff_letter_edit"),
    path(f"{LETTER}shipped/", letters.letter_shipped, name="staff_letter_shipped"),
    *(
        path(f"staff/{name}/", staff.staff_list, {"name": name}, name=f"staff_{name}")
        for name in LISTS
    ),
]
