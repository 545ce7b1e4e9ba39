"""How far a token or a grant reaches, as it is written down: in a stored token, in a signed grant."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from songcau.context.problems import BadRequestData
from songcau.context.rights.caller import Caller

ANY_TENANT = "*"
READ, WRITE, ADMINISTER = "read", "write", "administer"
MEMBERS = frozenset({"tenant", "types", "wards", "attributes", "may"})
_KINDS = frozenset({READ, WRITE, ADMINISTER})
# Levels as the standard has them (4.18): a letter, then letters, digits, underscores. No entity has another scope.
_WARD = re.compile(r"(/[^\W\d_]\w*)+")
_MOST_ITEMS = 1000
_LONGEST_ITEM = 1000


@dataclass(frozen=True, slots=True)
class Reach:
    """tenant: its name, empty for the default one, `*` for any. types, wards, attributes: None does not limit.

    may: of `read`, `write` and `administer` (tokens).
    """

    tenant: str = ""
    types: tuple[str, ...] | None = None
    wards: tuple[str, ...] | None = None
    attributes: tuple[str, ...] | None = None
    may: tuple[str, ...] = (READ,)

    @classmethod
    def read(cls, members: Mapping[str, object]) -> "Reach":
        """From JSON; other members are not looked at. Raises BadRequestData."""
        tenant = members.get("tenant", "")
        if not isinstance(tenant, str) or len(tenant) > _LONGEST_ITEM:
            raise BadRequestData("tenant must be a name, or * for any tenant.")
        may = _texts(members, "may") or (READ,)
        if not _KINDS.issuperset(may):
            raise BadRequestData("may lists what is allowed: read, write, administer.")
        wards = _texts(members, "wards")
        for ward in wards or ():
            if not _WARD.fullmatch(ward):
                raise BadRequestData(f"{ward} is no scope path such as /wards/W05512.")
        return cls(tenant, _texts(members, "types"), wards, _texts(members, "attributes"), may)

    def document(self) -> dict[str, object]:
        """As JSON, without what does not limit."""
        limits = {"types": self.types, "wards": self.wards, "attributes": self.attributes}
        return {
            "tenant": self.tenant,
            "may": list(self.may),
            **{name: list(limit) for name, limit in limits.items() if limit is not None},
        }

    def caller(self, label: str, token: str | None = None) -> Caller:
        return Caller(
            label,
            token=token,
            tenant=None if self.tenant == ANY_TENANT else self.tenant,
            types=self.types,
            wards=self.wards,
            attributes=self.attributes,
            reads=READ in self.may,
            writes=WRITE in self.may,
            may_administer=ADMINISTER in self.may,
        )


def _texts(members: Mapping[str, object], name: str) -> tuple[str, ...] | None:
    """A list of texts, or None where there is none. An empty list is refused: it would allow nothing at all."""
    value = members.get(name)
    if value is None:
        return None
    if not isinstance(value, list | tuple) or not 0 < len(value) <= _MOST_ITEMS:
        raise BadRequestData(f"{name} must be a list of 1 to {_MOST_ITEMS} texts.")
    for item in value:
        if not isinstance(item, str) or not 0 < len(item) <= _LONGEST_ITEM:
            raise BadRequestData(f"{name} must hold texts of 1 to {_LONGEST_ITEM} characters.")
    return tuple(dict.fromkeys(value))
