"""User text made fit to stand inside a mail of ours."""


def unlinked(text: str, most: int = 120) -> str:
    return " ".join(text.split())[:most]
