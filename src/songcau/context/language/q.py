"""The query language `q` (clause 4.9): read by descent, compiled to closures over the stored form.

`;` binds tighter than `|`; parentheses group. A term is true when one instance of its attribute satisfies it. `!=` and
`!~=` say that the target is there and none of its values is equal (or matches); the order of `>` and its like is one of
numbers, of strings by code point, of instants or of times of day, and never between two of these kinds.
"""

from collections.abc import Callable
from dataclasses import dataclass

from songcau.context.entities.entity import Attribute, Entity
from songcau.context.language import literals, paths, patterns
from songcau.context.language.literals import Literal, Test
from songcau.context.language.names import Names
from songcau.context.language.paths import Group, Path
from songcau.context.language.reader import DEEPEST, Reader
from songcau.context.problems import BadRequestData, OperationNotSupported, TooComplexQuery

LONGEST = 8_192
MOST_TERMS = 256
MOST_VALUES = 1_000

Predicate = Callable[[Entity], bool]

_OPERATORS = ("==", "!=", "~=", "!~=", ">=", "<=", ">", "<")
_AFTER_PATH = frozenset('=!~<>;|()[]{}" ,')
_AFTER_KEY = frozenset("[]")
_AFTER_VALUE = frozenset(";|(),")


@dataclass(frozen=True, slots=True)
class Query:
    """A compiled q.

    needs: attributes of which every matching entity has at least one, or None when there are no such. paths: what it
    reads. weight: what an answer costs, a plain comparison being 1.
    """

    matches: Predicate
    needs: frozenset[str] | None
    paths: tuple[Path, ...]
    weight: int


def parse(text: str, terms: Names) -> Query:
    """The query that the text means under a @context; BadRequestData, TooComplexQuery."""
    if len(text) > LONGEST:
        raise TooComplexQuery(f"A q has at most {LONGEST} characters.")
    parser = _Parser(text, terms)
    found = parser.alternatives(0)
    if not parser.reader.at_end():
        raise parser.reader.refuse("'; ', '|' or the end")
    return Query(found.matches, found.needs, tuple(parser.paths), parser.weight)


@dataclass(frozen=True, slots=True)
class _Part:
    matches: Predicate
    needs: frozenset[str] | None


class _Parser:
    def __init__(self, text: str, terms: Names) -> None:
        self.reader = Reader(text, "q")
        self.terms = terms
        self.paths: list[Path] = []
        self.weight = 0

    def alternatives(self, depth: int) -> _Part:
        parts = [self.conjunction(depth)]
        while self.reader.take("|"):
            parts.append(self.conjunction(depth))
        return _any_of(parts)

    def conjunction(self, depth: int) -> _Part:
        parts = [self.factor(depth)]
        while self.reader.take(";"):
            parts.append(self.factor(depth))
        return _all_of(parts)

    def factor(self, depth: int) -> _Part:
        reader = self.reader
        reader.blanks()
        if not reader.take("("):
            found = self.term()
        elif depth >= DEEPEST:
            raise TooComplexQuery(f"In q, parentheses stand at most {DEEPEST} deep.")
        else:
            found = self.alternatives(depth + 1)
            if not reader.take(")"):
                raise reader.refuse("')'")
        reader.blanks()
        return found

    def term(self) -> _Part:
        reader = self.reader
        absent = reader.take("!")
        path = self.path()
        self.paths.append(path)
        self.weight += 1 if path.is_plain else 1 + len(path.inner) + len(path.keys)
        if len(self.paths) > MOST_TERMS:
            raise TooComplexQuery(f"A q has at most {MOST_TERMS} terms.")
        reader.blanks()
        operator = next((sign for sign in _OPERATORS if reader.take(sign)), "")
        if absent:
            if operator:
                raise reader.refuse("no comparison after '!'")
            exists = _existence(path)
            return _Part(lambda entity: not exists(entity), None)
        needs = frozenset({path.attribute}) if path.attribute else None
        if not operator:
            return _Part(_existence(path), needs)
        reader.blanks()
        return _Part(self.comparison(path, operator), needs)

    def path(self) -> Path:
        reader = self.reader
        names = reader.run(_AFTER_PATH)
        if not names:
            raise reader.refuse("the name of an attribute")
        keys: list[str] = []
        while reader.take("["):
            keys += reader.run(_AFTER_KEY).split(".")
            if "" in keys or not reader.take("]"):
                raise reader.refuse("a name and ']'")
        if reader.peek() == "{":
            raise OperationNotSupported("This broker does not follow relationships in q.")
        return paths.parse(names, tuple(keys), self.terms)

    def comparison(self, path: Path, operator: str) -> Predicate:
        if operator in ("~=", "!~="):
            pattern = patterns.compiled(self.pattern())
            self.weight += pattern.weight
            return _compiled(path, _pattern_test(pattern.finds), negated=operator == "!~=")
        values = self.values(path)
        if operator in ("==", "!="):
            return _compiled(path, self.equality(values), negated=operator == "!=", words=self.words(values))
        if len(values) > 1 or isinstance(values[0], tuple):
            raise BadRequestData(f"'{operator}' compares with one value, not with a list or a range.")
        return _compiled(path, literals.ordered(operator, values[0]))

    def equality(self, values: "list[Literal | tuple[Literal, Literal]]") -> Test:
        if isinstance(values[0], tuple):
            return literals.between(*values[0])
        single = [value for value in values if isinstance(value, Literal)]
        if len({literal.kind for literal in single}) > 1:
            self.weight += len(single)  # values of several kinds are tried one after the other
        return literals.equal(single[0]) if len(single) == 1 else literals.one_of(single)

    def words(self, values: "list[Literal | tuple[Literal, Literal]]") -> frozenset[str]:
        """What the strings of an equality mean as terms: a VocabProperty stores IRIs, its reader writes short names."""
        found = set()
        for value in values:
            if isinstance(value, Literal) and value.kind in ("string", "uri"):
                found.add(value.value)
                try:
                    found.add(self.terms.expand(value.value))
                except BadRequestData:  # a text that can be no term is compared as it is
                    continue
        return frozenset(found)

    def values(self, path: Path) -> "list[Literal | tuple[Literal, Literal]]":
        """One value, a list of values, or one range."""
        first = self.value(path)
        if self.reader.take(".."):
            return [(first, self.value(path))]
        found: list[Literal | tuple[Literal, Literal]] = [first]
        while self.reader.take(","):
            found.append(self.value(path))
            if len(found) > MOST_VALUES:
                raise TooComplexQuery(f"In q, a list has at most {MOST_VALUES} values.")
        return found

    def value(self, path: Path) -> Literal:
        reader = self.reader
        reader.blanks()
        found = literals.quoted(reader.string()) if reader.peek() == '"' else literals.bare(self.unquoted())
        reader.blanks()
        if path.is_time and found.kind != "instant":
            # Times are often written in quotes; here nothing else can be meant.
            return literals.bare(found.text) if literals.instant(found.text) else _no_time(path, found)
        return found

    def unquoted(self) -> str:
        """A value without quotes: up to a sign that can follow a value; `..` parts the ends of a range."""
        reader = self.reader
        start = reader.position
        text = reader.run(_AFTER_VALUE)
        cut = text.find("..")
        if cut >= 0:
            reader.position = start + cut
            text = text[:cut]
        if not text.strip():
            raise reader.refuse("a value")
        return text.strip()

    def pattern(self) -> str:
        """A regular expression: in quotes, or up to a `;`, `|` or `)` that stands outside its own parentheses."""
        reader = self.reader
        if reader.peek() == '"':
            return _pattern_in_quotes(reader)
        start, depth = reader.position, 0
        while not reader.at_end():
            sign = reader.peek()
            if depth == 0 and sign in ";|)":
                break
            depth += (sign == "(") - (sign == ")")
            reader.position += 2 if sign == "\\" else 1
        found = reader.text[start : reader.position].strip()
        if not found:
            raise reader.refuse("a regular expression")
        return found


def _pattern_in_quotes(reader: Reader) -> str:
    """As `Reader.string`, but a backslash belongs to the expression unless it keeps a quote."""
    start = reader.position
    reader.position += 1
    parts: list[str] = []
    while not reader.at_end():
        sign = reader.peek()
        if sign == '"':
            reader.position += 1
            return "".join(parts)
        if sign == "\\":
            pair = reader.text[reader.position : reader.position + 2]
            parts.append('"' if pair == '\\"' else pair)
            reader.position += 2
        else:
            parts.append(sign)
            reader.position += 1
    reader.position = start
    raise reader.refuse("a closing double quote")


def _no_time(path: Path, found: Literal) -> Literal:
    raise BadRequestData(f"'{path.text[:80]}' is a time; '{found.text[:80]}' is none.")


def _pattern_test(finds: Callable[[str], bool]) -> Test:
    return lambda value: type(value) is str and finds(value)


def _existence(path: Path) -> Predicate:
    name = path.attribute
    if name and path.is_plain:
        return lambda entity: name in entity.attributes
    return lambda entity: bool(path.groups(entity))


def _compiled(path: Path, test: Test, *, negated: bool = False, words: frozenset[str] = frozenset()) -> Predicate:
    """The closure of one comparison. Plain attributes with a plain value take the short way through it."""
    if not path.is_plain:
        return lambda entity: _some_group(path.groups(entity), test, negated)
    name = path.attribute

    def matches(entity: Entity) -> bool:
        attribute = entity.attributes.get(name)
        if attribute is None:
            return False
        if type(attribute) is dict:
            value = attribute.get("value")
            kind = type(value)
            if value is not None and kind is not list and kind is not dict:
                return test(value) is not negated
        return _any_instance(attribute, path, test, negated, words)

    return matches


def _any_instance(attribute: Attribute, path: Path, test: Test, negated: bool, words: frozenset[str]) -> bool:
    """A comparison in full: several instances, arrays, languages, and terms of a vocabulary."""
    for instance in attribute if isinstance(attribute, list) else (attribute,):
        if words and "vocab" in instance:
            found = any(type(target) is str and target in words for target in paths.targets(instance))
        else:
            found = any(test(target) for target in paths.targets(instance))
        if found is not negated:
            return True
    return False


def _some_group(groups: list[Group], test: Test, negated: bool) -> bool:
    return any(any(test(value) for value in group) is not negated for group in groups)


def _all_of(parts: list[_Part]) -> _Part:
    if len(parts) == 1:
        return parts[0]
    known = [part.needs for part in parts if part.needs is not None]
    return _Part(all_of([part.matches for part in parts]), min(known, key=len) if known else None)


def _any_of(parts: list[_Part]) -> _Part:
    if len(parts) == 1:
        return parts[0]
    known = [part.needs for part in parts if part.needs is not None]
    needs = frozenset[str]().union(*known) if len(known) == len(parts) else None
    return _Part(any_of([part.matches for part in parts]), needs)


def any_of(tests: list[Predicate]) -> Predicate:
    """A predicate that is true when one of them is."""

    def matches(entity: Entity) -> bool:
        for test in tests:  # noqa: SIM110  # a generator costs as much as two terms
            if test(entity):
                return True
        return False

    return matches


def all_of(tests: list[Predicate]) -> Predicate:
    """A predicate that is true when all of them are; without any it is always true."""
    if not tests:
        return lambda _entity: True
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:  # the usual number has the short way
        first, second = tests
        return lambda entity: first(entity) and second(entity)

    def matches(entity: Entity) -> bool:
        for test in tests:  # noqa: SIM110  # a generator costs as much as two terms
            if not test(entity):
                return False
        return True

    return matches
