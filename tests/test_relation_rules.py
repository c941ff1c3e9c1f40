"""The rules on relations where no page can show it: what a fix writes, and where a fault of two notes stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmvault import config, markdown
from fmvault.kinds.concepts import Terms
from fmvault.kinds.relations import DEFAULTS
from fmvault.lint.rules import relations
from fmvault.lint.run import RULES_BY_NAME, check
from fmvault.model import Finding, Json, Note
from fmvault.vault import Vault, fold
from tests import pages

KNOWN = config.Known(rules=RULES_BY_NAME, relations=DEFAULTS)
CONTRASTS = b"[relations.contrasts-with]\n"
ENABLES = b'[relations.requires]\ninverse = "enables"\n'


def vault_of(notes: Mapping[str, bytes]) -> Vault:
    read = [markdown.parse(f"{name}.md", source, keep_text=True) for name, source in notes.items()]
    return Vault(read, [note.path for note in read])


def found(
    notes: Mapping[str, bytes],
    settings: bytes = CONTRASTS,
    name: str = "missing-inverse",
    reported: Collection[str] | None = None,
) -> list[Finding]:
    """The findings of one rule, in all notes or in those that are reported on."""
    vault = vault_of(notes)
    concepts = Terms(config.load("fmvault.toml", settings, KNOWN), lambda path: b"").of(vault)
    paths = vault.notes if reported is None else [f"{each}.md" for each in reported]
    return check(vault, {name: "warning"}, {}, paths, concepts=concepts)


def mended(notes: Mapping[str, bytes], settings: bytes = CONTRASTS) -> Mapping[str, bytes]:
    """The notes once the fixes are made."""
    fixes = [(finding.path[:-3], finding.fix) for finding in found(notes, settings)]
    return {
        name: pages.apply(source, [fix for path, fix in fixes if path == name and fix])
        for name, source in notes.items()
    }


def properties(source: bytes) -> list[tuple[str, Json]]:
    return [(each.key, each.value) for each in read(source).properties]


def read(source: bytes) -> Note:
    return markdown.parse("B.md", source)


def telling(*targets: str, relation: str = "contrasts-with") -> bytes:
    entries = "".join(f"  - '[[{target}]]'\n" for target in targets)
    return f"---\n{relation}:\n{entries}---\n".encode()


# -- what the fix of missing-inverse writes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b'---\ncontrasts-with:\n  - "[[A]]"\n---\n'),
        (b"Text.\n", b'---\ncontrasts-with:\n  - "[[A]]"\n---\nText.\n'),
        (b"Text.\r\nMore.", b'---\r\ncontrasts-with:\r\n  - "[[A]]"\r\n---\r\nText.\r\nMore.'),
        (b"\xef\xbb\xbfText.", b'\xef\xbb\xbf---\ncontrasts-with:\n  - "[[A]]"\n---\nText.'),
        (b"---\nText below a line.\n", b'---\ncontrasts-with:\n  - "[[A]]"\n---\n---\nText below a line.\n'),
        (b"---\n---\n", b'---\ncontrasts-with:\n  - "[[A]]"\n---\n'),
        (b"\xef\xbb\xbf---\na: 1\n---", b'\xef\xbb\xbf---\na: 1\ncontrasts-with:\n  - "[[A]]"\n---'),
        (b"---\r\na: 1\r\n---\r\nText.", b'---\r\na: 1\r\ncontrasts-with:\r\n  - "[[A]]"\r\n---\r\nText.'),
        (b"---\na: |\n  b\n\n---\n", b'---\na: |\n  b\n\ncontrasts-with:\n  - "[[A]]"\n---\n'),
        (
            b"---\r\ncontrasts-with:\r\n- '[[C]]'\r\n---\r\n",
            b"---\r\ncontrasts-with:\r\n- '[[C]]'\r\n- \"[[A]]\"\r\n---\r\n",
        ),
        (b"---\ncontrasts-with: [\n  C,\n]\n---\n", b'---\ncontrasts-with: [\n  C, "[[A]]",\n]\n---\n'),
        (b"---\ncontrasts-with:\r\n---\n", b'---\ncontrasts-with:\n  - "[[A]]"\r\n---\n'),
        (b"---\ncontrasts-with: C\r\n---\r\n", b'---\ncontrasts-with:\n  - C\n  - "[[A]]"\r\n---\r\n'),
        (b'---\ncontrasts-with: "" # none\n---\n', b'---\ncontrasts-with: # none\n  - "[[A]]"\n---\n'),
        (b"---\ncontrasts-with: ~\n---\n", b'---\ncontrasts-with:\n  - "[[A]]"\n---\n'),
        (b"---\ncontrasts-with:\n  - C\n  -\n---\n", b'---\ncontrasts-with:\n  - C\n  -\n  - "[[A]]"\n---\n'),
        (b"---\n'Contrasts with': 12\n---\n", b"---\n'Contrasts with':\n  - 12\n  - \"[[A]]\"\n---\n"),
    ],
)
def test_the_link_is_added_as_the_note_is_written(before: bytes, after: bytes) -> None:
    assert mended({"A": telling("B"), "B": before})["B"] == after


@pytest.mark.parametrize(
    "yaml",
    [
        "{contrasts-with: C}",
        "contrasts-with: {C: D}",
        "contrasts-with: &a C",
        "a: &a [C]\ncontrasts-with: *a",
        "contrasts-with: !!str C",
        "contrasts-with: |\n  C",
        "contrasts-with: C\n  D",
        'contrasts-with: "C\n  D"',
        "contrasts-with:\n  - C\n  - D\n    E",
        "contrasts-with:\n  - C\n  - [D,\n    E]",
        "contrasts-with: C\nContrasts with: D",
        "  a: 1",
        "? contrasts-with\n: C",
    ],
)
def test_no_fix_is_offered_for_what_is_not_safely_changed(yaml: str) -> None:
    (finding,) = found({"A": telling("B"), "B": f"---\n{yaml}\n---\n".encode()})
    assert finding.path == "B.md"
    assert finding.fix is None


@pytest.mark.parametrize("name", ["C#", "a|b", "a^b#c", "a]", "{{a}}"])
def test_no_fix_is_offered_where_no_link_can_hold_the_name(name: str) -> None:
    findings = found({name: telling("B"), "B": b"Text."})
    assert [(finding.path, finding.fix) for finding in findings] == [("B.md", None)]


@pytest.mark.parametrize(
    "source",
    [b"---\ncontrasts-with: [\n---\n", b"---\na: 1\nb: 2\n", b"\xff\xfeT\0", b"---\ncontrasts-with: '[[\xff]]'\n---\n"],
)
def test_nothing_is_asked_of_a_note_that_cannot_be_read(source: bytes) -> None:
    assert found({"A": telling("B"), "B": source}) == []


def test_a_hundred_links_that_are_missing_are_one_finding() -> None:
    notes = {f"A{number:03}": telling("B", relation="requires") for number in range(100)}
    (finding,) = found(notes | {"B": b"Text."}, ENABLES)
    assert finding.message == "'requires' leads from 'A000', 'A001' and 98 more to 'B', and no 'enables' leads back"
    assert finding.fix is not None
    assert finding.fix.title == "Add 'A000', 'A001' and 98 more to 'enables'"
    assert found(mended(notes | {"B": b"Text."}, ENABLES), ENABLES) == []


def test_the_fixes_of_several_relations_are_made_at_once() -> None:
    settings = CONTRASTS + ENABLES + b"[relations.rival]\nsymmetric = true\n"
    a = b'---\ncontrasts-with: "[[B]]"\nrequires: "[[B]]"\nrival: "[[B]]"\nenables: "[[B]]"\n---\n'
    fixed = mended({"A": a, "B": b'---\ntitle: B\nrival: "[[C]]"\nrequires:\n---\n'}, settings)
    assert (
        fixed["B"] == b'---\ntitle: B\nrival:\n  - "[[C]]"\n  - "[[A]]"\nrequires:\n  - "[[A]]"\n'
        b'enables:\n  - "[[A]]"\ncontrasts-with:\n  - "[[A]]"\n---\n'
    )
    assert found(fixed, settings) == []


@pytest.mark.parametrize("inverse", ["enables: # so", "null", "12", "- a", '"quoted" \\', "été 🚀", "*", "a: b"])
def test_a_property_may_have_any_name(inverse: str) -> None:
    settings = f"[relations.requires]\ninverse = '{inverse}'\n".encode()
    fixed = mended({"A": telling("B", relation="requires"), "B": b"---\na: 1\n---\n"}, settings)
    assert properties(fixed["B"]) == [("a", 1), (inverse, ["[[A]]"])]
    assert found(fixed, settings) == []


# Names that a link can hold, and what YAML may stumble over.
NAMES = st.text("ab é'\"&*!%@,🚀-?:>\\~`=;$()", min_size=1, max_size=6).filter(
    lambda name: name == name.strip() and fold(name) != "b"
)
OTHER = st.sampled_from(
    [
        "tags: [x, y]",
        "aliases:\n  - One\n  - 'Two'",
        "created: 2026-11-22",
        "note: |\n  lines\n\n  more",
        "note: folded\n  on",
        "map: {a: 1}",
        "deep:\n  a:\n    - 1",
        "# a comment",
        "",
        'up: "[[C]]"',
        "empty:",
        "anchor: &x 1\nagain: *x",
        "'quoted key': \"a # b\" # c",
    ]
)
KEYS = st.sampled_from(["contrasts-with", "Contrasts with", "contrasts_with", '"CONTRASTS-WITH"', "'contrasts with'"])
VALUES = st.sampled_from(
    [
        "",
        " ",
        " # a comment",
        " null",
        " ~ # none",
        ' ""',
        " ''",
        " C",
        ' "[[C]]"',
        " '[[C]]' # a comment",
        " 12",
        " true",
        " 2026-01-01",
        " []",
        " [ ]",
        " [C]",
        ' ["[[C]]", D, ]',
        " [\n  C,\n  D # a comment\n  ]",
        "\n  - C",
        "\n- C\n- '[[D]]' # a comment",
        '\n    -   "[[C]]"\n    -   D',
        "\n  # a comment\n  - C\n\n  # another",
        "\n  - {a: 1}",
        "\n  - a: 1",
        "\n  - [C]",
        "\n  - 'C'\n  - ",
    ]
)


@st.composite
def frontmatters(draw: st.DrawFn) -> str:
    """Properties among which, mostly, is one that is to have more entries."""
    lines = draw(st.lists(OTHER, max_size=4, unique_by=lambda line: line.partition(":")[0]))
    if draw(st.booleans()) or draw(st.booleans()):
        lines.insert(draw(st.integers(0, len(lines))), f"{draw(KEYS)}:{draw(VALUES)}")
    return "".join(f"{line}\n" for line in lines)


def agrees(names: Sequence[str], source: bytes, fixed: bytes) -> None:
    """The fixed note says what it said, and leads to all that it was to lead to."""
    before, after = properties(source), properties(fixed)
    changed = [index for index, pair in enumerate(before) if pair != after[index]]
    added = after[len(before) :]
    assert len(changed) + len(added) == 1
    key, value = (after[changed[0]] if changed else added[0]) if changed or added else ("", None)
    old = before[changed[0]][1] if changed else None
    assert fold(key).replace(" ", "-").replace("_", "-") == "contrasts-with"
    links = [f"[[{name}]]" for name in sorted(names, key=lambda name: f"{name}.md")]
    assert value == [*(old if isinstance(old, list) else [old] if old not in (None, "") else []), *links]
    assert source[read(source).body :] == fixed[read(fixed).body :]
    assert not any(defect.fault == "malformed-frontmatter" for defect in read(fixed).defects)


@given(
    frontmatters(),
    st.lists(NAMES, min_size=1, max_size=3, unique_by=fold),
    st.sampled_from(["", "\ufeff"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "Text.\n", "\n---\nText", "- a list\n"]),
)
def test_a_fix_adds_the_links_and_changes_nothing_else(
    yaml: str, names: list[str], mark: str, line_break: str, body: str
) -> None:
    source = (mark + f"---\n{yaml}---\n{body}".replace("\n", line_break)).encode()
    notes = {"B": source} | dict.fromkeys(names, telling("B"))
    fixed = mended(notes)
    assert fixed["B"] != source
    agrees(names, source, fixed["B"])
    assert found(fixed) == []


@given(
    st.lists(
        st.one_of(OTHER, st.text("ab:-#\"'[]{}&*|> \t\r", max_size=12), st.builds("{}:{}".format, KEYS, VALUES)),
        max_size=5,
    ),
    st.text("ab:-#\"'[]{}&*|\n ", max_size=12),
)
def test_whatever_stands_there_a_fix_that_is_offered_is_right(lines: list[str], body: str) -> None:
    source = "\n".join(["---", *lines, "---", body] if lines else [body]).encode()
    notes = {"A": telling("B"), "B": source}
    for finding in found(notes):
        if finding.path == "B.md" and finding.fix:
            fixed = mended(notes)
            agrees(["A"], source, fixed["B"])
            assert found(fixed) == []


# -- where a fault of several notes stands ----------------------------------------------------------------------------


def test_a_missing_inverse_is_told_at_the_link_when_only_the_note_with_the_link_is_checked() -> None:
    notes = {"A": telling("B", "C"), "B": b"---\ntype: x\n---\n", "C": telling("A"), "D": telling("B")}
    assert [(each.path, each.span.start) for each in found(notes)] == [("B.md", 10)]
    here = found(notes, reported=["A"])
    assert [(each.path, each.span.start, each.fix) for each in here] == [("A.md", notes["A"].index(b"[[B]]"), None)]
    assert [each.path for each in found(notes, reported=["D"])] == ["D.md"]
    assert [each.path for each in found(notes, reported=["D", "B"])] == ["B.md"]
    assert found(notes, reported=["C"]) == []


def test_a_circle_is_told_once_at_the_first_of_its_notes_that_is_checked() -> None:
    circle = {"A": "B", "B": "C", "C": "A"}
    notes = {name: telling(target, relation="requires") for name, target in circle.items()}
    name = "relation-cycle"
    assert [each.path for each in found(notes, ENABLES, name)] == ["A.md"]
    assert [each.path for each in found(notes, ENABLES, name, ["C", "B"])] == ["B.md"]
    assert [each.path for each in found(notes, ENABLES, name, ["C"])] == ["C.md"]


def test_what_both_notes_tell_is_redundant_once() -> None:
    notes = {
        "A": telling("B", "C", relation="requires"),
        "B": telling("C", relation="requires"),
        "C": telling("A", relation="enables"),
    }
    name = "redundant-relation"
    assert [each.path for each in found(notes, ENABLES, name)] == ["A.md"]
    assert [each.path for each in found(notes, ENABLES, name, ["C"])] == ["C.md"]


# -- relations that are each other's inverse --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        b'[relations.requires]\ninverse = "enables"\n[relations.enables]\nacyclic = true\ntransitive = true\n',
        b'[relations.enables]\ninverse = "requires"\nacyclic = true\ntransitive = true\n',
    ],
)
def test_a_relation_and_its_inverse_are_one_fault_though_both_are_relations(settings: bytes) -> None:
    circle = {"A": telling("B", relation="requires"), "B": telling("A", relation="requires")}
    assert len(found(circle, settings, "relation-cycle")) == 1
    chain = {"A": telling("B", "C", relation="requires"), "B": telling("C", relation="requires"), "C": b"Text."}
    assert [each.path for each in found(chain, settings, "redundant-relation")] == ["A.md"]
    assert [each.path for each in found(chain, settings)] == ["B.md", "C.md"]
    fixed = mended(chain, settings)
    assert properties(fixed["C"]) == [("enables", ["[[A]]", "[[B]]"])]
    assert found(fixed, settings) == []


def test_every_rule_on_relations_asks_the_concepts() -> None:
    family = [rule for rule in RULES_BY_NAME.values() if rule.family == "relations"]
    assert [rule.of_concepts for rule in family] == [True] * 5
    assert [rule.name for rule in family if rule.of_text] == [relations.missing_inverse.name]
