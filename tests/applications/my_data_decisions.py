"""What a person's download holds: for every field that may be about somebody, in, or out and why.

A model or field that is not decided here fails test_my_data_download.py.
"""

NUMBER = "a row's number"
LINK = "the row it belongs to; what is said of that row stands beside"
OTHERS = "who else acted; the download says only whether it was you"
SEARCH = "made from the other fields"
SECRET = "opens something, or proves who you are"
TEAM = "the team's, on the team's pages; the download names team and project"
TEAMS = {"id": NUMBER, "application": LINK}


def model(held: str, **left_out: str) -> tuple[set[str], dict[str, str]]:
    return set(held.split()), {"id": NUMBER} | left_out


FIELDS = {
    "directory.User": model(
        "email name language time_zone is_active staff_agency staff_role is_superuser"
        " date_joined last_login",
        password=SECRET,
    ),
    "account.EmailAddress": model("email verified primary", user=LINK),
    "socialaccount.SocialAccount": model(
        "provider uid date_joined last_login extra_data", user=LINK
    ),
    "mfa.Authenticator": model("type created_at last_used_at", user=LINK, data=SECRET),
    "usersessions.UserSession": model(
        "ip user_agent created_at last_seen_at",
        user=LINK,
        session_key=SECRET,
        data="what sign-in needs to keep the session",
    ),
    "directory.StaffRoleChange": model(
        "agency role_before role_after reason at", user=LINK, by=OTHERS
    ),
    "directory.ErasureRequest": model(
        "note requested_at handled_at answer", user=LINK, handled_by=OTHERS
    ),
    "directory.Researcher": model(
        "name family_latin given_latin reading email orcid erad_number institution department"
        " position language",
        user=LINK,
        search_text=SEARCH,
    ),
    "directory.Institution": model("country name name_latin ror"),
    "directory.Grant": model(
        "agency agency_other programme programme_other reference key title role starts_on ends_on"
        " amount currency contact_name contact_email",
        holder=LINK,
    ),
    "applications.Team": model("ref created_at", created_by=LINK, copied_from=TEAM),
    "applications.Membership": model(
        "team role confirmed_at confirmed_how confirmed_reason reminders_off_at removed_at"
        " removed_reason",
        researcher=LINK,
        confirmed_by=OTHERS,
    ),
    "applications.Application": model(
        "call status title_ja title_en receipt submitted_at",
        team=LINK,
        submitted_by=OTHERS,
        **dict.fromkeys(
            (
                *("edition", "field", "abstract_en", "area", "years", "budget_jpy", "explanation"),
                *("erad_status", "erad_number", "version", "best_verdict", "returned_until"),
                *("created_at", "changed_at", "submitted_fingerprint"),
                *("reference_on", "return_reason"),
            ),
            TEAM,
        ),
        assigned_to=OTHERS,
        search_text=SEARCH,
    ),
    "applications.ReliedGrant": model(
        "verdict reasons cautions added_at removed_at", application=LINK, grant=LINK
    ),
    "applications.Attestation": model(
        "code answer at on_behalf reason proof", relied=LINK, by=OTHERS
    ),
    "applications.Notice": model(
        "body agency occasion strength trigger state due_on recipient_name recipient_email subject"
        " text channel done_on done_to on_behalf reason proof acknowledged_at removed_at",
        application=LINK,
        holder=LINK,
        grant=LINK,
        follows=LINK,
        done_by=OTHERS,
        done_by_member=OTHERS,
    ),
    "applications.Proof": model(
        "kind size sha256 uploaded_at",
        application=LINK,
        file="the content, on the team's page; mails of others may be in it",
        name="the uploader's words, and may name others",
        uploaded_by=OTHERS,
    ),
    "applications.Invitation": model(
        "email language agency is_reminder created_at expires_at opened_at claimed_at ended_how"
        " ended_at reason",
        membership=LINK,
        application=LINK,
        token_digest=SECRET,
        message="the mail is listed by itself",
        created_by=OTHERS,
        claimed_by=OTHERS,
    ),
    "applications.PersonalLink": model(
        "created_at expires_at revoked_at", membership=LINK, token_digest=SECRET
    ),
    "applications.ReleasedLetter": model(
        "template_version edited released_at expires_at acknowledged_at note",
        notice=LINK,
        message=LINK,
        token_digest=SECRET,
        released_by=OTHERS,
        released_by_member=OTHERS,
    ),
    "applications.Message": model(
        "kind recipient state created_at available_at expires_at attempts handed_over_at reply_code"
        " error",
        application=LINK,
        notice=LINK,
        sender_name="of letters to funders alone, where it is your own name; those stand with it",
        reply_to="of letters to funders alone, where it is your own address; those stand with it",
        asked_by=OTHERS,
        asked_by_member=OTHERS,
        reason="staff's words about their queue, and may name others",
        dedupe_key=NUMBER,
        subject="names others; you have the mail",
        text="names others and may hold a code; you have the mail",
        secret=SECRET,
    ),
    "applications.Event": model(
        "act from_state to_state at reason",
        application=LINK,
        user=LINK,
        membership=LINK,
        by_system="not an act of a person",
        details="numbers of rows, others' among them",
    ),
    "applications.Version": model(
        "number sha256 web_clock database_clock", application=LINK, by=OTHERS, content=TEAM
    ),
    "applications.VersionPerson": model("pseudonym values", version=LINK, researcher=LINK),
}
# Called otherwise in the file than in the table.
RENAMED = {"ref": "team", "primary": "preferred", "claimed_at": "answered_from_this_account_at"}
MODELS_OUT = {
    "account.EmailConfirmation": SECRET,
    "socialaccount.SocialToken": SECRET,
    "applications.ForgottenAddress": "a keyed digest, which cannot be led back to an account",
    "applications.LetterTemplate": "words that staff keep for letters; they speak of nobody",
    "applications.GoldenCase": "grants that staff thought of; they are nobody's",
    "applications.EffectPreview": "counts and keys for staff, worked out anew for each draft",
    "applications.Publication": "what staff published; the directory's history shows it to staff",
    # An edition names who made it, and all that is in it or under it leads there.
    **{
        f"directory.{one}": "the list of funders and the calls; they speak of no applicant"
        for one in (
            *("Edition", "Participation", "Participation_programmes", "NoticeRule", "Condition"),
            *("PublishedPage", "PublishedNote", "Call", "CallArea", "CallChange"),
        )
    },
    "applications.DataUse": "what staff read and took out; each sees their own on the page of uses",
    "applications.InternalNote": "what staff wrote to one another; the agency answers for it",
    "applications.TeamLetter": "came to the team by mail; drafts are the agency's",
    "directory.Erasure": "numbers of rows that were erased; it names nobody",
    "applications.MailGate": "the switch of all mail; the staff's queue names who moved it",
    "sessions.Session": SECRET,
    "admin.LogEntry": "what staff did to the directory; the directory's history shows it to staff",
    "directory.User_groups": "groups are not used",
    "directory.User_user_permissions": "permissions come from the staff role",
}
