"""What somebody says about their own account: name, language of mails, time zone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from applications.actions.drafting import unchanged_since
from applications.queries.sections import PROFILE, profile_values
from directory.models import User


@transaction.atomic
def save_profile(*, values: Mapping[str, Any], seen: str, by: User, at: datetime) -> User:
    """Save the account's own particulars; nobody changes those of somebody else.

    ``at`` stands here as in every action, but a profile keeps no dates.

    :raises Conflict: they were saved elsewhere (another tab, another device) meanwhile
    """
    account = User.objects.select_for_update().get(pk=by.pk)
    unchanged_since(seen, profile_values(account), values)
    changed = [name for name in PROFILE if name in values]
    for name in changed:
        setattr(account, name, values[name])
    account.save(update_fields=changed)
    return account
