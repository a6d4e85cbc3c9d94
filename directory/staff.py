"""What a staff role allows in the admin: roles are facts on the user, not groups named in code."""

from django.contrib.auth.backends import ModelBackend

from directory.models import StaffRole, User

# Directory facts that officers and approvers of either agency keep together.
EDITED_BY_OFFICERS = frozenset(
    f"directory.{verb}_{model}"
    for verb in ("add", "change")
    for model in (
        "country",
        "agency",
        "programme",
        "grantformat",
        "edition",
        "participation",
        "noticerule",
        "condition",
        "call",
        "callarea",
    )
)
# Parts of an agency, of a draft edition or of a call; published editions are closed by the admin.
DELETED_BY_OFFICERS = frozenset(
    f"directory.delete_{model}"
    for model in (
        "grantformat",
        "participation",
        "noticerule",
        "condition",
        "callarea",
    )
)
# People, grants and accounts are seen through their application's call, never through these lists.
NEVER_LISTED = frozenset({"directory.view_user"})


class StaffBackend(ModelBackend):
    """Answer admin permissions from the staff role; sign-in itself stays with allauth."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        return None

    def has_perm(self, user_obj, perm: str, obj=None) -> bool:
        if not isinstance(user_obj, User) or not user_obj.is_active or not user_obj.is_staff:
            return False
        if user_obj.is_superuser:
            return True
        if perm in EDITED_BY_OFFICERS | DELETED_BY_OFFICERS:
            return user_obj.staff_role in (StaffRole.OFFICER, StaffRole.APPROVER)
        app, _dot, verb = perm.partition(".")
        ours = app in ("directory", "applications")
        return ours and verb.startswith("view_") and perm not in NEVER_LISTED

    def has_module_perms(self, user_obj, app_label: str) -> bool:
        return user_obj.is_staff and app_label in ("directory", "applications")
