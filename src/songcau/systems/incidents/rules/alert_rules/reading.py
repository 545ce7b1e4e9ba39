"""A condition from JSON, or every fault in it; and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from songcau.kernel.errors import Refused
from songcau.systems.incidents.rules.alert_rules.conditions import All, AnyCondition, Condition, Wrong

_ADAPTER: Final[TypeAdapter[Condition]] = TypeAdapter(AnyCondition)


class FaultCode(StrEnum):
    """What can be wrong with a condition."""

    MISSING = "MISSING"
    UNKNOWN_FIELD = "UNKNOWN_FIELD"
    UNKNOWN_KIND = "UNKNOWN_KIND"
    NOT_A_NUMBER = "NOT_A_NUMBER"
    OUT_OF_BOUNDS = "OUT_OF_BOUNDS"
    NOT_OFFERED = "NOT_OFFERED"
    UNFIT_NAME = "UNFIT_NAME"
    TOO_MANY = "TOO_MANY"
    TOO_FEW = "TOO_FEW"
    UNFIT = "UNFIT"
    FIRES_ON_ITSELF = "FIRES_ON_ITSELF"
    NEED_ABOVE_OF = "NEED_ABOVE_OF"
    RANGE_EMPTY = "RANGE_EMPTY"
    CLEAR_BEYOND_LIMIT = "CLEAR_BEYOND_LIMIT"
    LIMIT_OUT_OF_RANGE = "LIMIT_OUT_OF_RANGE"
    CIRCLE_MISSING = "CIRCLE_MISSING"
    ALL_ANYWHERE = "ALL_ANYWHERE"
    COUNT_OF_ENTITY = "COUNT_OF_ENTITY"


_OF_PYDANTIC: Final = {
    "missing": FaultCode.MISSING,
    "extra_forbidden": FaultCode.UNKNOWN_FIELD,
    "unexpected_keyword_argument": FaultCode.UNKNOWN_FIELD,
    "union_tag_invalid": FaultCode.UNKNOWN_KIND,
    "union_tag_not_found": FaultCode.UNKNOWN_KIND,
    "float_type": FaultCode.NOT_A_NUMBER,
    "float_parsing": FaultCode.NOT_A_NUMBER,
    "finite_number": FaultCode.NOT_A_NUMBER,
    "int_type": FaultCode.NOT_A_NUMBER,
    "int_parsing": FaultCode.NOT_A_NUMBER,
    "int_from_float": FaultCode.NOT_A_NUMBER,
    "greater_than": FaultCode.OUT_OF_BOUNDS,
    "greater_than_equal": FaultCode.OUT_OF_BOUNDS,
    "less_than": FaultCode.OUT_OF_BOUNDS,
    "less_than_equal": FaultCode.OUT_OF_BOUNDS,
    "enum": FaultCode.NOT_OFFERED,
    "string_pattern_mismatch": FaultCode.UNFIT_NAME,
    "string_too_long": FaultCode.UNFIT_NAME,
    "too_long": FaultCode.TOO_MANY,
    "too_short": FaultCode.TOO_FEW,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. where: path of the field, such as `parts.0.limit`; empty: the whole."""

    code: FaultCode
    where: str
    params: Mapping[str, object]

    @property
    def field(self) -> str:
        """The last name of the path."""
        return self.where.rpartition(".")[2]


class AlertRuleUnfit(Refused):
    """The condition cannot be meant so: `faults` says all that is wrong with it, `first` the code of the first."""

    code = "ALERT_RULE_UNFIT"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(count=len(faults), first=str(faults[0].code), field=faults[0].field)
        self.faults = faults


def read_condition(document: object) -> Condition:
    """Raises AlertRuleUnfit."""
    try:
        return _ADAPTER.validate_python(document)
    except ValidationError as error:
        raise AlertRuleUnfit(tuple(_fault(one) for one in error.errors(include_url=False))) from None


def _fault(error: Mapping[str, Any]) -> Fault:
    # The kinds stand in pydantic's path beside the names of fields.
    path = [str(step) for step in error["loc"] if isinstance(step, int) or not str(step).isupper()]
    facts = dict(error.get("ctx", {}))
    wrong = facts.get("error")
    if isinstance(wrong, Wrong):
        return Fault(FaultCode(wrong.code.upper()), ".".join(path), wrong.params)
    return Fault(_OF_PYDANTIC.get(error["type"], FaultCode.UNFIT), ".".join(path), facts)


def document_of(condition: Condition) -> dict[str, Any]:
    """As JSON; `read_condition` is the way back."""
    found: dict[str, Any] = _ADAPTER.dump_python(condition, mode="json", exclude_defaults=False)
    return found


def types_of(condition: Condition) -> tuple[str, ...]:
    """The types of entities that it watches."""
    leaves = [part.condition for part in condition.parts] if isinstance(condition, All) else [condition]
    return tuple(dict.fromkeys(leaf.type for leaf in leaves))
