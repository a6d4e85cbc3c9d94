"""Who may do what: one question, answered from facts (membership, staff role), never from a group's name."""

from applications.models import Application, Membership, Notice, Role
from applications.workflow import Act
from directory.models import StaffRole, User

EDIT = "EDIT"  # change the application's answers, people, grants and the record of its notices
RECORD_NOTICE = "RECORD_NOTICE"

SENDS = frozenset({Role.LEAD, Role.DEPUTY})
EDITS = SENDS | {Role.MEMBER, Role.ADMINISTRATOR}
DECIDES = frozenset({StaffRole.OFFICER, StaffRole.APPROVER})


def membership_of(user: User, application: Application) -> Membership | None:
    """Return the membership that makes ``user`` part of the team, the strongest role first."""
    found = list(
        Membership.objects.current()
        .filter(team=application.team_id, researcher__user=user)
        .select_related("researcher")
    )
    return min(found, key=lambda one: Role.values.index(one.role), default=None)


def role_of(user: User, application: Application) -> Role | None:
    found = membership_of(user, application)
    return Role(found.role) if found else None


def role_may(role: Role | None, act: str) -> bool:
    """Whether a member of this role may do ``act``; people outside a team may nothing."""
    if act in (Act.SUBMIT, Act.WITHDRAW):
        return role in SENDS
    return act in (EDIT, RECORD_NOTICE) and role in EDITS


def may(user: User, act: str, application: Application) -> bool:
    """Whether ``user`` may do ``act`` to ``application``. The state is the workflow's question."""
    if role_may(role_of(user, application), act):
        return True
    if not user.is_superuser and user.staff_agency != application.call.owner:
        return False
    staff_act = act == RECORD_NOTICE or act in set(Act.values) - {Act.SUBMIT, Act.WITHDRAW}
    return staff_act and (user.is_superuser or user.staff_role in DECIDES)


def may_tell(user: User, act: str, notice: Notice) -> bool:
    """Whether ``user`` may ``EDIT`` a notice's draft or ``RECORD_NOTICE`` what was done about it.

    As for the application; besides, a partner with an account tells the funders of their own grants.
    The notice comes with its application and ``holder__researcher``.
    """
    if may(user, act, notice.application):
        return True
    holder = notice.holder
    own = holder.removed_at is None and holder.researcher.user_id == user.pk
    return own and act in (EDIT, RECORD_NOTICE)
