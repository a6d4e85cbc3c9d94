"""The words in which a row of the list says what is asked: codes as stored, labels as read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ParticipationKind(models.TextChoices):
    EXISTING = "EXISTING", _("Existing grant")
    EXISTING_OR_ADDITIONAL = (
        "EXISTING_OR_ADDITIONAL",
        _("Existing grant, with a chance of an additional grant"),
    )


class Strength(models.TextChoices):
    """How strongly a notice is asked, in the funder's own gradation."""

    REQUESTED = "REQUESTED", _("Asked to tell")
    ENCOURAGED = "ENCOURAGED", _("Encouraged to tell")
    ENQUIRY = "ENQUIRY", _("May ask questions")
    NOT_NEEDED = "NOT_NEEDED", _("No contact needed")
    NONE_STATED = "NONE_STATED", _("Nothing stated")


class Trigger(models.TextChoices):
    UPON_APPLICATION = "UPON_APPLICATION", _("Upon application")
    ON_COLLABORATION = "ON_COLLABORATION", _("When the collaboration is established")
    ANY_TIME = "ANY_TIME", _("At any time")


class RecipientKind(models.TextChoices):
    ADDRESS = "ADDRESS", _("A published address")
    GRANT_CONTACT = "GRANT_CONTACT", _("The officer of that very grant")
    BODY_WITHOUT_ADDRESS = "BODY_WITHOUT_ADDRESS", _("A body whose address the list does not give")


class ConditionCode(models.TextChoices):
    ERC_SCOPE = (
        "ERC_SCOPE",
        _("The collaboration involves research within the scope of the ERC grant."),
    )
    WELLCOME_OUTCOMES = (
        "WELLCOME_OUTCOMES",
        _("The collaboration puts no Wellcome-funded research outcome at risk."),
    )
