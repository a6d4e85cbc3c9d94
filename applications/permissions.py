"""Who may do what: one question, answered from facts (membership, staff role), never from a group's name."""

from collections.abc import Collection

from applications.models import Actor, Application, Membership, Notice, Role
from applications.workflow import Act
from directory.models import Call, Edition, StaffRole, User

EDIT = "EDIT"  # change the application's answers, people and grants; the holder's own letter
RELEASE = "RELEASE"  # send a letter to a funder: nobody sends in another's name
RECORD_NOTICE = "RECORD_NOTICE"
NOT_SEND = "NOT_SEND"  # record that a notice is not sent, and why
ANSWER = "ANSWER"  # confirm, decline, correct: everybody for themselves
INVITE = "INVITE"  # ask a named person by mail, remind, correct the address, cancel
DECIDE_CLAIM = "DECIDE_CLAIM"  # whether somebody who answered from another account is the invited
HAND_OVER_LEAD = "HAND_OVER_LEAD"
NOTE_BOUNCE = (
    "NOTE_BOUNCE"  # that a mail of the team came back undeliverable; staff read the mailbox
)
HANDLE_MAIL = "HANDLE_MAIL"  # hold, let go or discard a mail of the outbox
SCREEN = "SCREEN"  # notes among staff, whose an application is, letters to the team

SENDS = frozenset({Role.LEAD, Role.DEPUTY})
EDITS = SENDS | {Role.MEMBER, Role.ADMINISTRATOR}
DECIDES = frozenset({StaffRole.OFFICER, StaffRole.APPROVER})


def membership_of(actor: Actor, application: Application) -> Membership | None:
    """Return the membership that makes ``actor`` part of the team, the strongest role first."""
    current = Membership.objects.current().filter(team=application.team_id)
    if isinstance(actor, Membership):
        own = current.filter(pk=actor.pk)
    else:
        own = current.filter(researcher__user=actor)
    found = list(own.select_related("researcher"))
    return min(found, key=lambda one: Role.values.index(one.role), default=None)


def role_of(actor: Actor, application: Application) -> Role | None:
    found = membership_of(actor, application)
    return Role(found.role) if found else None


def role_may(role: Role | None, act: str) -> bool:
    """Whether a member of this role may do ``act``; people outside a team may nothing."""
    if act in (Act.SUBMIT, Act.WITHDRAW, DECIDE_CLAIM, HAND_OVER_LEAD):
        return role in SENDS
    return act in (EDIT, RECORD_NOTICE, NOT_SEND, INVITE) and role in EDITS


def may(actor: Actor, act: str, application: Application) -> bool:
    """Whether ``actor`` may do ``act`` to ``application``. The state is the workflow's question.

    Who came by a mailed link answers for themselves (``may_answer``), never for the team.
    """
    if isinstance(actor, Membership):
        return False
    if role_may(role_of(actor, application), act):
        return True
    if not actor.is_superuser and actor.staff_agency != application.call.owner:
        return False
    of_staff = (RECORD_NOTICE, HAND_OVER_LEAD, NOTE_BOUNCE, HANDLE_MAIL, SCREEN)
    staff_act = act in of_staff or act in set(Act.values) - {Act.SUBMIT, Act.WITHDRAW}
    return staff_act and (actor.is_superuser or actor.staff_role in DECIDES)


def may_answer(actor: Actor, member: Membership) -> bool:
    """Whether ``actor`` is that member, still in the team, and so confirms, declines and corrects."""
    return member.removed_at is None and member.is_of(actor)


def reads_as_staff(user: User, application: Application) -> bool:
    """Whether ``user`` reads the application as staff of its call's agency, so that it is recorded."""
    of_agency = user.staff_agency != "" and user.staff_agency == application.call.owner
    return user.is_superuser or of_agency


def may_read_evidence(user: User, application: Application) -> bool:
    """Whether ``user`` may read the evidence of a version: lead and deputy, and the agency's staff."""
    return reads_as_staff(user, application) or role_of(user, application) in SENDS


def may_open_copy_sheet(user: User, application: Application) -> bool:
    """Whether ``user`` may open the sheet for e-Rad: who writes for the team, and the agency's staff."""
    return reads_as_staff(user, application) or role_of(user, application) in EDITS


def may_tell(actor: Actor, act: str, notice: Notice) -> bool:
    """Whether ``actor`` may do ``act`` about a notice.

    The letter is the holder's, by account or by mailed link: nobody else writes it (``EDIT``) or
    sends it (``RELEASE``). The team and staff may record what was done, on the holder's behalf
    (``RECORD_NOTICE``), the team also that it is not sent (``NOT_SEND``; product.md 6).
    The notice comes with its application and ``holder__researcher``.
    """
    if may_answer(actor, notice.holder):
        return act in (EDIT, RELEASE, RECORD_NOTICE, NOT_SEND)
    return act in (RECORD_NOTICE, NOT_SEND) and may(actor, act, notice.application)


def may_switch_mail(user: User) -> bool:
    """Whether ``user`` may hold all mail of the portal, and open it again: one switch for both agencies."""
    return user.is_active and (user.is_superuser or user.staff_role == StaffRole.APPROVER)


def may_change_roles(user: User, agency: str = "") -> bool:
    """Whether ``user`` may give, change and take staff roles of ``agency`` ("": of the own one)."""
    if user.is_superuser or not user.is_active:
        return user.is_active
    return user.staff_role == StaffRole.APPROVER and agency in ("", user.staff_agency)


def may_erase(user: User, in_a_team_of_ours: bool) -> bool:
    """Whether ``user`` may erase a person: an approver, of people in teams of the own agency's calls."""
    if user.is_superuser or not user.is_active:
        return user.is_active
    return user.staff_role == StaffRole.APPROVER and in_a_team_of_ours


def may_word_letters(user: User, owner: str) -> bool:
    """Whether ``user`` may change the words of the letters for calls of that agency."""
    if user.is_superuser or not user.is_active:
        return user.is_active
    return user.staff_agency == owner and user.staff_role in DECIDES


def may_draft_edition(user: User, owner: str) -> bool:
    """Whether ``user`` may make and change drafts of that agency's list."""
    if user.is_superuser or not user.is_active:
        return user.is_active
    return user.staff_agency == owner and user.staff_role in DECIDES


def may_publish(user: User, edition: Edition, authors: Collection[int]) -> bool:
    """Whether ``user`` may publish a draft: an approver of its agency who is no author of it.

    ``authors`` are the keys of the accounts that are (``authors_of``). A second person reads what
    everybody will rely on (product.md 5): that binds superusers, too.
    """
    return user.pk not in authors and _approves(user, edition.owner)


def may_change_call(user: User, call: Call) -> bool:
    """Whether ``user`` may move a call's deadline and put another edition in force for it."""
    return _approves(user, call.owner)


def _approves(user: User, owner: str) -> bool:
    if user.is_superuser or not user.is_active:
        return user.is_active
    return user.staff_agency == owner and user.staff_role == StaffRole.APPROVER
