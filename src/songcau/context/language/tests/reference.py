"""A slow and obvious meaning of q, and random queries and entities to try the compiled one against it.

A query here is a tree: ("or", …), ("and", …), ("not", path) or a `Term`. It is written as a text for the parser under
test, and told true or false from the tree. Nothing is shared with the language's own code.
"""

import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from songcau.context.entities.entity import Entity
from songcau.context.language.tests.samples import NAMESPACE

NAMES = ("a", "b", "c")
WORDS = ("x", "yy", "Xy", "z 1", "", "a.b", "10", "true")
NUMBERS: tuple[float, ...] = (0, 1, -2, 2.5, 10, 1e3)
URIS = ("urn:x:1", "urn:x:2")
INSTANTS = ("2026-01-01T00:00:00Z", "2026-06-01T12:30:00.25Z", "2026-06-01T12:30:00.250000Z", "2026-12-31T23:59:59Z")
DAYS = ("2026-01-01", "2026-07-07")
STAMP = "2026-06-01T12:00:00.000000Z"
PATTERNS = ("x", "^x$", "[xy]y", "^.$", "z|1", "")


@dataclass(frozen=True)
class Term:
    """names: attribute and sub-attributes. member, keys: as in a path. values: (kind, value as Python has it, text)."""

    names: tuple[str, ...]
    member: str
    keys: tuple[str, ...]
    operator: str = ""
    values: tuple[tuple[str, Any, str], ...] = ()
    is_range: bool = False


def written(query: Any, chance: random.Random) -> str:
    """The query as a text, with blanks and parentheses that mean nothing here and there."""
    if isinstance(query, Term):
        path = ".".join((*query.names, *([query.member] if query.member else [])))
        path += f"[{'.'.join(query.keys)}]" if query.keys else ""
        values = (".." if query.is_range else ",").join(text for _, _, text in query.values)
        blank = " " * (chance.random() < 0.1)
        return f"{path}{blank}{query.operator}{blank}{values}"
    if query[0] == "not":
        return "!" + written(query[1], chance)
    sign = ";" if query[0] == "and" else "|"
    parts = [written(part, chance) for part in query[1:]]
    # `;` binds tighter: an "or" inside an "and" needs its parentheses, anything may have them.
    wrapped = [
        f"({text})"
        if (query[0] == "and" and not isinstance(part, Term) and part[0] == "or") or chance.random() < 0.1
        else text
        for part, text in zip(query[1:], parts, strict=True)
    ]
    return sign.join(wrapped)


def holds(query: Any, entity: Entity) -> bool:
    if isinstance(query, Term):
        return _term_holds(query, entity)
    if query[0] == "not":
        return not _term_holds(query[1], entity)
    answers = [holds(part, entity) for part in query[1:]]
    return all(answers) if query[0] == "and" else any(answers)


def _term_holds(term: Term, entity: Entity) -> bool:
    targets = _targets(term, entity)
    if not term.operator:
        return bool(targets)
    for values in targets:
        found = any(_compares(term, value, kind) for value, kind in values)
        if term.operator in ("!=", "!~=") and not found:
            return True
        if term.operator not in ("!=", "!~=") and found:
            return True
    return False


def _targets(term: Term, entity: Entity) -> list[list[tuple[Any, str]]]:
    """For each instance that the path ends in, its values with the kind of the attribute."""
    if term.names in (("createdAt",), ("modifiedAt",)):
        return [[(STAMP, "")]]
    found = entity.attributes.get(NAMESPACE + term.names[0])
    instances = [] if found is None else found if isinstance(found, list) else [found]
    for name in term.names[1:]:
        inner = []
        for instance in instances:
            below = instance.get(NAMESPACE + name)
            if below is not None:
                inner += below if isinstance(below, list) else [below]
        instances = inner
    if term.member:
        return [[(one[term.member], "")] for one in instances if term.member in one]
    if not term.keys:
        return [_values(one) for one in instances]
    return [values for one in instances if (values := _deep(one, term.keys))]


def _values(instance: dict[str, Any]) -> list[tuple[Any, str]]:
    kind = instance["type"]
    content = {
        "Property": lambda: instance["value"],
        "Relationship": lambda: instance["object"],
        "VocabProperty": lambda: instance["vocab"],
        "JsonProperty": lambda: instance["json"],
        "ListProperty": lambda: instance["valueList"],
        "ListRelationship": lambda: [one["object"] for one in instance["objectList"]],
        "LanguageProperty": lambda: [text for some in instance["languageMap"].values() for text in _listed(some)],
    }[kind]()
    return [(_plain(one), kind) for one in _listed(content)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _plain(value: Any) -> Any:
    return value["@value"] if isinstance(value, dict) and "@value" in value else value


def _deep(instance: dict[str, Any], keys: tuple[str, ...]) -> list[tuple[Any, str]]:
    kind = instance["type"]
    if kind == "LanguageProperty":
        texts = instance["languageMap"]
        if keys == ("*",):
            return [(one, "") for some in texts.values() for one in _listed(some)]
        return [
            (one, "") for tag, some in texts.items() if (tag.lower(),) == (keys[0].lower(),) for one in _listed(some)
        ]
    member = {"Property": "value", "JsonProperty": "json", "ListProperty": "valueList"}.get(kind)
    if member is None:
        return []
    reached = [instance[member]]
    for key in keys:
        reached = [one[key] for value in reached for one in _listed(value) if isinstance(one, dict) and key in one]
    return [(_plain(one), "") for value in reached for one in _listed(value)]


def _compares(term: Term, value: Any, kind: str) -> bool:
    if term.operator in ("~=", "!~="):
        return isinstance(value, str) and re.search(term.values[0][1], value) is not None
    if term.is_range:
        low, high = (_sign(value, bound) for bound in term.values)
        return low is not None and high is not None and low >= 0 and high <= 0
    if term.operator in ("==", "!="):
        if kind == "VocabProperty":
            words = [one[1] for one in term.values if one[0] in ("string", "uri")]
            return value in words or value in [NAMESPACE + word for word in words]
        return any(_sign(value, wanted) == 0 for wanted in term.values)
    sign = _sign(value, term.values[0])
    if sign is None:
        return False
    return {">": sign > 0, ">=": sign >= 0, "<": sign < 0, "<=": sign <= 0}[term.operator]


def _sign(value: Any, wanted: tuple[str, Any, str]) -> int | None:
    """-1, 0 or 1 as a stored value lies before, at or behind the wanted one; None when they cannot be compared."""
    kind, bound, _ = wanted
    if kind == "number":
        same = isinstance(value, int | float) and not isinstance(value, bool)
    elif kind == "boolean":
        return 0 if isinstance(value, bool) and value == bound else None
    elif kind == "instant":
        value = _moment(value)
        same = value is not None
    else:
        same = isinstance(value, str)
    return ((value > bound) - (value < bound)) if same else None


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?", value):
        return None
    day = datetime(int(value[:4]), int(value[5:7]), int(value[8:10]), tzinfo=UTC)
    if len(value) == 10:
        return day
    hours, minutes, seconds = value[11:-1].split(":")
    return day + timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))


def random_entity(chance: random.Random) -> Entity:
    attributes = {}
    for name in NAMES:
        if chance.random() < 0.8:
            found = [_instance(chance, 0) for _ in range(chance.choice([1, 1, 1, 2]))]
            attributes[NAMESPACE + name] = found[0] if len(found) == 1 else found
    return Entity("urn:x:e", (NAMESPACE + "T",), (), attributes, STAMP, STAMP)


def _scalar(chance: random.Random) -> Any:
    return chance.choice([*WORDS, *NUMBERS, *URIS, *INSTANTS, *DAYS, True, False, None])


def _value(chance: random.Random) -> Any:
    shape = chance.randrange(8)
    if shape == 0:
        return [_scalar(chance) for _ in range(chance.randrange(4))]
    if shape == 1:
        return {"k": _scalar(chance), "m": {"n": _scalar(chance)}, "l": [{"n": _scalar(chance)}, {"o": 1}, 5]}
    if shape == 2:
        return {"@type": "DateTime", "@value": chance.choice(INSTANTS)}
    return _scalar(chance)


def _instance(chance: random.Random, depth: int) -> dict[str, Any]:
    kind = chance.choice(["Property"] * 5 + ["Relationship", "VocabProperty", "JsonProperty", "LanguageProperty"])
    kind = chance.choice([kind] * 6 + ["ListProperty", "ListRelationship"])
    word = chance.choice([one for one in WORDS if one])
    made: dict[str, Any] = {
        "Property": lambda: {"value": _value(chance)},
        "Relationship": lambda: {"object": chance.choice([*URIS, list(URIS)])},
        "VocabProperty": lambda: {"vocab": chance.choice([NAMESPACE + word, [NAMESPACE + "x", NAMESPACE + word]])},
        "JsonProperty": lambda: {"json": _value(chance)},
        "LanguageProperty": lambda: {"languageMap": {"en": word, "vi": [word, "x"]}},
        "ListProperty": lambda: {"valueList": [_scalar(chance) for _ in range(3)]},
        "ListRelationship": lambda: {"objectList": [{"object": one} for one in URIS]},
    }[kind]()
    made = {"type": kind, **made}
    if chance.random() < 0.3:
        made["observedAt"] = chance.choice(INSTANTS)
    if chance.random() < 0.3:
        made["unitCode"] = chance.choice(["CEL", "x"])
    if depth == 0 and chance.random() < 0.4:
        made[NAMESPACE + "s"] = _instance(chance, 1)
    return made


def random_query(chance: random.Random, depth: int = 0) -> Any:
    shape = chance.random()
    if depth < 3 and shape < 0.45:
        parts = [random_query(chance, depth + 1) for _ in range(chance.randrange(2, 4))]
        return (chance.choice(["and", "or"]), *parts)
    if shape < 0.5:
        return ("not", Term(*_path(chance)))
    return _term(chance)


def _path(chance: random.Random) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    if chance.random() < 0.05:
        return (chance.choice(["createdAt", "modifiedAt"]),), "", ()
    names = (chance.choice(NAMES), *(["s"] if chance.random() < 0.2 else []))
    if chance.random() < 0.2:
        return names, chance.choice(["observedAt", "unitCode"]), ()
    keys = chance.choice([("k",), ("m", "n"), ("l", "n"), ("en",), ("VI",), ("*",)]) if chance.random() < 0.25 else ()
    return names, "", keys


def _term(chance: random.Random) -> Term:
    names, member, keys = _path(chance)
    operator = chance.choice(["", "==", "==", "!=", ">", ">=", "<", "<=", "~=", "!~="])
    if operator == "":
        return Term(names, member, keys)
    is_time = member == "observedAt" or names[0] in ("createdAt", "modifiedAt")
    if operator in ("~=", "!~="):
        pattern = chance.choice(PATTERNS)
        return Term(names, member, keys, operator, (("pattern", pattern, f'"{pattern}"'),))
    if operator not in ("==", "!="):
        kinds = ["instant"] if is_time else ["number", "string", "instant"]
        return Term(names, member, keys, operator, (_literal(chance, kinds),))
    kinds = ["instant"] if is_time else ["number", "string", "boolean", "uri", "instant"]
    shape = chance.random()
    if shape < 0.2:
        kind = [chance.choice([kind for kind in kinds if kind not in ("boolean", "uri")])]
        return Term(names, member, keys, operator, (_literal(chance, kind), _literal(chance, kind)), is_range=True)
    several = chance.randrange(2, 5) if shape < 0.4 else 1
    return Term(names, member, keys, operator, tuple(_literal(chance, kinds) for _ in range(several)))


def _literal(chance: random.Random, kinds: list[str]) -> tuple[str, Any, str]:
    kind = chance.choice(kinds)
    if kind == "number":
        number = chance.choice(NUMBERS)
        return kind, number, str(number)
    if kind == "boolean":
        answer = chance.random() < 0.5
        return kind, answer, str(answer).lower()
    if kind == "instant":
        text = chance.choice([*INSTANTS, *DAYS])
        return kind, _moment(text), text
    text = chance.choice(URIS if kind == "uri" else WORDS)
    return kind, text, text if kind == "uri" else f'"{text}"'
