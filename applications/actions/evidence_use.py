"""Recording that staff opened or downloaded the evidence of a version."""

from datetime import datetime

from django.db import transaction

from applications import permissions
from applications.actions.data_uses import agency_of
from applications.actions.refusals import NotPermitted
from applications.models import DataUse, DataUseKind, Version
from directory.models import User


@transaction.atomic
def record_evidence_use(*, version_id: int, page: str, by: User, at: datetime) -> DataUse:
    """Record one reading of a version's evidence by staff; ``page`` says in which form.

    :raises NotPermitted: ``by`` is not of the staff of the call's agency
    :raises Version.DoesNotExist: there is none
    """
    version = Version.objects.select_related("application__call").get(pk=version_id)
    application = version.application
    if not permissions.reads_as_staff(by, application):
        raise NotPermitted(DataUseKind.EVIDENCE)
    return DataUse.objects.create(
        kind=DataUseKind.EVIDENCE,
        by=by,
        agency=agency_of(by),
        at=at,
        application=application,
        name=f"{page} v{version.number}",
        personal=True,
    )
