"""``fmvault stats``: the numbers of a vault, and how they have changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import jsonschema
import msgspec

from fmvault import config, markdown
from fmvault.graph import ConceptGraph, build
from fmvault.graph.stats import Bridge, Change, Count, Month, NoteName, Stats, changes, rows, stats
from fmvault.kinds.concepts import Terms
from fmvault.vault import Vault

SCHEMA = json.loads((Path(__file__).parents[1] / "schemas/stats.schema.json").read_text(encoding="utf-8"))

FILES = {
    "a.md": "---\ntype: concept\ncreated: 2026-10-01\nrequires: '[[b]]'\n---\n[[b]] [[c]]",
    "b.md": "---\ntype: concept\ncreated: 2026-11-02\n---\n[[Missing]]",
    "c.md": "---\ncreated: 2026-11-30\n---\n",
    "d.md": "[[e]]",
    "e.md": "",
    "f.md": "",
}


def graph(files: Mapping[str, str]) -> ConceptGraph:
    notes = [markdown.parse(path, text.encode(), keep_text=True) for path, text in files.items()]
    read = config.load("fmvault.toml", "[kinds.concept]\n", config.Known({}, ("full",)))
    return build(Terms(read, lambda path: b"").of(Vault(notes, list(files))))


def numbers(files: Mapping[str, str]) -> Stats:
    found = stats(graph(files), "vault")
    jsonschema.validate(json.loads(msgspec.json.encode(found)), SCHEMA)
    return found


def test_a_vault_in_numbers() -> None:
    found = numbers(FILES)
    assert (found.notes, found.links, found.pairs, found.ghosts) == (6, 5, 4, 1)
    assert found.kinds == [Count("concept", 2), Count(None, 4)]
    assert found.types == [Count("mentions", 4), Count("requires", 1)]
    # a-b, a-c and d-e, of fifteen pairs of notes.
    assert found.density == 0.2
    assert (found.orphans, found.islands, found.largest, found.bridges) == (1, 1, 4, 3)
    # Without a there is nothing between b and c. That nothing but b leads to the missing note is no matter.
    assert found.bridge_notes == [Bridge(NoteName("a", "a.md"), 1)]
    # All that d has goes to e, and of what a has two thirds go to b.
    assert [each.note.name for each in found.central[:2]] == ["e", "b"]
    assert found.growth == [Month("2026-10", 1, 1), Month("2026-11", 2, 3)]
    assert found.undated == 3


def test_what_has_changed_is_told_by_name() -> None:
    now = {**FILES, "Missing.md": "---\ntype: concept\n---\n"}
    del now["f.md"]
    before, after = graph(FILES), graph(now)
    found = changes("HEAD~1", (stats(before, "vault"), before), (stats(after, "vault"), after))
    assert (found.added, found.removed, found.written) == (["Missing.md"], ["f.md"], ["Missing"])
    assert [each for each in found.numbers if each.name != "density"] == [
        Change("ghosts", 1, 0),
        Change("orphans", 1, 0),
        # From b to the note that was missing.
        Change("bridges", 3, 4),
        Change("notes of kind concept", 2, 3),
        Change("notes of no kind", 4, 3),
    ]
    whole = msgspec.structs.replace(stats(after, "vault"), since=found)
    jsonschema.validate(json.loads(msgspec.json.encode(whole)), SCHEMA)
    assert ("since HEAD~1", "-1", "orphans") in list(rows(whole))


def test_nothing_has_changed_in_the_same_vault() -> None:
    one = graph(FILES)
    found = changes("HEAD", (stats(one, "vault"), one), (stats(one, "vault"), one))
    assert (found.numbers, found.added, found.removed, found.written) == ([], [], [], [])


def test_an_empty_vault_has_numbers() -> None:
    assert numbers({}).density == 0
    assert list(rows(numbers({})))
