"""E-mail addresses: one form to compare them by."""


def canonical(address: str) -> str:
    return address.strip().casefold()
