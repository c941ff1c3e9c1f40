"""The schemas of kinds: what is wrong with one, and what is wrong with a note under it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fmvault.config import ConfigError
from fmvault.kinds.schema import SHIPPED, Schema, load, shipped
from fmvault.kinds.schema.faults import Fault
from fmvault.kinds.schema.keywords import FORMATS, KEYWORDS
from fmvault.kinds.schema.positions import Places

SCHEMAS = Path(__file__).parents[1] / "schemas"


def reading(files: dict[str, str]) -> Callable[[str], bytes]:
    def read(path: str) -> bytes:
        if path not in files:
            raise FileNotFoundError(2, "No such file or directory", path)
        return files[path].encode()

    return read


def schema(source: Any, **files: Any) -> Schema:
    """A schema given as JSON, with files beside it: ``base`` is ``schemas/base.json``."""
    beside = {
        f"schemas/{name}.json": value if isinstance(value, str) else json.dumps(value) for name, value in files.items()
    }
    text = source if isinstance(source, str) else json.dumps(source)
    return load("idea", "schemas/idea.json", text, reading(beside))


def mistakes(source: Any, **files: Any) -> list[str]:
    """The mistakes in a schema, without the folder they all stand in."""
    with pytest.raises(ConfigError) as error:
        schema(source, **files)
    return [str(mistake).removeprefix("schemas/") for mistake in error.value.mistakes]


def section(heading: str, words: int = 20, **more: Any) -> dict[str, Any]:
    return {"heading": heading, "level": 2, "words": words, "items": 0, "links": 0, **more}


def note(sections: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    sections = {} if sections is None else sections
    return {
        "name": "Entropy",
        "properties": {name.replace("_", "-"): value for name, value in properties.items()},
        "sections": sections,
        "order": list(sections),
    }


CONCEPT = note(
    {
        "definition": section("What this concept means"),
        "why-it-matters": section("Why it matters"),
        "tradeoffs": section("Limitations"),
        "questions": section("Open questions"),
    },
    type="concept",
    created="2026-01-31",
    requires=["[[Probability]]", "[[Logarithm|logarithms]]"],
    is_a="[[Measure]]",
    part_of=None,
)
SOURCE = note(
    {
        "about": section("Abstract"),
        "key-concepts": section("Key concepts"),
        "explanation": section("In my own words"),
        "questions": section("Questions"),
    },
    author=["Claude Shannon"],
    year=1948,
)


def without(instance: dict[str, Any], *path: str) -> dict[str, Any]:
    instance = copy.deepcopy(instance)
    part = instance
    for step in path[:-1]:
        part = part[step]
    del part[path[-1]]
    return instance


def of_property(subschema: Any, value: Any, **more: Any) -> list[str]:
    """What is said of the property ``p`` that has this value."""
    held = schema({"properties": {"properties": {"properties": {"p": subschema}}}, **more})
    return [fault.message for fault in held.faults(note(p=value))]


def of_section(subschema: Any, **values: Any) -> list[str]:
    """What is said of the section ``points`` with the heading "Core ideas"."""
    held = schema({"properties": {"sections": {"properties": {"points": subschema}}}})
    return [fault.message for fault in held.faults(note({"points": section("Core ideas", **values)}))]


# -- the schemas that are shipped ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_schemas_are_those_of_the_folder_and_keep_to_json_schema(name: str) -> None:
    source = shipped(name)
    assert source == (SCHEMAS / f"{name}.schema.json").read_bytes()
    jsonschema.Draft202012Validator.check_schema(json.loads(source))


def test_nothing_else_is_shipped() -> None:
    assert shipped("config") is None
    assert shipped("../pyproject") is None


@pytest.mark.parametrize(("name", "good"), [("concept", CONCEPT), ("source", SOURCE)])
def test_a_shipped_schema_has_nothing_against_a_good_note(name: str, good: dict[str, Any]) -> None:
    source = shipped(name)
    assert source is not None
    held = load(name, f"{name}.schema.json", source, reading({}))
    assert held.name == name
    assert held.faults(good) == ()


def test_of_each_section_only_what_a_schema_looks_at_is_wanted() -> None:
    source = shipped("concept")
    assert source is not None
    wanted = load("concept", "concept.schema.json", source, reading({})).facts
    assert {name for name, facts in wanted.items() if facts} == {"definition", "why-it-matters", "tradeoffs"}
    assert wanted["definition"] == {"words"}


def test_a_missing_section_is_told_by_its_heading_with_what_it_is_for() -> None:
    held = schema({"$ref": "fmvault:concept"})
    assert held.faults(without(CONCEPT, "sections", "tradeoffs")) == [
        Fault(
            ("sections", "tradeoffs"),
            "required",
            "the section 'Tradeoffs' is missing; what it costs, where it fails, and what to choose instead",
        )
    ]


def test_each_demand_of_the_shipped_schemas_has_its_words() -> None:
    bad = copy.deepcopy(CONCEPT)
    bad["properties"] |= {"created": "yesterday", "updated": 5, "requires": ["Probability"], "is-a": "Measure"}
    bad["sections"]["definition"]["words"] = 210
    bad["sections"]["tradeoffs"]["words"] = 3
    assert [(fault.place, fault.message) for fault in schema({"$ref": "fmvault:concept"}).faults(bad)] == [
        (("properties", "created"), "'created' is 'yesterday'; wanted is a day, such as 2026-01-31"),
        (
            ("properties", "requires", 0),
            "entry 1 of 'requires' is 'Probability'; wanted is a link to a note, such as \"[[Transformer]]\"",
        ),
        (
            ("properties", "is-a"),
            "'is-a' is 'Measure'; wanted is a link to a note, such as \"[[Transformer]]\", or a list of them",
        ),
        (("properties", "updated"), "'updated' is 5; wanted is a day, such as 2026-01-31"),
        (("sections", "definition", "words"), "'What this concept means' has 210 words; at most 150 are wanted"),
        (("sections", "tradeoffs", "words"), "'Limitations' has 3 words; at least 6 are wanted"),
    ]


def test_what_a_schema_knows_is_told_in_order() -> None:
    held = schema({"$ref": "fmvault:concept"})
    assert list(held.sections)[:3] == ["definition", "why-it-matters", "core-ideas"]
    definition = held.sections["definition"]
    assert definition.required
    assert definition.headings[:2] == ("Definition", "Definition: {name}")
    assert definition.description == "What it is, in a sentence or two that begin with the kind of thing it is."
    assert not held.sections["faq"].required
    assert {"created", "is-a"} <= held.properties
    assert held.property_name("Is-A") == "is-a"
    assert held.property_name("Mood") == "Mood"


# -- schemas that build on others ------------------------------------------------------------------------------------


def test_a_schema_extends_one_that_is_shipped() -> None:
    held = schema(
        {
            "allOf": [{"$ref": "fmvault:concept"}],
            "properties": {
                "properties": {"required": ["author"], "properties": {"author": {"description": "Who thought of it."}}},
                "sections": {
                    "required": ["history"],
                    "properties": {
                        "history": {"description": "Where it comes from."},
                        "tradeoffs": {"x-headings": ["Nachteile", "Limitations"]},
                        "definition": {"properties": {"words": {"minimum": 10}}},
                    },
                },
            },
        }
    )
    # It is named right before the tradeoffs.
    assert list(held.sections)[5:7] == ["history", "tradeoffs"]
    assert held.sections["history"].headings == ("History",)
    assert held.sections["tradeoffs"].headings[:3] == ("Nachteile", "Limitations", "Tradeoffs")
    bad = without(CONCEPT, "sections", "tradeoffs")
    # Both schemas want more words; the harder demand is told.
    bad["sections"]["definition"]["words"] = 3
    assert [fault.message for fault in held.faults(bad)] == [
        "the property 'author' is missing; who thought of it",
        "'What this concept means' has 3 words; at least 10 are wanted",
        "the section 'History' is missing; where it comes from",
        "the section 'Nachteile' is missing; what it costs, where it fails, and what to choose instead",
    ]


def test_a_reference_leads_to_a_file_beside_a_place_within_or_an_anchor() -> None:
    held = schema(
        {
            "properties": {
                "name": {"$ref": "more/names.json#/$defs/short~1name"},
                "properties": {"properties": {"p": {"$ref": "#word"}, "q": {"$ref": "#/x-parts/q%25"}}},
            },
            "$defs": {"word": {"$anchor": "word", "type": "string"}},
            "x-parts": {"q%": {"$ref": "../schemas/idea.json#word"}},
        },
        **{"more/names": {"$defs": {"short/name": {"$ref": "../base.json"}}}, "base": {"maxLength": 3}},
    )
    assert [fault.message for fault in held.faults(note(p=1, q=2))] == [
        "the name of the note has 7 characters; at most 3 are wanted",
        "'p' is 1; text is wanted",
        "'q' is 2; text is wanted",
    ]


def test_a_schema_may_lead_to_itself_below() -> None:
    tree = {"additionalProperties": {"$ref": "#/$defs/tree"}, "not": {"const": 5}}
    held = schema({"properties": {"properties": {"$ref": "#/$defs/tree"}}, "$defs": {"tree": tree}})
    assert held.faults(note(a={"b": {"c": 4}})) == ()
    assert [fault.place for fault in held.faults(note(a={"b": {"c": 5}}))] == [("properties", "a", "b", "c")]


def test_text_is_wanted_only_by_a_schema_that_looks_at_it() -> None:
    looks = {"properties": {"text": {"pattern": "because"}}}
    held = schema({"properties": {"sections": {"properties": {"why": looks, "what": {}}}}})
    assert held.facts == {"why": {"text"}, "what": frozenset()}
    assert [fault.message for fault in held.faults(note({"why": section("Why", text="no reason")}))] == [
        "the text of 'Why' is 'no reason'; wanted is the form 'because'"
    ]


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"properties": {"sections": {"additionalProperties": {"required": ["text", "words"]}}}},
        {"$defs": {"long": {"properties": {"text": {"minLength": 9}, "words": {"minimum": 9}}}}},
        {"properties": {"sections": {"additionalProperties": {"maxProperties": 4}}}},
    ],
)
def test_what_is_looked_at_in_no_section_alone_is_wanted_of_all(elsewhere: dict[str, Any]) -> None:
    held = schema({"allOf": [elsewhere, {"properties": {"sections": {"properties": {"why": {}}}}}]})
    assert held.facts["why"] >= {"text", "words"}


def test_a_file_beside_a_schema_is_found_from_a_folder_below() -> None:
    files = {"../../schemas/part.json": '{"properties": {"sections": {"required": ["proof"]}}}'}
    held = load("idea", "../../schemas/idea.json", '{"allOf": [{"$ref": "part.json"}]}', reading(files))
    assert held.sections["proof"].required
    with pytest.raises(ConfigError, match="leads out of the vault"):
        load("idea", "../schemas/idea.json", '{"allOf": [{"$ref": "../../part.json"}]}', reading(files))


def test_an_identifier_of_a_file_means_nothing() -> None:
    held = schema({"$id": "https://example.org/idea", "properties": {"name": {"$ref": "base.json"}}}, base={"const": 1})
    assert [fault.message for fault in held.faults(note())] == ["the name of the note is 'Entropy'; it is always 1"]


# -- what is wrong with a schema -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{"a": 1,\n "a": 2}', ["idea.json:2:2: 'a' is given twice"]),
        ('{"ü😀": "\\u00e9\\\\",\t"minLength": -1}', ["idea.json:1:33: 'minLength' is -1; it has to be at least 0"]),
        ('\ufeff{"minimum": "x"}', ["idea.json:1:13: 'minimum' wants a number, not a string"]),
        ('{"minimum"\n:\n\t"x"}', ["idea.json:3:2: 'minimum' wants a number, not a string"]),
        ('{"minimum": NaN}', ["idea.json:1:13: NaN is no number of JSON"]),
        ('{"minimum": 1e999}', ["idea.json:1:13: the number is too large"]),
        ('{"minimum": ' + "9" * 5000 + "}", ["idea.json:1:13: the number is too large"]),
        ("[" * 60 + "]" * 60, ["idea.json:1:1: nested more than 50 levels deep"]),
        ("[" * 200_000, ["idea.json:1:1: nested more than 50 levels deep"]),
        (" 5", ["idea.json:1:2: a schema is an object, not a number"]),
        ('{"properties": {"a": 5}}',
         ["idea.json:1:22: 'a' wants a schema, which is an object, true or false, not a number"]),
        ('{"type": "strng"}', ["idea.json:1:10: unknown type 'strng'; did you mean 'string'?"]),
        ('{"type": ["null", "null"]}', ["idea.json:1:10: 'type' is an array of types, each named once"]),
        ('{"type": [5]}', ["idea.json:1:10: 'type' wants the name of a type"]),
        ('{"required": "a"}', ["idea.json:1:14: 'required' wants an array, not a string"]),
        ('{"required": ["a", "a"]}', ["idea.json:1:14: 'required' names something twice"]),
        ('{"allOf": []}', ["idea.json:1:11: 'allOf' is empty"]),
        ('{"multipleOf": 0}', ["idea.json:1:16: 'multipleOf' is 0; it has to be more than 0"]),
        ('{"$anchor": "1 2"}', ["idea.json:1:13: '$anchor' cannot be '1 2'"]),
        ('{"requird": []}', ["idea.json:1:2: no keyword is named 'requird'; did you mean 'required'?"]),
        ('{"x-heading": []}', ["idea.json:1:2: no keyword is named 'x-heading'; did you mean 'x-headings'?"]),
        ('{"x-anywere": true}', ["idea.json:1:2: no keyword is named 'x-anywere'; did you mean 'x-anywhere'?"]),
        ('{"x-mesage": "A"}', ["idea.json:1:2: no keyword is named 'x-mesage'; did you mean 'x-message'?"]),
        ('{"x-headings": []}', ["idea.json:1:16: 'x-headings' wants an array of headings, such as [\"Definition\"]"]),
        ('{"minimum": 5, "maximum": 3}', ["idea.json:1:13: 'minimum' is 5 and 'maximum' 3; nothing can be both"]),
        ('{"minItems": 2, "maxItems": 1}', ["idea.json:1:14: 'minItems' is 2 and 'maxItems' 1; nothing can be both"]),
        ('{"exclusiveMinimum": 3, "maximum": 3}',
         ["idea.json:1:22: 'exclusiveMinimum' is 3 and 'maximum' 3; nothing can be both"]),
        ('{"x-headings": "A"}', ["idea.json:1:16: 'x-headings' wants an array of headings, such as [\"Definition\"]"]),
        ('{"x-headings": ["A", 5]}',
         ["idea.json:1:16: 'x-headings' wants an array of headings, such as [\"Definition\"]"]),
        ('{"x-message": 5}', ["idea.json:1:15: 'x-message' wants a string, which is the message"]),
        ('{"format": "dat"}', ["idea.json:1:12: unknown format 'dat'; did you mean 'date'?"]),
        ('{"$dynamicRef": "#a"}', ["idea.json:1:2: '$dynamicRef' is not followed; '$ref' and '$anchor' are"]),
        ('{"not": {"$id": "a"}}', ["idea.json:1:10: '$id' stands at the top of a file alone"]),
        (
            '{"$schema": "http://json-schema.org/draft-07/schema#"}',
            [
                "idea.json:1:13: 'http://json-schema.org/draft-07/schema#' is another draft; "
                "schemas are written to 'https://json-schema.org/draft/2020-12/schema'"
            ],
        ),
        ('{"pattern": "(a"}', ["idea.json:1:13: '(a' is not a regular expression"]),
        ('{"patternProperties": {"a": true, "b)": true}}', ["idea.json:1:35: 'b)' is not a regular expression"]),
        ('{"$ref": "#/$defs/wrd", "$defs": {"word": {}}}',
         ["idea.json:1:10: '#/$defs/wrd' leads nowhere; there is no 'wrd', but 'word'"]),
        ('{"$ref": "#word"}', ["idea.json:1:10: '#word' leads nowhere; no '$anchor' is named 'word'"]),
        ('{"$ref": "fmvault:konzept"}',
         ["idea.json:1:10: no schema is shipped as 'fmvault:konzept'; 'fmvault:concept' and 'fmvault:source' are"]),
        ('{"$ref": "gone.json"}', ["idea.json:1:10: 'schemas/gone.json' cannot be read: no such file or directory"]),
        ('{"$ref": "../../x.json"}', ["idea.json:1:10: '../../x.json' leads out of the vault"]),
        ('{"$ref": "#"}', ["idea.json:1:10: leads back to itself, without an end"]),
        ('{"not": {"$ref": "#/$defs/a"},\n"$defs": {"a": {"anyOf": [{"$ref": "#"}]}}}',
         ["idea.json:2:36: leads back to itself, without an end"]),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_line_and_column(source: str, expected: list[str]) -> None:
    assert mistakes(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{"sections": {"required": ["a"]}}',
         ["idea.json:1:2: 'sections' is no keyword here; it stands under 'properties'"]),
        ('{"section": {"required": ["a"]}}',
         ["idea.json:1:2: 'section' is no keyword; did you mean 'sections', which stands under 'properties'?"]),
        ('{"properties": {"section": {}}}',
         ["idea.json:1:17: unknown part of a note 'section'; did you mean 'sections'?"]),
        ('{"allOf": [{"$ref": "fmvault:concept"}], "required": ["sections", "example"]}',
         ["idea.json:1:67: unknown part of a note 'example'; "
          "there is 'name', 'properties', 'sections' and 'order'"]),
        ('{"if": {"properties": {"propertys": {}}}, "then": {}}',
         ["idea.json:1:24: unknown part of a note 'propertys'; did you mean 'properties'?"]),
        ('{"properties": {"sections": {"definition": {"x-headings": ["D"]}}}}',
         ["idea.json:1:30: 'definition' is no keyword here; a section stands under 'properties'"]),
        ('{"properties": {"sections": {"propertys": {"example": {}}, "example": {}}}}',
         ["idea.json:1:30: no keyword is named 'propertys'; did you mean 'properties'?"]),
        ('{"properties": {"sections": {"properties": {"a": {"properties": {"word": {}}}}}}}',
         ["idea.json:1:66: unknown fact of a section 'word'; did you mean 'words'?"]),
        ('{"properties": {"sections": {"additionalProperties": {"$ref": "#/$defs/a"}}}, "$defs": {"a": {"words": {}}}}',
         ["idea.json:1:95: 'words' is no keyword here; it stands under 'properties'"]),
        ('{"properties": {"sections": {"properties": {"a": {"items": {"minimum": 3}}}}}}',
         ["idea.json:1:51: 'items' is no keyword here; it stands under 'properties'"]),
        ('{"properties": {"sections": {"properties": {"a": {"minimum": 500}}}}}',
         ["idea.json:1:51: 'minimum' says nothing of a section as a whole; it stands under 'properties': "
          '{"words": {"minimum": 500}}']),
        ('{"properties": {"sections": {"properties": {"a": {"anyOf": [{"minItems": 2}, {"pattern": "a"}]}}}}}',
         ["idea.json:1:62: 'minItems' says nothing of a section as a whole; it stands under 'properties': "
          '{"items": {"minimum": 2}}',
          "idea.json:1:79: 'pattern' says nothing of a section as a whole; it stands under 'properties': "
          '{"text": {"pattern": "…"}}']),
        ('{"allOf": [{"$ref": "fmvault:concept"}], "properties": {"sections": {"required": ["exmaple"]}}}',
         ["idea.json:1:83: no section is named 'exmaple'; did you mean 'example'?"]),
    ],
)  # fmt: skip
def test_what_stands_in_the_wrong_place_is_told(source: str, expected: list[str]) -> None:
    assert mistakes(source) == expected


def extending(**properties: Any) -> dict[str, Any]:
    """A schema that adds these sections to those of a concept."""
    return {"allOf": [{"$ref": "fmvault:concept"}], "properties": {"sections": {"properties": properties}}}


def test_a_heading_that_another_section_has_already_is_told_where_it_is_added() -> None:
    for source, expected in (
        (
            extending(mine={"x-headings": ["Mine", "Definition"]}, definition={}),
            ["idea.json:1:117: 'Definition' is a heading of the section 'definition' already; "
             "leave it out, or change 'definition'"],
        ),
        # The heading of the section that is built on is not the one that is wrong.
        (
            extending(definition={"x-headings": ["Trade-offs"]}),
            ["idea.json:1:115: 'Trade-offs' is a heading of the section 'tradeoffs' already; "
             "leave it out, or change 'tradeoffs'"],
        ),
        (
            extending(limitations={}),
            ["idea.json:1:85: 'Limitations' is a heading of the section 'tradeoffs' already; "
             "give 'limitations' other 'x-headings', or change 'tradeoffs'"],
        ),
        (
            {"properties": {"sections": {"$ref": "base.json"}}},
            ["base.json:1:70: 'The proofs' is a heading of the section 'proof' already; "
             "leave it out, or change 'proof'"],
        ),
    ):  # fmt: skip
        base = '{"properties": {"proof": {}, "sketch": {"x-headings": ["The sketch", "The proofs"]}}}'
        assert mistakes(source, base=base) == expected


def test_a_heading_may_be_given_to_its_own_section_again() -> None:
    held = schema(extending(definition={"x-headings": ["Essence", "The definition"]}))
    assert held.sections["definition"].headings[:3] == ("Essence", "The definition", "Definition")


def test_headings_of_a_schema_come_before_those_of_all_that_it_builds_on() -> None:
    def headed(*headings: str, **more: Any) -> Any:
        return {"properties": {"sections": {**more, "properties": {"why": {"x-headings": list(headings)}}}}}

    held = schema({"allOf": [{"$ref": "b.json"}], **headed("C")}, b={"$ref": "a.json", **headed("B")}, a=headed("A"))
    assert held.sections["why"].headings == ("C", "B", "A")
    nested = {"properties": {"sections": {"allOf": [{"$ref": "b.json#/properties/sections"}]}}}
    b = headed("B", allOf=[{"$ref": "a.json#/properties/sections"}])
    assert schema({"allOf": [nested, headed("C")]}, b=b, a=headed("A")).sections["why"].headings == ("C", "B", "A")


def test_a_section_that_is_only_required_is_known_by_its_name() -> None:
    held = schema({"properties": {"sections": {"required": ["no-such"], "anyOf": [{"required": ["way"]}]}}})
    assert [(rule.headings, rule.required, rule.anywhere) for rule in held.sections.values()] == [
        (("No such",), True, True),
        (("Way",), False, True),
    ]
    assert held.facts == {"no-such": frozenset(), "way": frozenset()}
    assert [fault.message for fault in held.faults(note())] == [
        "the section 'No such' is missing",
        "the section 'Way' is missing",
    ]


def test_a_section_that_only_some_notes_are_asked_for_is_known() -> None:
    proof = {"description": "Why.", "x-headings": ["Proof"], "properties": {"words": {"minimum": 3}}}
    some = {"properties": {"sections": {"required": ["proof"], "properties": {"proof": proof}}}}
    theory = {"properties": {"properties": {"required": ["area"]}}}
    held = schema({"allOf": [{"$ref": "fmvault:concept"}, {"if": theory, "then": some}]})
    rule = held.sections["proof"]
    assert (rule.headings, rule.description, rule.required) == (("Proof",), "Why.", False)
    assert held.facts["proof"] == {"words"}
    assert held.faults(CONCEPT) == ()
    theoretical = copy.deepcopy(CONCEPT)
    theoretical["properties"]["area"] = "theory"
    assert [fault.message for fault in held.faults(theoretical)] == ["the section 'Proof' is missing; why"]


def test_a_new_section_stands_beside_the_one_it_is_named_beside() -> None:
    def order(*schemas: Any) -> str:
        held = schema({"allOf": [{"properties": {"sections": {"properties": each}}} for each in schemas]})
        return " ".join(f"{rule.name}~" if rule.anywhere else rule.name for rule in held.sections.values())

    def named(names: str) -> Any:
        return {name: {} for name in names}

    assert order(named("abc"), named("bx")) == "a b x c"
    assert order(named("abc"), named("xyb")) == "a x y b c"
    # What stands before it decides, new or not.
    assert order(named("abc"), named("cxya")) == "a b c x y"
    assert order(named("abc"), named("ax"), named("xy"), named("ay")) == "a x y b c"
    # Beside none that is known it has no place, but where it says that it has.
    assert order(named("abc"), named("xy")) == "a b c x~ y~"
    assert order(named("abc"), {"x": {"x-anywhere": False}}) == "a b c x"
    assert order(named("abc"), named("x"), named("xy")) == "a b c x~ y~"
    assert order({}, named("abc")) == "a b c"


def test_text_that_is_no_json_is_told_where_it_ends_to_be() -> None:
    for source, place in (('{"a":}', "1:6"), ("{\n  5}", "2:3"), ("", "1:1"), ('{"a": "b"', "1:10")):
        (mistake,) = mistakes(source)
        assert mistake.startswith(f"idea.json:{place}: invalid JSON: ")


def test_bytes_that_are_no_text_are_told_at_their_place() -> None:
    with pytest.raises(ConfigError, match=r"a\.json:2:3: not UTF-8; save the file in this encoding"):
        load("a", "a.json", b'{\n "\xff": 1}', reading({}))


def test_a_file_larger_than_any_schema_is_not_read() -> None:
    assert mistakes(" " * (1 << 18) + "{}") == ["idea.json:1:1: larger than 262144 bytes; a schema has to be smaller"]


def test_several_mistakes_are_told_at_once_each_in_its_own_file() -> None:
    found = mistakes(
        '{"requird": [],\n "properties": {"name": {"$ref": "base.json", "minLength": "x"}}}',
        base='{"allOf": [\n  {"type": "txt"}, {"$ref": "gone.json"}]}',
    )
    assert found == [
        "idea.json:1:2: no keyword is named 'requird'; did you mean 'required'?",
        "idea.json:2:60: 'minLength' wants a whole number, not a string",
        "base.json:2:12: unknown type 'txt'; there is 'string', 'integer', 'number', 'boolean', 'array', 'object' "
        "and 'null'",
        "base.json:2:29: 'schemas/gone.json' cannot be read: no such file or directory",
    ]


def test_keywords_that_are_like_none_are_left_alone() -> None:
    assert schema({"x-anything": 5, "$comment": "mine", "license": "CC0"}).faults(note()) == ()


def test_the_places_of_keys_and_values_are_those_in_the_text() -> None:
    text = '{"a b": [10,\t{"c\\"": "x: [,"}, -2.5e3], "": {}}'
    places = Places(text)
    assert [text[places(path) :][:3] for path in (("a b",), ("a b", 0), ("a b", 1, 'c"'), ("a b", 2))] == [
        "[10",
        "10,",
        '"x:',
        "-2.",
    ]
    assert text[places(("a b", 1, 'c"'), key=True) :].startswith('"c\\""')
    # What is not there would stand in what is.
    assert places(("a b", 1, "d", 5)) == places(("a b", 1))


# -- nothing is fetched, nothing hangs -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reference",
    ["https://example.org/a.json", "http://example.org/a", "file:///etc/passwd", "/etc/passwd", "//example.org/a",
     "urn:a:b", "C:a.json", "a\\b.json", "https://json-schema.org/draft/2020-12/schema", "https:%2F%2Fexample.org"],
)  # fmt: skip
def test_nothing_is_fetched(reference: str) -> None:
    def read(path: str) -> bytes:
        raise AssertionError(f"{path} was asked for")

    with pytest.raises(ConfigError) as error:
        load("idea", "idea.json", json.dumps({"$ref": reference + "#/a"}), read)
    (mistake,) = error.value.mistakes
    assert (mistake.line, mistake.column) == (1, 10)
    assert mistake.message.endswith(
        "is not fetched; a $ref leads to a file of the vault, to '#/…' or to 'fmvault:concept'"
    )


def test_what_only_looks_like_a_reference_is_left_alone() -> None:
    held = schema({"properties": {"name": {"const": {"$ref": "https://example.org"}}}, "examples": [{"$ref": "x"}]})
    assert [fault.keyword for fault in held.faults(note())] == ["const"]


@pytest.mark.parametrize("pattern", [r"(a)\1", r"(?=a)b", r"(?<!a)b", r"((a{99}){99}){99}"])
def test_expressions_that_could_take_for_ever_are_mistakes(pattern: str) -> None:
    for place, value in (("pattern", pattern), ("patternProperties", {pattern: True})):
        (mistake,) = mistakes({place: value})
        assert "may take for ever" in mistake or mistake.endswith("is not a regular expression, or too large a one")


def test_expressions_that_are_slow_elsewhere_are_matched_in_linear_time() -> None:
    # Python's own engine would take longer than the universe is old.
    assert len(of_property({"pattern": "^(a+)+$"}, "a" * 10_000 + "b")) == 1
    assert len(of_property({"patternProperties": {"^(a|a)*$": False}}, {"a" * 10_000 + "b": 1})) == 0


def test_schemas_that_lead_to_ever_more_schemas_are_refused() -> None:
    doubling = {f"a{n}": {"anyOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(40)} | {"a40": False}
    refused = "idea.json:1:1: leads from schema to schema too often; a note could not be judged in good time"
    assert mistakes({"$ref": "#/$defs/a0", "$defs": doubling}) == [refused]
    twice_a_level = {"allOf": [{"additionalProperties": {"$ref": "#"}}, {"additionalProperties": {"$ref": "#"}}]}
    assert mistakes(twice_a_level) == [refused]
    chain = {f"a{n}": {"$ref": f"#/$defs/a{n + 1}"} for n in range(2000)} | {"a2000": False}
    assert mistakes({"$ref": "#/$defs/a0", "$defs": chain}) == [refused]
    # Of two names a value has one.
    assert schema({"properties": {"name": {"$ref": "#"}, "properties": {"$ref": "#"}}}).faults(note()) == ()


def test_files_that_lead_to_ever_more_files_are_refused() -> None:
    files = {f"f{n}": {"$ref": f"f{n + 1}.json"} for n in range(100)}
    (mistake,) = mistakes({"$ref": "f0.json"}, **files)
    assert mistake.endswith("is one file too many; a schema may have 32")


def test_a_schema_with_ever_more_expressions_or_mistakes_is_refused() -> None:
    (mistake,) = mistakes({"patternProperties": {f"a{n}{{99}}": True for n in range(201)}})
    assert mistake == "idea.json:1:1: one regular expression too many; a schema may have 200"
    assert len(mistakes({"allOf": [{"requird": []}] * 300})) == 100
    assert len(mistakes({"allOf": [5] * 300})) == 100


def test_large_demands_and_lists_cost_nothing() -> None:
    assert of_property({"minItems": 10**17}, []) == ["'p' has 0 entries; at least 100000000000000000 are wanted"]
    assert of_property({"uniqueItems": True}, [{"a": n} for n in range(20_000)]) == []


def test_where_there_is_too_much_to_tell_one_fault_stands_for_all() -> None:
    demands = {"items": {"allOf": [{"type": "string"}] * 1000}}
    assert of_property(demands, list(range(5000))) == ["entry 1 of 'p' is 0; text is wanted"]


def test_a_name_with_bytes_that_are_no_text_can_be_judged() -> None:
    held = schema({"properties": {"name": {"maxLength": 2}}})
    assert [fault.message for fault in held.faults(note() | {"name": "a\udcffb"})] == [
        "the name of the note has 3 characters; at most 2 are wanted"
    ]


# -- the words of each demand ----------------------------------------------------------------------------------------

# (keyword, subschema, value of the property p, what is said)
OF_PROPERTIES: list[tuple[str, Any, Any, list[str]]] = [
    ("type", {"type": "integer"}, "soon", ["'p' is 'soon'; a whole number is wanted"]),
    ("type", {"type": ["string", "array", "null"]}, 5, ["'p' is 5; text or a list is wanted"]),
    ("type", {"type": "null"}, [1], ["'p' is a list; nothing is wanted"]),
    ("type", {"type": "object"}, "", ["'p' is empty; a group of names with values is wanted"]),
    ("type", {"type": "string", "description": "A short Name. More."}, True, ["'p' is true; wanted is a short Name"]),
    ("enum", {"enum": ["draft", "done"]}, "foo", ["'p' is 'foo'; it is one of 'draft', 'done'"]),
    ("enum", {"enum": ["draft", "done", None]}, "drft",
     ["'p' is 'drft'; it is one of 'draft', 'done'; did you mean 'draft'?"]),
    ("enum", {"enum": [None]}, "a", ["'p' is 'a'; it is always empty"]),
    ("enum", {"enum": []}, "a", ["the property 'p' is not wanted"]),
    ("const", {"const": 3}, "foo", ["'p' is 'foo'; it is always 3"]),
    ("minimum", {"minimum": 1900}, 1200, ["'p' is 1200; at least 1900 is wanted"]),
    ("maximum", {"maximum": 2.5}, 3.0, ["'p' is 3; at most 2.5 is wanted"]),
    ("exclusiveMinimum", {"exclusiveMinimum": 0}, 0, ["'p' is 0; more than 0 is wanted"]),
    ("exclusiveMaximum", {"exclusiveMaximum": 5}, 5, ["'p' is 5; less than 5 is wanted"]),
    ("multipleOf", {"multipleOf": 5}, 7, ["'p' is 7; a multiple of 5 is wanted"]),
    ("minLength", {"minLength": 3}, "a", ["'p' has 1 character; at least 3 are wanted"]),
    ("maxLength", {"maxLength": 1}, "abc", ["'p' has 3 characters; at most 1 is wanted"]),
    ("pattern", {"pattern": "^[A-Z]"}, "abc", ["'p' is 'abc'; wanted is the form '^[A-Z]'"]),
    ("pattern", {"pattern": "^An?  [a-z]+\t "}, "abc", ["'p' is 'abc'; wanted is the form '^An?  [a-z]+\\t '"]),
    ("anyOf", {"anyOf": [{"pattern": "^An? "}, {"type": "null"}]}, "abc",
     ["'p' is 'abc'; wanted is the form '^An? ' or nothing"]),
    ("format", {"format": "date"}, "2026-02-30", ["'p' is '2026-02-30'; a day, such as 2026-01-31 is wanted"]),
    ("minItems", {"minItems": 3}, ["a"], ["'p' has 1 entry; at least 3 are wanted"]),
    ("maxItems", {"maxItems": 1}, ["a", "b"], ["'p' has 2 entries; at most 1 is wanted"]),
    ("uniqueItems", {"uniqueItems": True}, ["a", "b", "a"], ["'p' has 'a' more than once"]),
    ("items", {"items": {"type": "string"}}, ["a", 5], ["entry 2 of 'p' is 5; text is wanted"]),
    ("prefixItems", {"prefixItems": [{"const": "a"}]}, ["b"], ["entry 1 of 'p' is 'b'; it is always 'a'"]),
    ("items", {"prefixItems": [True], "items": False}, [1, 2], ["entry 2 of 'p' is not wanted"]),
    ("unevaluatedItems", {"prefixItems": [True], "unevaluatedItems": False}, [1, 2],
     ["'p' has more entries than are wanted"]),
    ("contains", {"contains": {"const": "ai"}}, ["ml"],
     ["no entry of 'p' is as it is wanted; one of them has to be 'ai'"]),
    ("minContains", {"contains": {"type": "string"}, "minContains": 2}, ["ml"],
     ["too few entries of 'p' are text; at least 2 of them have to be"]),
    ("maxContains", {"contains": {"description": "A link."}, "maxContains": 1}, ["a", "b"],
     ["too many entries of 'p' are a link; at most 1 of them may be"]),
    ("minProperties", {"minProperties": 1}, {}, ["'p' has 0 properties; at least 1 is wanted"]),
    ("maxProperties", {"maxProperties": 1}, {"a": 1, "b": 2}, ["'p' has 2 properties; at most 1 is wanted"]),
    ("required", {"required": ["a"]}, {}, ["'a' in 'p' is missing"]),
    ("dependentRequired", {"dependentRequired": {"a": ["b"]}}, {"a": 1}, ["'b' in 'p' is missing; 'a' asks for it"]),
    ("dependentSchemas", {"dependentSchemas": {"a": {"required": ["b"]}}}, {"a": 1}, ["'b' in 'p' is missing"]),
    ("properties", {"properties": {"a": {"type": "string"}}}, {"a": 1}, ["'a' in 'p' is 1; text is wanted"]),
    ("properties", {"properties": {"a": False}}, {"a": 1}, ["'a' in 'p' is not wanted"]),
    ("patternProperties", {"patternProperties": {"^a": {"type": "string"}}}, {"a1": 1},
     ["'a1' in 'p' is 1; text is wanted"]),
    ("additionalProperties", {"properties": {"food": True}, "additionalProperties": False}, {"foo": 1},
     ["'foo' in 'p' is not among those known; did you mean 'food'?"]),
    ("additionalProperties", {"additionalProperties": False}, {"foo": 1}, ["'foo' in 'p' is not among those known"]),
    ("unevaluatedProperties", {"properties": {"a": True}, "unevaluatedProperties": False}, {"foo": 1},
     ["'foo' in 'p' is not among those known; known is 'a'"]),
    ("propertyNames", {"propertyNames": {"pattern": "^[a-z]+$"}}, {"B c": 1},
     ["'B c' in 'p' has a name that is not wanted; wanted is the form '^[a-z]+$'"]),
    ("not", {"not": {"const": "x"}}, "x", ["'p' is 'x'; something else is wanted"]),
    ("not", {"not": {"const": "x"}, "description": "Anything but x."}, "x", ["'p' is 'x'; wanted is anything but x"]),
    ("not", {"not": {"required": ["a"]}}, "a", ["'p' is 'a'; something else is wanted"]),
    ("not", {"not": {"required": ["a"]}}, {"a": 1}, ["'a' in 'p' is not wanted"]),
    ("not", False, 1, ["the property 'p' is not wanted"]),
    ("if", {"if": {"type": "string"}, "then": {"minLength": 3}}, "a", ["'p' has 1 character; at least 3 are wanted"]),
    ("else", {"if": {"type": "string"}, "then": {}, "else": {"minimum": 3}}, 1, ["'p' is 1; at least 3 is wanted"]),
    ("allOf", {"allOf": [{"minimum": 5}, {"minimum": 3}]}, 1, ["'p' is 1; at least 5 is wanted"]),
    ("anyOf", {"anyOf": [{"type": "string", "description": "A name."}, {"type": "integer"}]}, True,
     ["'p' is true; wanted is a name or a whole number"]),
    ("anyOf", {"anyOf": [{"type": "string"}, {"type": "integer"}], "description": "A name or a year."}, True,
     ["'p' is true; wanted is a name or a year"]),
    ("anyOf", {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, {},
     ["none of 'a' or 'b' is there; one of them is wanted"]),
    ("anyOf", {"anyOf": [{"type": "string"}, {"items": {"type": "string"}, "type": "array"}]}, [1],
     ["entry 1 of 'p' is 1; text is wanted"]),
    ("oneOf", {"oneOf": [{"type": "string"}, {"const": 5}]}, 6, ["'p' is 6; wanted is text or 5"]),
    ("oneOf", {"oneOf": [True, True]}, 6,
     ["'p' is 6; it fits several of the ways it may be, and has to fit one alone"]),
    ("oneOf", {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, {"a": 1, "b": 2},
     ["'a' and 'b' are there; one of them alone is wanted"]),
    ("not", {"not": {"required": ["a", "b"]}}, {"a": 1, "b": 2},
     ["'a' and 'b' are there; they are not wanted together"]),
    ("x-message", {"type": "string", "x-message": "say it\nin words"}, 6, ["say it in words"]),
]  # fmt: skip


@pytest.mark.parametrize(("keyword", "subschema", "value", "expected"), OF_PROPERTIES)
def test_what_is_wrong_with_a_property_is_told_in_words(
    keyword: str, subschema: Any, value: Any, expected: list[str]
) -> None:
    assert of_property(subschema, value) == expected


# The words that nobody who writes notes should have to know.
VOCABULARY = re.compile(
    r"\b(?:objects?|arrays?|schemas?|instances?|regex|patterns?|null|types?|enum|valid\w*|invalid|strings?|booleans?"
    r"|integers?|keywords?|const|formats?|true schema|items?|"
    + "|".join(re.escape(keyword) for keyword in sorted(KEYWORDS) if re.search("[A-Z$]", keyword) or "-" in keyword)
    + r")\b",
    re.IGNORECASE,
)


def test_every_demand_has_its_words_and_none_is_of_json_schema() -> None:
    # These demand nothing.
    silent = {"title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples", "$comment"}
    silent |= {"contentEncoding", "contentMediaType", "contentSchema", "$defs", "definitions"}
    silent |= {"$id", "$schema", "$anchor", "$vocabulary", "$ref", "then", "x-headings", "x-anywhere"}
    refused = {"$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor"}
    assert {keyword for keyword, *_ in OF_PROPERTIES} == KEYWORDS - silent - refused
    for *_, messages in OF_PROPERTIES:
        for message in messages:
            assert not VOCABULARY.search(re.sub(r"'[^']*'", "", message)), message


@pytest.mark.parametrize(
    ("subschema", "values", "expected"),
    [
        ({"properties": {"items": {"minimum": 3}}}, {"items": 1}, ["'Core ideas' has 1 entry; at least 3 are wanted"]),
        ({"properties": {"items": {"maximum": 3}}}, {"items": 5}, ["'Core ideas' has 5 entries; at most 3 are wanted"]),
        ({"properties": {"links": {"minimum": 1}}}, {"links": 0}, ["'Core ideas' has 0 links; at least 1 is wanted"]),
        ({"properties": {"words": {"exclusiveMaximum": 9}}}, {"words": 9},
         ["'Core ideas' has 9 words; fewer than 9 are wanted"]),
        ({"properties": {"words": {"enum": [2, 4]}}}, {"words": 3}, ["'Core ideas' has 3 words; 2 or 4 are wanted"]),
        ({"properties": {"level": {"const": 2}}}, {"level": 3},
         ["'Core ideas' is a heading of level 3; it is always 2"]),
        ({"properties": {"heading": {"const": "Ideas"}}}, {},
         ["the heading of 'Core ideas' is 'Core ideas'; it is always 'Ideas'"]),
        (False, {}, ["the section 'Core ideas' is not wanted"]),
        ({"required": ["text"]}, {}, ["'text' in 'Core ideas' is missing"]),
        ({"properties": {"words": {"minimum": 99}}, "x-message": "outside"}, {},
         ["'Core ideas' has 20 words; at least 99 are wanted"]),
        ({"properties": {"words": {"minimum": 99, "x-message": "write more"}}}, {}, ["write more"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_section_is_told_under_its_heading(
    subschema: Any, values: dict[str, Any], expected: list[str]
) -> None:
    assert of_section(subschema, **values) == expected


def test_what_is_wrong_with_the_note_as_a_whole_is_told() -> None:
    held = schema(
        {
            "properties": {
                "name": {"pattern": "^[A-Z]", "maxLength": 3},
                "properties": {"maxProperties": 0, "additionalProperties": False, "properties": {"tags": True}},
                "sections": {
                    "maxProperties": 1,
                    "properties": {"why": {"x-headings": ["Why {name}", "Why it matters"]}, "what": {}},
                    "additionalProperties": False,
                    "anyOf": [{"required": ["what"]}, {"required": ["how"]}],
                },
                "order": {"prefixItems": [{"const": "what"}], "contains": {"const": "what"}, "maxItems": 1},
            }
        }
    )
    bad = note({"why": section("Why it matters"), "wat": section("Wat?")}, tag="x") | {"name": "entropy"}
    assert [(fault.place, fault.message) for fault in held.faults(bad)] == [
        (("name",), "the name of the note has 7 characters; at most 3 are wanted"),
        (("name",), "the name of the note is 'entropy'; wanted is the form '^[A-Z]'"),
        (("properties",), "the note has 1 property; at most 0 are wanted"),
        (("properties", "tag"), "the property 'tag' is not among those known; did you mean 'tags'?"),
        (("sections",), "the note has 2 sections; at most 1 is wanted"),
        (("sections", "what"), "none of 'What' or 'How' is there; one of them is wanted"),
        (("sections", "wat"), "the section 'Wat?' is not among those known; did you mean 'what'?"),
        (("order",), "no section is as it is wanted; one of them has to be 'What'"),
        (("order",), "the note has 2 sections; at most 1 is wanted"),
        (("order", 0), "section 1 is 'Why it matters'; it is always 'What'"),
    ]


def test_a_missing_section_is_called_by_its_first_heading_without_the_name() -> None:
    held = schema(
        {
            "properties": {
                "sections": {
                    "required": ["why", "how"],
                    "properties": {"why": {"x-headings": ["Why {name}", "Why it matters"]}},
                }
            }
        }
    )
    assert [fault.message for fault in held.faults(note())] == [
        "the section 'Why it matters' is missing",
        "the section 'How' is missing",
    ]


@pytest.mark.parametrize(
    ("sections", "there", "expected"),
    [
        ({"oneOf": [{"required": ["what"]}, {"required": ["why"]}]}, (),
         ["none of 'What' or 'Why it matters' is there; one of them is wanted"]),
        ({"oneOf": [{"required": ["what"]}, {"required": ["why"]}]}, ("what", "why"),
         ["'What?' and 'Why?' are there; one of them alone is wanted"]),
        ({"not": {"required": ["what", "why"]}}, ("what", "why"),
         ["'What?' and 'Why?' are there; they are not wanted together"]),
        ({"enum": []}, (), ["the sections of the note are not wanted"]),
        ({"not": True}, (), ["the sections of the note are not wanted"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_several_sections_names_them(
    sections: Any, there: tuple[str, ...], expected: list[str]
) -> None:
    known = {"what": {}, "why": {"x-headings": ["Why it matters"]}}
    held = schema({"properties": {"sections": {"description": "What is said.", "properties": known, **sections}}})
    found = held.faults(note({name: section(f"{name.capitalize()}?") for name in there}))
    assert [fault.message for fault in found] == expected


def test_values_are_shown_short_and_harmless() -> None:
    (message,) = of_property({"const": 1}, "\x1b[31m" + "ü" * 100_000)
    assert message == "'p' is '\\x1b[31m" + "ü" * 54 + "…'; it is always 1"


def test_names_of_digits_are_names() -> None:
    held = schema({"properties": {"properties": {"properties": {"2024": {"type": "string", "x-message": "no"}}}}})
    assert held.faults(note() | {"properties": {"2024": 5}}) == [Fault(("properties", "2024"), "type", "no")]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_each_format_is_checked(name: str) -> None:
    wrong = {"uri-reference": "\\", "iri-reference": "\\", "uri-template": "{", "regex": "(", "hostname": "-x-"}
    wrong["idn-hostname"] = "-x-"
    assert of_property({"format": name}, wrong.get(name, "x")) == [
        f"'p' is '{wrong.get(name, 'x')}'; {FORMATS[name]} is wanted"
    ]


# -- whatever they hold ----------------------------------------------------------------------------------------------

WORDS = st.text("ab[] 2-16\n", max_size=10)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**6) | st.floats(-3, 3) | WORDS | st.just("2026-01-31"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def notes(draw: st.DrawFn) -> dict[str, Any]:
    """Notes that are much like good ones."""
    instance: dict[str, Any] = copy.deepcopy(draw(st.sampled_from([CONCEPT, SOURCE])))
    names = st.sampled_from(["created", "updated", "is-a", "requires", "title", "author", "year", "url", "other"])
    instance["properties"] |= draw(st.dictionaries(names, VALUES, max_size=4))
    for name in list(instance["sections"]):
        instance["sections"][name]["words"] = draw(st.integers(0, 160))
        if not draw(st.integers(0, 3)):
            del instance["sections"][name]
    for place in draw(st.sets(st.sampled_from(["name", "properties", "sections", "order"]), max_size=1)):
        instance[place] = draw(VALUES)
    return instance


@given(st.sampled_from(SHIPPED), notes())
def test_another_implementation_comes_to_the_same_judgement(name: str, instance: dict[str, Any]) -> None:
    source = shipped(name)
    assert source is not None
    faults = load(name, "a.json", source, reading({})).faults(instance)
    errors = list(jsonschema.Draft202012Validator(json.loads(source)).iter_errors(instance))
    assert bool(faults) == bool(errors)
    assert {tuple(error.absolute_path) for error in errors if error.validator != "required"} == {
        fault.place for fault in faults if fault.keyword != "required"
    }


@st.composite
def schemas(draw: st.DrawFn, depth: int = 3) -> Any:
    """Schemas, most of them good."""
    if depth == 0 or not draw(st.integers(0, 9)):
        return draw(st.booleans())
    inner = schemas(depth - 1)
    several = st.lists(inner, min_size=1, max_size=3)
    names = st.sampled_from(["a", "b", "sections", "properties", "name"])
    named = st.dictionaries(names, inner, max_size=3)
    number = st.integers(0, 4)
    values = (
        dict.fromkeys(["not", "if", "then", "else", "items", "contains", "additionalProperties"], inner)
        | dict.fromkeys(["unevaluatedItems", "unevaluatedProperties", "propertyNames"], inner)
        | dict.fromkeys(["allOf", "anyOf", "oneOf", "prefixItems"], several)
        | dict.fromkeys(["properties", "dependentSchemas", "$defs"], named)
        | dict.fromkeys(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], number)
        | dict.fromkeys(["minLength", "maxLength", "minItems", "maxItems", "minContains", "maxContains"], number)
        | dict.fromkeys(["minProperties", "maxProperties"], number)
        | {
            "multipleOf": st.integers(1, 3),
            "type": st.sampled_from(["string", "array", "object", "null", "number"]),
            "enum": st.lists(VALUES, max_size=3),
            "const": VALUES,
            "pattern": st.sampled_from(["a", "^b*$", "[ab]{2}"]),
            "patternProperties": st.dictionaries(st.sampled_from(["a", "^s"]), inner, max_size=2),
            "uniqueItems": st.booleans(),
            "required": st.lists(names, max_size=2, unique=True),
            "dependentRequired": st.dictionaries(names, st.lists(names, max_size=2, unique=True), max_size=2),
            "$ref": st.sampled_from(["#", "#/$defs/a", "#/properties/a", "#/allOf/0", "base.json", "fmvault:concept"]),
            "x-headings": st.lists(WORDS, max_size=2),
        }
    )
    chosen = draw(st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=4, unique=True))
    return {keyword: draw(values[keyword]) for keyword in chosen}


@settings(max_examples=200)
@given(schemas(), notes() | VALUES.filter(lambda value: isinstance(value, dict)))
def test_whatever_a_schema_holds_it_is_refused_or_judges_as_another_implementation_does(
    source: Any, instance: dict[str, Any]
) -> None:
    try:
        held = schema(source, base={"type": "object"})
    except ConfigError:
        # Only that nothing else is raised.
        return
    faults = held.faults(instance)
    if "fmvault:" not in json.dumps(source) and "base.json" not in json.dumps(source):
        assert bool(faults) != jsonschema.Draft202012Validator(source).is_valid(instance)
    for fault in faults:
        assert not VOCABULARY.search(re.sub(r"'[^']*'", "", fault.message)), fault


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: (
    st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(KEYWORDS)) | st.text(), inner, max_size=4)
)), st.integers(0, 300))  # fmt: skip
def test_whatever_a_file_holds_it_is_a_schema_or_a_mistake(tree: Any, cut: int) -> None:
    for text in (json.dumps(tree), json.dumps(tree, ensure_ascii=False, indent=1), json.dumps(tree)[:cut]):
        try:
            schema(text)
        except ConfigError:
            continue
