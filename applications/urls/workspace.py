"""Addresses of the workspace: my teams, one team's pages, receipts."""

from django.urls import path

from applications.views import (
    claims,
    erad_sheet,
    evidence,
    grants,
    handing_over,
    inviting,
    match_under,
    people,
    proofs,
    submission,
    teams,
    workspace,
)

TEAM = "teams/<str:ref>/"

urlpatterns = [
    path("teams/", teams.teams, name="teams"),
    path("teams/start/", teams.start, name="start"),
    path("receipts/<str:number>/", submission.receipt, name="receipt"),
    path("receipts/<str:number>/text/", submission.receipt_text, name="receipt_text"),
    path("receipts/<str:number>/evidence/<int:version>/", evidence.evidence, name="evidence"),
    path(
        "receipts/<str:number>/evidence/<int:version>/json/",
        evidence.evidence_json,
        name="evidence_json",
    ),
    path(TEAM, workspace.team, name="team"),
    path(f"{TEAM}project/", workspace.team_project, name="team_project"),
    path(f"{TEAM}answers/", workspace.answers, name="answers"),
    path(f"{TEAM}erad/", workspace.erad, name="erad"),
    path(f"{TEAM}erad/sheet/", erad_sheet.erad_sheet, name="erad_sheet"),
    path(f"{TEAM}match/", workspace.match, name="match"),
    path(f"{TEAM}match/<slug:edition>/", match_under.match_under, name="match_under"),
    path(f"{TEAM}japan/", people.team_japan, name="team_japan"),
    path(f"{TEAM}people/", people.team_people, name="team_people"),
    path(f"{TEAM}people/add/", people.person_add, name="person_add"),
    path(f"{TEAM}people/<int:pk>/", people.person_edit, name="person_edit"),
    path(f"{TEAM}people/<int:pk>/remove/", people.person_remove, name="person_remove"),
    path(f"{TEAM}people/<int:pk>/confirm/", people.person_confirm, name="person_confirm"),
    path(f"{TEAM}people/<int:pk>/invite/", inviting.person_invite, name="person_invite"),
    path(f"{TEAM}people/<int:pk>/remind/", inviting.person_remind, name="person_remind"),
    path(f"{TEAM}people/<int:pk>/address/", inviting.person_address, name="person_address"),
    path(f"{TEAM}people/<int:pk>/uninvite/", inviting.person_uninvite, name="person_uninvite"),
    path(f"{TEAM}invitations/<int:pk>/claim/", claims.claim, name="claim"),
    path(f"{TEAM}lead/", handing_over.hand_over, name="hand_over"),
    path(f"{TEAM}people/<int:person>/grants/add/", grants.grant_add, name="grant_add"),
    path(f"{TEAM}grants/", grants.grants, name="grants"),
    path(f"{TEAM}grants/<int:pk>/", grants.grant_edit, name="grant_edit"),
    path(f"{TEAM}grants/<int:pk>/remove/", grants.grant_remove, name="grant_remove"),
    path(f"{TEAM}grants/<int:pk>/attest/", grants.attest, name="attest"),
    path(f"{TEAM}check/", submission.check_answers, name="check_answers"),
    path(f"{TEAM}submit/", submission.submit, name="submit"),
    path(f"{TEAM}withdraw/", submission.withdraw, name="withdraw"),
    path(f"{TEAM}copy/", submission.copy, name="copy"),
    path(f"{TEAM}again/", submission.again, name="again"),
    path(f"{TEAM}proofs/<int:pk>/", proofs.proof, name="proof"),
]
