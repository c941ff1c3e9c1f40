"""Reports: places, each format against its published schema or a real reader, and text that strangers wrote."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import JUnitXml

from fmvault.lint.report import FORMATS, STATISTICS, Place, Report, build, locate, render, statistics
from fmvault.lint.report.locate import Lines
from fmvault.lint.report.people import halves
from fmvault.lint.report.printable import visible, window
from fmvault.lint.rule import Problem, Rule, rule
from fmvault.model import Edit, Finding, Fix, Link, Note, Severity, Span
from fmvault.vault import Vault

ROOT = Path(__file__).parents[1]
PUBLISHED = (ROOT / "tests/schemas").glob("*.json")
PEOPLE = ("full", "concise", "grouped")


# -- a small vault and what is wrong with it --------------------------------------------------------------------------


class PagedRule(Rule, frozen=True):
    """A rule whose page is not in the package."""

    def page(self) -> str:
        """Its page, with one section of examples."""
        return f"# {self.name}\n\n{self.doc}\n\n- `planned`: notes to be written\n\n## It fires\n```md a.md\n```\n"


@rule(family="links", since="0.1", severity="error", fixable=True)
def broken_note(note: Note, vault: Vault, *, planned: tuple[str, ...] = ()) -> Iterator[Problem]:
    """A link names a note that is not in the vault.

    Whoever follows it
    makes an empty note.
    """
    yield from ()


def paged(name: str, severity: Severity) -> Rule:
    fields = {field: getattr(broken_note, field) for field in broken_note.__struct_fields__}
    return PagedRule(**{**fields, "name": name, "severity": severity})


RULES: Mapping[str, Rule] = {
    "broken-note": paged("broken-note", "error"),
    "mojibake": paged("mojibake", "warning"),
    "unused-attachment": paged("unused-attachment", "info"),
}


def at(source: bytes, needle: str) -> Span:
    """Where ``needle`` stands first."""
    start = source.index(needle.encode())
    return Span(start, start + len(needle.encode()))


def report_of(findings: list[Finding], files: Mapping[str, bytes], prefix: str = "vault/") -> Report:
    return build(findings, files.__getitem__, vault="vault", prefix=prefix, notes=2, links=3, rules=RULES)


A = "---\ntags: x\n---\nSee [[Entrpy]] and\t[[Böse]].\r\nüß† wrong\n".encode()
FILES = {"Notes/A 1.md": A, "ö.md": b"# \xc3\xb6\n"}


def findings() -> list[Finding]:
    entropy = at(A, "[[Entrpy]]")
    link = Link(entropy, "Entrpy", "", None, False, "wikilink", -1, Span(entropy.start + 2, entropy.end - 2))
    fix = Fix("change the link to 'Entropy'", (Edit(link.dest, "Entropy"),))
    return [
        Finding("unused-attachment", "img/pic.png", Span(0, 0), "no note shows 'pic.png'", "info"),
        Finding("mojibake", "Notes/A 1.md", at(A, "üß†"), "'üß†' was decoded in the wrong encoding", "warning"),
        Finding(
            "broken-note",
            "Notes/A 1.md",
            entropy,
            "no note is named 'Entrpy'; did you mean 'Entropy'?",
            "error",
            fix,
            link,
        ),
        Finding("broken-note", "Notes/A 1.md", at(A, "[[Böse]]"), "no note is named 'Böse'", "error"),
    ]


@pytest.fixture
def report() -> Report:
    return report_of(findings(), FILES)


@pytest.fixture
def empty() -> Report:
    return report_of([], FILES)


@cache
def schema(path: str) -> Any:
    return json.loads((ROOT / path).read_text("utf-8"))


def check(instance: Any, against: Any) -> None:
    jsonschema.validators.validator_for(against)(against).validate(instance)


@pytest.mark.parametrize("path", ["schemas/report.schema.json", *sorted(f"tests/schemas/{p.name}" for p in PUBLISHED)])
def test_each_schema_is_a_schema(path: str) -> None:
    jsonschema.validators.validator_for(schema(path)).check_schema(schema(path))


# -- places -----------------------------------------------------------------------------------------------------------


def spot(source: bytes, offset: int) -> tuple[int, int]:
    (place,) = locate(source, [Span(offset, offset)])
    return place.line, place.column


def test_lines_and_columns_begin_at_one() -> None:
    assert spot(b"ab\ncd", 0) == (1, 1)
    assert spot(b"ab\ncd", 3) == (2, 1)
    assert spot(b"ab\ncd", 5) == (2, 3)


def test_an_end_is_exclusive() -> None:
    (place,) = locate(b"ab\ncd\n", [Span(1, 5)])
    assert (place.line, place.column, place.end_line, place.end_column) == (1, 2, 2, 3)


def test_columns_count_code_points_and_byte_columns_bytes() -> None:
    source = "é😀x".encode()
    assert locate(source, [Span(2, 6)]) == [Place(1, 2, 1, 3, byte_column=3, end_byte_column=7)]


def test_a_carriage_return_before_the_line_feed_belongs_to_the_line_break() -> None:
    assert spot(b"ab\r\ncd", 2) == (1, 3)
    assert spot(b"ab\r\ncd", 3) == (1, 3)
    assert spot(b"ab\r\ncd", 4) == (2, 1)
    assert Lines(b"ab\r\ncd").text(1) == "ab"


def test_a_carriage_return_alone_breaks_no_line() -> None:
    assert spot(b"ab\rcd", 3) == (1, 4)


def test_a_byte_order_mark_is_no_column() -> None:
    source = "\ufeffab".encode()
    assert spot(source, 0) == (1, 1)
    assert spot(source, 3) == (1, 1)
    assert spot(source, 4) == (1, 2)
    assert Lines(source).text(1) == "ab"


def test_bytes_that_are_not_utf8_count_as_what_they_are_decoded_to() -> None:
    assert spot(b"a\xffb", 2) == (1, 3)
    assert spot(b"a\xe2\x82b", 3) == (1, 3)  # a euro sign cut short is one replacement character


def test_an_offset_outside_the_source_is_brought_to_its_end() -> None:
    assert spot(b"ab", 9) == (1, 3)
    assert spot(b"", 9) == (1, 1)
    assert spot(b"ab\n", 9) == (2, 1)


@given(
    st.lists(st.sampled_from([b"a", b"\n", b"\r\n", b"\rx", "é".encode(), "😀".encode(), b"\xff", b"x" * 700])),
    st.integers(0, 3),
)
def test_a_column_is_one_more_than_the_characters_before_it(parts: list[bytes], times: int) -> None:
    source = b"".join(parts) * 2**times
    lines = Lines(source)
    offset = 0
    for part in parts * 2**times:
        before = source[:offset]
        start = before.rfind(b"\n") + 1
        place = lines.place(Span(offset, offset))
        assert place.line == before.count(b"\n") + 1
        assert place.column == len(before[start:].decode("utf-8", "replace")) + 1
        assert place.byte_column == offset - start + 1
        offset += len(part)


def test_a_place_in_a_line_of_many_megabytes_is_found_without_reading_it_again() -> None:
    word = "é[[x]] ".encode()
    count = 200_000
    source = word * count
    lines = Lines(source)
    for index in range(0, count, 7):
        assert lines.place(Span(index * len(word), index * len(word))).column == index * 7 + 1


def test_findings_on_one_line_share_its_text() -> None:
    source = b"[[a]] [[b]]"
    pair = [Finding("broken-note", "n.md", at(source, f"[[{name}]]"), f"no note '{name}'", "error") for name in "ab"]
    first, second = report_of(pair, {"n.md": source}).findings
    assert first.source is second.source


# -- the report -------------------------------------------------------------------------------------------------------


def test_findings_are_sorted_by_path_position_and_rule(report: Report) -> None:
    assert [(located.finding.path, located.place.line, located.place.column) for located in report.findings] == [
        ("Notes/A 1.md", 4, 5),
        ("Notes/A 1.md", 4, 20),
        ("Notes/A 1.md", 5, 1),
        ("img/pic.png", 1, 1),
    ]


@pytest.mark.parametrize("format", FORMATS)
def test_the_order_of_findings_given_changes_nothing(format: str, report: Report) -> None:
    assert render(report_of(findings()[::-1], FILES), format) == render(report, format)


def test_a_file_is_read_once_and_only_for_a_finding_that_is_somewhere_in_it() -> None:
    asked: list[str] = []

    def read(path: str) -> bytes:
        asked.append(path)
        return FILES[path]

    build(findings(), read, vault=".", prefix="", notes=0, links=0, rules=RULES)
    assert asked == ["Notes/A 1.md"]


def test_the_summary_counts_by_severity_and_what_can_be_fixed(report: Report) -> None:
    summary = report.summary
    assert (summary.errors, summary.warnings, summary.infos, summary.fixable) == (2, 1, 1, 1)


# -- for people -------------------------------------------------------------------------------------------------------


def test_full_shows_the_line_with_carets_then_help_and_fix(report: Report) -> None:
    assert render(report, "full") == (
        "error[broken-note]: no note is named 'Entrpy'\n"
        " --> vault/Notes/A 1.md:4:5\n"
        "  |\n"
        "4 | See [[Entrpy]] and    [[Böse]].\n"
        "  |     ^^^^^^^^^^\n"
        "  = help: did you mean 'Entropy'?\n"
        "  = fix: change the link to 'Entropy' (look first)\n"
        "\n"
        "error[broken-note]: no note is named 'Böse'\n"
        " --> vault/Notes/A 1.md:4:20\n"
        "  |\n"
        "4 | See [[Entrpy]] and    [[Böse]].\n"
        "  |                       ^^^^^^^^\n"
        "\n"
        "warning[mojibake]: 'üß†' was decoded in the wrong encoding\n"
        " --> vault/Notes/A 1.md:5:1\n"
        "  |\n"
        "5 | üß† wrong\n"
        "  | ^^^\n"
        "\n"
        "info[unused-attachment]: no note shows 'pic.png'\n"
        " --> vault/img/pic.png:1:1\n"
        "\n"
        "Found 2 errors, 1 warning and 1 info in 2 notes, 3 links; 1 fixable.\n"
    )


def test_concise_is_one_line_a_finding(report: Report) -> None:
    assert render(report, "concise").splitlines() == [
        "vault/Notes/A 1.md:4:5: error [broken-note] no note is named 'Entrpy'; did you mean 'Entropy'?",
        "vault/Notes/A 1.md:4:20: error [broken-note] no note is named 'Böse'",
        "vault/Notes/A 1.md:5:1: warning [mojibake] 'üß†' was decoded in the wrong encoding",
        "vault/img/pic.png:1:1: info [unused-attachment] no note shows 'pic.png'",
        "Found 2 errors, 1 warning and 1 info in 2 notes, 3 links; 1 fixable.",
    ]


def test_grouped_names_a_file_once(report: Report) -> None:
    assert render(report, "grouped") == (
        "vault/Notes/A 1.md\n"
        "  4:5   error    broken-note  no note is named 'Entrpy'; did you mean 'Entropy'?\n"
        "  4:20  error    broken-note  no note is named 'Böse'\n"
        "  5:1   warning  mojibake     'üß†' was decoded in the wrong encoding\n"
        "\n"
        "vault/img/pic.png\n"
        "  1:1  info  unused-attachment  no note shows 'pic.png'\n"
        "\n"
        "Found 2 errors, 1 warning and 1 info in 2 notes, 3 links; 1 fixable.\n"
    )


@pytest.mark.parametrize("format", PEOPLE)
def test_nothing_found_is_said_in_one_line(format: str, empty: Report) -> None:
    assert render(empty, format) == "No findings in 2 notes, 3 links.\n"
    assert render(empty, format, color=True) == "\x1b[32mNo findings in 2 notes, 3 links.\x1b[0m\n"


@pytest.mark.parametrize("format", PEOPLE)
def test_the_summary_can_be_left_out(format: str, report: Report, empty: Report) -> None:
    assert render(report, format).startswith(render(report, format, summary=False))
    assert "Found" not in render(report, format, summary=False)
    assert render(empty, format, summary=False) == ""


def test_one_of_each_is_singular() -> None:
    source = b"x"
    one = [Finding("broken-note", "a.md", Span(0, 1), "m", "error", Fix("cut", (Edit(Span(0, 1), ""),), safe=True))]
    report = build(one, lambda path: source, vault="", prefix="", notes=1, links=1, rules=RULES)
    assert render(report, "concise").endswith("Found 1 error in 1 note, 1 link; 1 fixable.\n")
    assert "= fix: cut\n" in render(report, "full")


@pytest.mark.parametrize("format", PEOPLE)
def test_colours_add_codes_and_nothing_else(format: str, report: Report) -> None:
    colored = render(report, format, color=True)
    assert "\x1b[31m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render(report, format)


def test_a_finding_over_several_lines_is_underlined_to_the_end_of_its_first() -> None:
    source = b"a %% open\nuntil here\n"
    finding = Finding("mojibake", "a.md", Span(2, len(source)), "never closed", "warning")
    assert "1 | a %% open\n  |   ^^^^^^^\n" in render(report_of([finding], {"a.md": source}), "full")


def test_a_finding_of_no_length_has_one_caret_where_it_is() -> None:
    finding = Finding("mojibake", "a.md", Span(2, 2), "something is missing", "warning")
    assert "1 | ab\n  |   ^\n" in render(report_of([finding], {"a.md": b"ab"}), "full")


def test_an_empty_line_is_not_shown() -> None:
    finding = Finding("mojibake", "a.md", Span(2, 2), "something is missing", "warning")
    assert render(report_of([finding], {"a.md": b"a\n"}), "full", summary=False) == (
        "warning[mojibake]: something is missing\n --> vault/a.md:2:1\n"
    )


def test_help_follows_the_first_semicolon_outside_quotes() -> None:
    assert halves("no note is named 'a; b'; did you mean 'a'; or 'b'?") == (
        "no note is named 'a; b'",
        "did you mean 'a'; or 'b'?",
    )
    assert halves("the note doesn't stand alone; it can't") == ("the note doesn't stand alone", "it can't")
    assert halves("the property `a; b` is there twice") == ("the property `a; b` is there twice", "")


def test_carets_stand_under_wide_characters() -> None:
    assert window("東京 [[絵]]", 3, 8, 80) == ("東京 [[絵]]", 5, 6)


def test_combining_marks_take_no_cell() -> None:
    assert window("e\u0301a", 2, 3, 80) == ("e\u0301a", 1, 1)
    assert window("\u1112\u1161\u11abx", 3, 4, 80) == ("\u1112\u1161\u11abx", 2, 1)


def test_an_emoji_made_of_several_code_points_is_two_cells_wide() -> None:
    for emoji in ("🧠", "👩\u200d💻", "👍🏽", "⚠\ufe0f", "🇫🇷"):
        assert window(emoji + "x", len(emoji), len(emoji) + 1, 80) == (emoji + "x", 2, 1)


def test_tabs_are_as_wide_wherever_they_stand() -> None:
    assert window("\ta\tb", 3, 4, 80) == ("    a    b", 9, 1)


def test_a_long_line_is_cut_around_the_finding() -> None:
    line = "a" * 5_000_000 + "[[x]]" + "b" * 5_000_000
    text, offset, length = window(line, 5_000_000, 5_000_005, 21)
    assert text == "…aaaaaaa[[x]]bbbbbbb…"
    assert text[offset : offset + length] == "[[x]]"


def test_a_long_line_is_cut_on_one_side_where_the_finding_is_at_the_other() -> None:
    assert window("[[x]]" + "b" * 50, 0, 5, 12) == ("[[x]]bbbbb…", 0, 5)
    assert window("b" * 50 + "[[x]]", 50, 55, 12) == ("…bbbbb[[x]]", 6, 5)


def test_a_finding_longer_than_the_line_is_shown_from_its_beginning() -> None:
    assert window("aa[[" + "x" * 50 + "]]", 2, 56, 12) == ("…[[xxxxxxxx…", 1, 10)


def test_what_fits_in_no_window_is_not_shown() -> None:
    assert window("\U000e0041" * 9, 0, 1, 8) == ("…", 0, 1)


@given(st.text(), st.integers(0, 60), st.integers(0, 60), st.integers(10, 60))
def test_a_window_is_never_wider_than_asked_and_its_carets_lie_in_it(text: str, a: int, b: int, width: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    shown, offset, length = window(text, start, end, width)
    assert len(re.sub(r"[\u0300-\U0010ffff]", "", shown.replace("…", ""))) <= width
    assert offset >= 0
    assert length >= 1
    assert offset + length <= width + 1  # one more where the caret points behind the last character


def test_what_could_act_on_the_terminal_is_shown_as_an_escape() -> None:
    assert visible("a\x1b[31m\x07\x9b\u202e\u2066\ud83d\U000e0041\n") == (
        "a\\x1b[31m\\x07\\x9b\\u202e\\u2066\\ud83d\\U000e0041\\n"
    )


def test_text_of_any_script_is_shown_as_it_is() -> None:
    for text in ("Größe", "東京", "שלום", "नमस्ते", "👩\u200d💻", "بی\u200cتو", "\uf8ff"):
        assert visible(text) == text


# -- for programs -----------------------------------------------------------------------------------------------------


def test_json_is_as_its_schema_says(report: Report, empty: Report) -> None:
    ours = schema("schemas/report.schema.json")
    check(json.loads(render(report, "json")), ours)
    check(json.loads(render(empty, "json")), ours)


def test_json_tells_all_of_a_finding(report: Report) -> None:
    written = json.loads(render(report, "json"))
    assert written["findings"][0] == {
        "rule": "broken-note",
        "severity": "error",
        "path": "Notes/A 1.md",
        "line": 4,
        "column": 5,
        "end_line": 4,
        "end_column": 15,
        "message": "no note is named 'Entrpy'; did you mean 'Entropy'?",
        "link": {"target": "Entrpy", "subpath": "", "syntax": "wikilink", "embed": False},
        "fix": {
            "title": "change the link to 'Entropy'",
            "safe": False,
            "edits": [{"line": 4, "column": 7, "end_line": 4, "end_column": 13, "text": "Entropy"}],
        },
    }
    assert written["findings"][3]["link"] is None
    assert written["findings"][3]["fix"] is None
    assert written["vault"] == "vault"
    assert written["summary"] == {"notes": 2, "links": 3, "errors": 2, "warnings": 1, "infos": 1, "fixable": 1}


def test_the_schema_takes_no_unknown_field(report: Report) -> None:
    written = json.loads(render(report, "json"))
    for part in (written, written["findings"][0], written["findings"][0]["fix"], written["summary"]):
        part["more"] = 1
        with pytest.raises(jsonschema.ValidationError, match="more"):
            check(written, schema("schemas/report.schema.json"))
        del part["more"]


def test_every_field_of_the_schema_is_described() -> None:
    def described(fields: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
        for name, field in fields.items():
            target = definitions[field["$ref"].rpartition("/")[2]] if "$ref" in field else {}
            yield name, "description" in field or "description" in target

    ours = schema("schemas/report.schema.json")
    for owner in (ours, *ours["$defs"].values()):
        assert [name for name, told in described(owner.get("properties", {}), ours["$defs"]) if not told] == []


def test_jsonl_has_the_findings_of_json_one_a_line(report: Report, empty: Report) -> None:
    lines = [json.loads(line) for line in render(report, "jsonl").splitlines()]
    assert lines == json.loads(render(report, "json"))["findings"]
    assert render(empty, "jsonl") == ""


def test_sarif_is_as_its_published_schema_says(report: Report, empty: Report) -> None:
    published = schema("tests/schemas/sarif-2.1.0.schema.json")
    check(json.loads(render(report, "sarif")), published)
    check(json.loads(render(empty, "sarif")), published)


def test_sarif_describes_the_rules_that_found_something(report: Report) -> None:
    (run,) = json.loads(render(report, "sarif"))["runs"]
    described = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == ["broken-note", "mojibake", "unused-attachment"]
    assert described[0]["shortDescription"]["text"] == "A link names a note that is not in the vault."
    assert described[0]["fullDescription"]["text"].endswith("Whoever follows it makes an empty note.")
    assert described[0]["help"]["markdown"].endswith("- `planned`: notes to be written")
    assert [rule["defaultConfiguration"]["level"] for rule in described] == ["error", "warning", "note"]
    for result in run["results"]:
        assert described[result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_gives_places_in_code_points_and_fixes_as_replacements(report: Report) -> None:
    (run,) = json.loads(render(report, "sarif"))["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    first = run["results"][0]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "vault/Notes/A%201.md"
    assert place["region"] == {"startLine": 4, "startColumn": 5, "endLine": 4, "endColumn": 15}
    (change,) = first["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 4, "startColumn": 7, "endLine": 4, "endColumn": 13},
            "insertedContent": {"text": "Entropy"},
        }
    ]
    assert [result["level"] for result in run["results"]] == ["error", "error", "warning", "note"]


def test_a_path_in_sarif_can_be_read_as_nothing_but_a_path() -> None:
    path = "C: 100% #1?/ö.md"
    finding = Finding("broken-note", path, Span(0, 0), "m", "error")
    (run,) = json.loads(render(report_of([finding], {}, prefix=""), "sarif"))["runs"]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "C%3A%20100%25%20%231%3F/%C3%B6.md"
    assert unquote(uri) == path


def test_a_markdown_link_quoted_in_a_message_is_no_link_in_sarif() -> None:
    finding = Finding("broken-note", "a.md", Span(0, 0), "'[x](y.md)' names no note; [[z]] does", "error")
    (run,) = json.loads(render(report_of([finding], {}), "sarif"))["runs"]
    assert run["results"][0]["message"]["text"] == "'\\[x](y.md)' names no note; [[z]] does"


def test_a_name_that_is_not_utf8_is_told_with_replacement_characters() -> None:
    fix = Fix("name it", (Edit(Span(0, 0), "[[b\udcfe]]"),))
    finding = Finding("broken-note", "a\udcff.md", Span(0, 0), "m", "error", fix)
    report = report_of([finding], {"a\udcff.md": b"x"})
    (written,) = json.loads(render(report, "json"))["findings"]
    assert (written["path"], written["fix"]["edits"][0]["text"]) == ("a\ufffd.md", "[[b\ufffd]]")
    assert json.loads(render(report, "gitlab"))[0]["location"]["path"] == "vault/a\ufffd.md"
    assert "vault/a%EF%BF%BD.md" in render(report, "sarif")
    assert render(report, "concise").startswith("vault/a\\udcff.md:1:1: ")


def test_a_rule_that_the_report_does_not_know_is_named_only() -> None:
    finding = Finding("another", "a.md", Span(0, 0), "m", "error")
    (run,) = json.loads(render(report_of([finding], {}), "sarif"))["runs"]
    assert run["tool"]["driver"]["rules"] == [{"id": "another"}]


def test_junit_is_read_by_a_real_parser(report: Report) -> None:
    xml = JUnitXml.fromstring(render(report, "junit").encode())
    (suite,) = list(xml)
    cases = list(suite)
    assert (suite.tests, suite.failures, suite.errors) == (4, 4, 0)
    assert [case.name for case in cases][:2] == ["broken-note (4:5)", "broken-note (4:20)"]
    assert [case.classname for case in cases][-1] == "vault/img/pic.png"
    (failure,) = cases[0].result
    assert failure.message == "no note is named 'Entrpy'; did you mean 'Entropy'?"
    assert failure.type == "error"


def test_junit_has_one_passing_case_where_nothing_is_found(empty: Report) -> None:
    (suite,) = list(JUnitXml.fromstring(render(empty, "junit").encode()))
    (case,) = list(suite)
    assert (suite.tests, suite.failures) == (1, 0)
    assert case.is_passed


def test_rdjson_is_as_a_published_schema_says(report: Report, empty: Report) -> None:
    published = schema("tests/schemas/rdformat.schema.json")
    check(json.loads(render(report, "rdjson")), published)
    check(json.loads(render(empty, "rdjson")), published)


def test_rdjson_counts_columns_in_bytes_and_suggests_fixes(report: Report) -> None:
    diagnostics = json.loads(render(report, "rdjson"))["diagnostics"]
    assert diagnostics[0]["suggestions"] == [
        {"range": {"start": {"line": 4, "column": 7}, "end": {"line": 4, "column": 13}}, "text": "Entropy"}
    ]
    # The letter in [[Böse]] takes two bytes.
    assert diagnostics[1]["location"]["range"]["end"]["column"] == 20 + len("[[Böse]]".encode())
    assert [diagnostic["severity"] for diagnostic in diagnostics] == ["ERROR", "ERROR", "WARNING", "INFO"]


def test_rdjson_does_not_suggest_half_of_a_fix() -> None:
    fix = Fix("swap", (Edit(Span(0, 1), "b"), Edit(Span(1, 2), "a")), safe=True)
    finding = Finding("broken-note", "a.md", Span(0, 2), "m", "error", fix)
    (diagnostic,) = json.loads(render(report_of([finding], {"a.md": b"ab"}), "rdjson"))["diagnostics"]
    assert "suggestions" not in diagnostic


def test_gitlab_has_what_code_quality_asks_for(report: Report, empty: Report) -> None:
    issues = json.loads(render(report, "gitlab"))
    assert issues[0]["check_name"] == "broken-note"
    assert issues[0]["description"] == "no note is named 'Entrpy'; did you mean 'Entropy'?"
    assert issues[0]["location"]["path"] == "vault/Notes/A 1.md"
    assert issues[0]["location"]["positions"]["begin"] == {"line": 4, "column": 5}
    assert [issue["severity"] for issue in issues] == ["major", "major", "minor", "info"]
    assert json.loads(render(empty, "gitlab")) == []


def fingerprints(source: bytes) -> list[str]:
    found = [
        Finding("broken-note", "a.md", Span(match.start(), match.end()), f"no note is named {match[1]!r}", "error")
        for match in re.finditer(rb"\[\[(.)\]\]", source)
    ]
    issues = json.loads(render(report_of(found, {"a.md": source}), "gitlab"))
    return [issue["fingerprint"] for issue in issues]


def test_a_fingerprint_outlives_the_moving_of_lines() -> None:
    assert fingerprints(b"[[a]] [[b]] [[a]]\n") == fingerprints(b"new\n\n[[a]]\n  [[b]]\n[[a]]\n")


def test_fingerprints_are_unique_even_for_like_findings() -> None:
    assert len(set(fingerprints(b"[[a]] [[a]] [[a]]\n"))) == 3


def test_sarif_and_gitlab_know_a_finding_by_the_same_fingerprint(report: Report) -> None:
    (run,) = json.loads(render(report, "sarif"))["runs"]
    issues = json.loads(render(report, "gitlab"))
    assert [result["partialFingerprints"]["fmvault/v1"] for result in run["results"]] == [
        issue["fingerprint"] for issue in issues
    ]


def read_command(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as the runner reads it: its name, properties and message."""
    match = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line, flags=re.DOTALL)
    assert match
    properties = dict(part.split("=", 1) for part in match[2].split(","))
    for code, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        properties = {name: value.replace(code, character) for name, value in properties.items()}
    data = match[3].replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    return match[1], properties, data


def test_github_gets_one_command_a_finding(report: Report, empty: Report) -> None:
    commands = [read_command(line) for line in render(report, "github").split("\n")[:-1]]
    assert [command for command, _, _ in commands] == ["error", "error", "warning", "notice"]
    assert commands[0][1] == {
        "title": "broken-note",
        "file": "vault/Notes/A 1.md",
        "line": "4",
        "endLine": "4",
        "col": "5",
        "endColumn": "15",
    }
    assert commands[1][2] == "vault/Notes/A 1.md:4:20: [broken-note] no note is named 'Böse'"
    assert render(empty, "github") == ""


def test_github_gets_percent_signs_and_separators_escaped() -> None:
    finding = Finding("broken-note", "50%, a:b.md", Span(0, 0), "100%\n::error::no", "error")
    text = render(report_of([finding], {}, prefix=""), "github")
    assert "file=50%25%2C a%3Ab.md," in text
    assert text.endswith("100%25\\n::error::no\n")


def test_github_gets_no_columns_for_a_finding_over_several_lines() -> None:
    finding = Finding("mojibake", "a.md", Span(0, 3), "m", "warning")
    text = render(report_of([finding], {"a.md": b"a\nb"}), "github")
    assert text.startswith("::warning title=mojibake,file=vault/a.md,line=1,endLine=2::")


# -- statistics -------------------------------------------------------------------------------------------------------


def test_statistics_count_by_rule_the_most_frequent_first(report: Report) -> None:
    assert statistics(report, "full") == (
        "2  error    broken-note        1 fixable\n"
        "1  warning  mojibake\n"
        "1  info     unused-attachment\n"
        "\n"
        "Found 2 errors, 1 warning and 1 info in 2 notes, 3 links; 1 fixable.\n"
    )
    assert statistics(report, "concise", summary=False).count("\n") == 3


def test_statistics_of_nothing_are_valid_too(empty: Report) -> None:
    assert statistics(empty, "grouped") == "No findings in 2 notes, 3 links.\n"
    assert json.loads(statistics(empty, "json"))["statistics"] == []


def test_statistics_as_json_are_as_the_schema_says(report: Report) -> None:
    ours = schema("schemas/report.schema.json")
    written = json.loads(statistics(report, "json"))
    check(written, {"$schema": ours["$schema"], "$ref": "#/$defs/statistics", "$defs": ours["$defs"]})
    assert written["statistics"][0] == {"rule": "broken-note", "severity": "error", "count": 2, "fixable": 1}


def test_statistics_are_told_only_in_formats_there_are() -> None:
    assert set(STATISTICS) < set(FORMATS)


# -- text of strangers ------------------------------------------------------------------------------------------------

# Any code point at all, and often those that end lines, quote, escape or act.
ACTIVE = "\x00\t\n\r\x1b\x7f\x9b\u2028\u202e\u2066\ufeff\uffff\udcff'\"`;:,%&<>]|/\\ "
anything = st.text(st.characters(exclude_categories=()) | st.sampled_from(ACTIVE), min_size=1)


def strange(path: str, message: str, title: str, target: str, source: str) -> Report:
    raw = source.encode("utf-8", "surrogatepass") + b"\xff\n"
    span = Span(0, len(raw))
    link = Link(span, target, target, target, True, "markdown", -1, span)
    fix = Fix(title, (Edit(Span(0, 0), title),))
    return report_of([Finding("broken-note", path, span, message, "warning", fix, link)], {path: raw})


@given(anything, anything, anything, anything, anything)
def test_every_machine_format_stays_readable_whatever_a_vault_says(
    path: str, message: str, title: str, target: str, source: str
) -> None:
    report = strange(path, message, title, target, source)
    for format in FORMATS:
        render(report, format).encode("utf-8")
    check(json.loads(render(report, "json")), schema("schemas/report.schema.json"))
    assert len(render(report, "jsonl").split("\n")) == 2
    check(json.loads(render(report, "sarif")), schema("tests/schemas/sarif-2.1.0.schema.json"))
    check(json.loads(render(report, "rdjson")), schema("tests/schemas/rdformat.schema.json"))
    json.loads(render(report, "gitlab"))
    ElementTree.fromstring(render(report, "junit"))
    (line,) = render(report, "github").split("\n")[:-1]
    assert read_command(line)[1]["file"] == "vault/" + visible(path)


@given(anything, anything, anything, anything, anything)
def test_no_format_for_people_lets_a_control_character_through(
    path: str, message: str, title: str, target: str, source: str
) -> None:
    report = strange(path, message, title, target, source)
    for format in PEOPLE:
        text = render(report, format)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", text)
        # Nor can it pass for a finding of its own: each format has one head for the one finding, and the summary.
        assert len(re.findall(r"^(?:warning\[|vault/|Found )", text, flags=re.MULTILINE)) == 2
