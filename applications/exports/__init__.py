"""The exports of product.md section 9: named purposes with fixed columns, in the contract's order."""

from collections.abc import Mapping

from applications.exports.applications import APPLICATIONS
from applications.exports.grants import GRANTS
from applications.exports.members import MEMBERS
from applications.exports.reading import Counted, Export
from applications.exports.records import EVENTS, NOTICES

EXPORTS: Mapping[str, Export] = {
    export.name: export for export in (APPLICATIONS, MEMBERS, GRANTS, NOTICES, EVENTS)
}

__all__ = ["EXPORTS", "Counted", "Export"]
