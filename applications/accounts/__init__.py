"""Accounts: made and opened by e-mail, ORCID and passkeys; every mail through the outbox."""

from applications.accounts.adapter import AccountAdapter

__all__ = ["AccountAdapter"]
