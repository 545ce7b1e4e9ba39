"""The query language q: what each form of it means."""

import pytest

from songcau.context.entities.entity import Entity
from songcau.context.language import q
from songcau.context.language.tests.samples import NAMESPACE, PLAIN, entity, expanded, link, prop
from songcau.context.problems import BadRequestData, OperationNotSupported, Problem, TooComplexQuery

TOWER = entity(
    name="Eiffel Tower",
    height=330,
    ratio=0.5,
    open=True,
    built=prop("1889-03-31"),
    seen=prop(21, observedAt="2026-11-28T01:00:00Z", unitCode="CEL"),
    opened=prop({"@type": "DateTime", "@value": "2026-11-27T22:00:00+07:00"}),
    closes=prop("22:30:00Z"),
    colours=prop(["red", "green"]),
    address=prop({"city": "Paris", "street": {"name": "Gustave", "number": 5}, "lines": [{"id": "A"}, {"id": "B"}]}),
    speed={**prop(50), expanded("accuracy"): {**prop(0.9), expanded("by"): prop("lab")}},
    locatedIn=link("urn:ngsi-ld:City:Paris"),
    near=link(["urn:ngsi-ld:City:A", "urn:ngsi-ld:City:B"]),
    title={"type": "LanguageProperty", "languageMap": {"en": "Tower", "fr": ["Tour", "La dame"]}},
    kind={"type": "VocabProperty", "vocab": NAMESPACE + "Monument"},
    raw={"type": "JsonProperty", "json": {"a": [1, {"b": "x"}]}},
    queue={"type": "ListProperty", "valueList": [3, 5, 8]},
    stops={"type": "ListRelationship", "objectList": [{"object": "urn:x:1"}, {"object": "urn:x:2"}]},
    level=[prop(3), prop(7, datasetId="urn:d:2")],
    empty=prop([]),
    nothing=prop(None),
)


def holds(text: str, one: Entity = TOWER) -> bool:
    return q.parse(text, PLAIN).matches(one)


@pytest.mark.parametrize(
    "text",
    [
        "name",
        "!absent",
        'name=="Eiffel Tower"',
        'name!="Pisa Tower"',
        "height==330",
        "height==330.0",
        "height>329;height<331",
        "height>=330;height<=330",
        "ratio==.5",
        "ratio==5e-1",
        "open==true",
        "open!=false",
        "open!=1",
        'height!="330"',
        "height==300..400",
        "height!=1..2",
        "height==1,330,7",
        'height==1,"x",330',
        "height!=1,2",
        'name=="A".."F"',
        'name>"Eiffel"',
        'name=="Pisa"|height==330',
        '(name=="Pisa"|name=="Eiffel Tower");open==true',
        'name=="x";open==true|height==330',
        'name=="x"|open==true;height==330',
        " ( height == 330 ) ; open == true ",
        "built<1900-01-01",
        "built==1889-03-31",
        "built==1889-03-01..1889-04-01",
        "seen.observedAt==2026-11-28T01:00:00.000Z",
        "seen.observedAt==2026-11-28T08:00:00+07:00",
        'seen.observedAt>="2026-11-28T01:00:00Z"',
        'seen.unitCode=="CEL"',
        "opened==2026-11-27T15:00:00Z",
        "closes>22:00:00Z",
        "createdAt<2030-01-01T00:00:00Z",
        "modifiedAt>2020-01-01T00:00:00Z",
        'colours=="green"',
        'colours!="blue"',
        'colours=="blue","red"',
        'address[city]=="Paris"',
        "address[street.number]==5",
        'address[street][name]=="Gustave"',
        'address[lines.id]=="B"',
        "address",
        "address[city]",
        'address!="Paris"',
        "speed.accuracy>0.8",
        'speed.accuracy.by=="lab"',
        "speed.accuracy",
        "locatedIn==urn:ngsi-ld:City:Paris",
        'locatedIn=="urn:ngsi-ld:City:Paris"',
        "locatedIn!=urn:ngsi-ld:City:Pisa",
        "near==urn:ngsi-ld:City:B",
        "locatedIn==urn:ngsi-ld:City:Pisa,urn:ngsi-ld:City:Paris",
        'title=="Tower"',
        'title=="Tour"',
        'title[en]=="Tower"',
        'title[EN]=="Tower"',
        'title[fr]=="La dame"',
        'title[*]=="Tower"',
        'title[en]!="Tour"',
        "title[fr]",
        'kind=="Monument"',
        f"kind=={NAMESPACE}Monument",
        'kind!="Bridge"',
        'kind=="Bridge","Monument"',
        'raw[a.b]=="x"',
        "queue==5",
        "queue>7",
        "stops==urn:x:2",
        "level==7",
        "level==3",
        "level!=3",
        "level>5",
        "level.datasetId==urn:d:2",
        "empty",
        "empty!=1",
        'name~="^Eif.*r$"',
        "name~=Eif(f|g)el",
        "name~=(?i)eiffel;height==330",
        'name!~="Pisa"',
        'title[en]~="ow"',
        "nothing",
        f"{NAMESPACE}height==330",
        f"{NAMESPACE}speed.accuracy>0.5",
        f"{NAMESPACE}speed.{NAMESPACE}accuracy>0.5",
    ],
)
def test_a_term_that_is_true(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "absent",
        "!name",
        "absent==1",
        "absent!=1",
        'absent!~="x"',
        "name==330",
        "height>400",
        'height=="330"',
        "open==1",
        "height==true",
        'open=="true"',
        "height==1..2",
        "height!=300..400",
        "height!=1,330",
        'name<"A"',
        'height>"1"',
        "name>1",
        'colours!="green"',
        "address[town]",
        'address[town]!="x"',
        'address[city.x]=="Paris"',
        "speed.missing",
        "speed.missing!=1",
        "speed.datasetId",
        "height.observedAt",
        'title[de]=="Tower"',
        'title[en]=="Tour"',
        'title[en.x]=="Tower"',
        'title!="Tower"',
        'kind!="Monument"',
        "near!=urn:ngsi-ld:City:B",
        "seen.observedAt<2026-11-28T01:00:00Z",
        "name<2026-01-01",
        "name<10:00:00Z",
        "empty==1",
        "nothing==1",
        'name!~="Eiffel"',
        'name~="eiffel"',
        "height~=3",
        "raw[a.b.c]",
        'stops=="x"',
        "level!=3..7",
    ],
)
def test_a_term_that_is_false(text: str) -> None:
    assert not holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "==1",
        "name==",
        "name=1",
        "name==Paris",
        "name==True",
        'name=="open',
        "(name",
        "name)",
        "name;;height",
        "name;",
        "name|",
        "name||height",
        "()",
        "name=='x'",
        "a..b==1",
        ".a==1",
        "a.==1",
        "a[==1",
        "a[]==1",
        "a[b==1",
        "a[b]]==1",
        "!name==1",
        "name>true",
        "name>urn:x:y",
        "name>1,2",
        "name>1..2",
        'name==1.."x"',
        "name==true..false",
        "name==1..",
        "name==1,",
        "name==1e999",
        "name==2026-02-30",
        "name==2026-01-01T25:00:00Z",
        "name==2026-01-01T10:00:00",
        "name==0001-01-01T00:00:00+10:00",
        "name==25:00:00Z",
        "name~=",
        "name~=x**",
        'name~="(?=a)b"',
        'name~="open',
        'name=="a"b',
        "a.observedAt.b==1",
        "a.observedAt[b]==1",
        'a.observedAt=="yesterday"',
        "a.observedAt==5",
        "type==1",
        'id=="urn:x:y"',
        "na me==1",
        'name~="\ud800"',
    ],
)
def test_a_q_that_breaks_the_grammar_is_refused(text: str) -> None:
    with pytest.raises(BadRequestData):
        q.parse(text, PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 40 + "a" + ")" * 40,
        "a;" * 300 + "a",
        "a" * 9000,
        "a==" + ",".join(["1"] * 1100),
        ".".join(["a"] * 12),
        "a~=" + "b" * 1100,
        "a~=((b{100}){100}){100}",
        "a~=" + "(b{900}){900}",
    ],
)
def test_a_q_that_explodes_is_too_complex(text: str) -> None:
    with pytest.raises(TooComplexQuery):
        q.parse(text, PLAIN)


def test_following_a_relationship_is_not_offered() -> None:
    with pytest.raises(OperationNotSupported):
        q.parse("isPartOf{Room:size}>5", PLAIN)


def test_a_quoted_string_keeps_quotes_and_backslashes() -> None:
    assert holds(r'name=="a \"b\" \\ c \d"', entity(name='a "b" \\ c \\d'))
    assert holds(r'name~="^a \"\d$"', entity(name='a "5'))
    assert holds(r"name~=\(b\)", entity(name="(b)"))
    with pytest.raises(BadRequestData):
        q.parse('name=="a\\', PLAIN)
    with pytest.raises(BadRequestData):
        q.parse('name~="a\\', PLAIN)


def test_a_pattern_that_would_run_for_hours_elsewhere_ends_at_once() -> None:
    assert not holds('name~="^(a+)+$"', entity(name="a" * 5000 + "!"))


def test_what_every_match_needs_is_known() -> None:
    def needs(text: str) -> frozenset[str] | None:
        return q.parse(text, PLAIN).needs

    assert needs("a==1") == {expanded("a")}
    assert needs("a;b|c") == {expanded("a"), expanded("c")}
    assert needs("(a|b);c") == {expanded("c")}
    assert needs("createdAt>2020-01-01|a") is None
    assert needs("createdAt>2020-01-01;a.b[c]") == {expanded("a")}
    assert needs("!a") is None


def test_every_refusal_of_q_says_where() -> None:
    with pytest.raises(Problem, match="at character 7"):
        q.parse("name==", PLAIN)
