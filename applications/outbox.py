"""Mails: recorded with the act that causes them, delivered afterwards, none lost."""
