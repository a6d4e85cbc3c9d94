"""What the data must keep, promise by promise: a sentence, and the rows that break it.

Each promise asks a fixed number of statements, however many rows there are. ``check_invariants``
says them; the database's own constraints hold some of them too, and are checked like the rest.
"""

from applications.queries.promises.asking import Promise
from applications.queries.promises.erased import ERASED
from applications.queries.promises.guards import GUARDS
from applications.queries.promises.lists import LISTS
from applications.queries.promises.mail import MAIL
from applications.queries.promises.people import PEOPLE
from applications.queries.promises.record import RECORD
from applications.queries.promises.versions import VERSIONS

PROMISES: tuple[Promise, ...] = (
    *(*RECORD, *GUARDS, *VERSIONS, *PEOPLE),
    *(*MAIL, *ERASED, *LISTS),
)

__all__ = ["PROMISES", "Promise"]
