"""The workbench: what the world is like, edited by officers, with its history."""

from directory.admin import calls, editions, funding, rows, users, windows_of_lists
from directory.admin.site import name_the_site

name_the_site()

__all__ = ["calls", "editions", "funding", "rows", "users", "windows_of_lists"]
