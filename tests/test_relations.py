"""Typed edges between notes, cycles among them, and edges that others imply."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fmvault import markdown
from fmvault.config.in_force import RelationSettings
from fmvault.kinds.cycles import components, shortest_cycles
from fmvault.kinds.relations import DEFAULTS, Edge, Relation, Relations, relations
from fmvault.vault import Vault

ENABLES = relations({"requires": RelationSettings(inverse="enables")})


def of(notes: Mapping[str, str], types: Mapping[str, Relation] = DEFAULTS, others: Sequence[str] = ()) -> Relations:
    """The relations in a vault, given by the frontmatter of each note."""
    read = [markdown.parse(f"{name}.md", f"---\n{text}\n---\n".encode()) for name, text in notes.items()]
    return Relations(Vault(read, [*(note.path for note in read), *others]), types)


def shown(edge: Edge) -> str:
    """An edge as ``a requires b``; with the note that tells it where that is not the first."""
    said = f"{edge.source[:-3]} {edge.relation} {edge.target[:-3]}"
    return f"{said} ({edge.note[:-3]})" if edge.told_inverse else said


def told(within: Relations, name: str) -> list[str]:
    return [shown(edge) for edge in within.told(within.vault.notes[f"{name}.md"])]


def cycles(within: Relations, relation: str = "requires") -> list[list[str]]:
    return [[shown(edge) for edge in cycle] for cycle in within.cycles(relation)]


def redundant(within: Relations, relation: str = "requires") -> list[tuple[str, str]]:
    return [(shown(edge), " ".join(path[:-3] for path in detour)) for edge, detour in within.redundant(relation)]


# -- the types of relation --------------------------------------------------------------------------------------------


def test_six_relations_are_there_without_any_configuration() -> None:
    assert list(relations({})) == ["is-a", "part-of", "requires", "contrasts-with", "example-of", "related"]
    assert [name for name, relation in relations({}).items() if relation.acyclic] == ["is-a", "part-of", "requires"]
    assert [name for name, relation in relations({}).items() if relation.symmetric] == ["contrasts-with", "related"]
    assert relations({})["is-a"].excludes == {"part-of", "example-of"}


def test_a_relation_there_by_default_joins_no_source_but_for_related() -> None:
    barring = [name for name, relation in relations({}).items() if not relation.leads_to("source")]
    assert barring == ["is-a", "part-of", "requires", "contrasts-with", "example-of"]
    assert all(relation.leads_from("person") for relation in relations({}).values())


def test_the_kinds_that_are_written_stand_in_place_of_those_by_default_on_their_side() -> None:
    requires = relations({"requires": RelationSettings(sources=("source",))})["requires"]
    assert requires.leads_from("source")
    assert not requires.leads_from("concept")
    assert not requires.leads_to("source")
    assert requires.leads_to("concept")


def test_an_entry_for_a_relation_there_by_default_changes_only_the_keys_it_names() -> None:
    changed = relations({"requires": RelationSettings(transitive=False, excludes=("is-a",))})["requires"]
    assert changed == Relation(
        "requires", acyclic=True, barred=DEFAULTS["requires"].barred, excludes=frozenset({"is-a"})
    )


def test_a_relation_of_its_own_may_join_any_notes_and_promises_nothing() -> None:
    own = relations({"cites": RelationSettings()})
    assert list(own)[-1] == "cites"
    assert own["cites"] == Relation("cites")
    assert own["cites"].leads_to("source")


def test_an_inverse_that_is_a_relation_has_the_other_for_its_inverse() -> None:
    own = relations({"has-part": RelationSettings(inverse="part_of")})
    assert own["part-of"].inverse == "has-part"


# -- edges ------------------------------------------------------------------------------------------------------------


def test_a_property_named_after_a_relation_tells_an_edge_by_each_of_its_links() -> None:
    within = of(
        {"a": 'requires: ["[[b]]", "see [[b]]", "[[c|C]]"]\nis-a: "[[c#top]]"\nauthor: "[[b]]"', "b": "", "c": ""}
    )
    assert told(within, "a") == ["a requires b", "a requires c", "a is-a c"]
    assert told(within, "b") == []
    assert [within.edges[name] for name in ("part-of", "related")] == [[], []]


@pytest.mark.parametrize("key", ["is-a", "is_a", "Is a", "IS-A"])
def test_the_name_of_a_relation_may_be_written_in_several_ways(key: str) -> None:
    assert told(of({"a": f'{key}: "[[b]]"', "b": ""}), "a") == ["a is-a b"]
    assert Relations.key(key) == "is-a"


def test_the_inverse_of_a_relation_is_told_by_the_note_at_the_other_end() -> None:
    within = of({"a": 'Enables: "[[b]]"', "b": 'requires: "[[a]]"'}, ENABLES)
    assert told(within, "a") == ["b requires a (a)"]
    assert [shown(edge) for edge in within.edges["requires"]] == ["b requires a (a)", "b requires a"]
    link = within.edges["requires"][0].link
    assert (link.target, link.key) == ("b", "Enables")


def test_a_relation_that_is_the_inverse_of_another_tells_both() -> None:
    both = relations({"has-part": RelationSettings(inverse="part-of")})
    within = of({"a": 'part-of: "[[b]]"', "b": 'has-part: "[[a]]"'}, both)
    assert told(within, "a") == ["a part-of b", "b has-part a (a)"]
    assert told(within, "b") == ["b has-part a", "a part-of b (b)"]


def test_links_that_lead_to_no_note_tell_no_edge() -> None:
    text = 'requires: ["[[ghost]]", "[[picture.png]]", "[[plan.canvas]]", "[[b]]"]'
    within = of({"a": text, "b": ""}, others=("picture.png", "plan.canvas"))
    assert told(within, "a") == ["a requires b"]


def test_a_note_may_be_told_to_stand_in_a_relation_to_itself() -> None:
    assert told(of({"a": 'related: "[[a]]"'}), "a") == ["a related a"]


def test_the_edges_stand_in_the_order_of_the_notes_that_tell_them() -> None:
    within = of({"c": 'requires: ["[[b]]", "[[a]]"]', "a": 'enables: "[[c]]"', "b": 'requires: "[[a]]"'}, ENABLES)
    assert [shown(edge) for edge in within.edges["requires"]] == [
        "c requires a (a)",
        "b requires a",
        "c requires b",
        "c requires a",
    ]


# -- cycles -----------------------------------------------------------------------------------------------------------


def test_of_the_cycles_that_hang_together_the_shortest_is_told_edge_by_edge() -> None:
    within = of(
        {
            "a": 'requires: "[[b]]"',
            "b": 'requires: "[[c]]"',
            "c": 'requires: ["[[d]]", "[[b]]"]',
            "d": 'requires: "[[a]]"',
            "x": 'requires: ["[[x]]", "[[a]]"]',
            "p": 'requires: "[[q]]"',
            "q": "",
        }
    )
    assert cycles(within) == [["b requires c", "c requires b"], ["x requires x"]]


def test_of_cycles_as_long_the_first_by_its_notes_is_told() -> None:
    within = of(
        {
            "a": 'requires: ["[[d]]", "[[c]]"]',
            "b": 'requires: "[[a]]"',
            "c": 'requires: "[[b]]"',
            "d": 'requires: "[[b]]"',
        }
    )
    assert cycles(within) == [["a requires c", "c requires b", "b requires a"]]


def test_a_cycle_may_be_told_from_one_end_or_the_other() -> None:
    within = of({"a": 'requires: "[[b]]"\nenables: "[[b]]"', "b": ""}, ENABLES)
    assert cycles(within) == [["a requires b", "b requires a (a)"]]
    twice = of({"a": 'requires: "[[b]]"', "b": 'enables: "[[a]]"'}, ENABLES)
    assert cycles(twice) == []


def test_only_a_relation_that_has_to_have_no_cycle_is_asked_for_one() -> None:
    notes = {"a": 'related: "[[b]]"', "b": 'related: "[[a]]"'}
    assert cycles(of(notes), "related") == []


def test_only_the_edges_that_count_make_a_cycle() -> None:
    within = of({"a": 'requires: "[[b]]"', "b": 'requires: ["[[a]]", "[[c]]"]', "c": 'requires: "[[a]]"'})
    counting = within.cycles("requires", lambda edge: (edge.source, edge.target) != ("b.md", "a.md"))
    assert [[shown(edge) for edge in cycle] for cycle in counting] == [["a requires b", "b requires c", "c requires a"]]
    assert within.cycles("requires", lambda edge: edge.source != "a.md") == []


def test_what_has_no_cycle_is_found_out_without_networkx() -> None:
    script = (
        "import sys; from fmvault.kinds.cycles import shortest_cycles as s;"
        "assert s({'a': ['b', 'c'], 'b': ['c']}) == []; assert 'networkx' not in sys.modules;"
        "assert s({'a': ['b'], 'b': ['a']}) == [('a', 'b')]; assert 'networkx' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_ring_of_ten_thousand_notes_is_one_cycle() -> None:
    ring = [f"{index:05}" for index in range(10_000)]
    following = dict(zip(ring, [[node] for node in (*ring[1:], ring[0])], strict=True))
    assert shortest_cycles(following) == [tuple(ring)]


def test_where_everything_leads_to_everything_the_first_two_are_a_cycle() -> None:
    nodes = [f"{index:03}" for index in range(400)]
    assert shortest_cycles({node: [other for other in nodes if other != node] for node in nodes}) == [("000", "001")]


def test_where_the_search_is_given_up_a_cycle_is_told_all_the_same() -> None:
    count = 5_000
    nodes = [f"{index:05}" for index in range(count)]
    # Each cycle goes all the way round, by steps of one and of three.
    graph = {node: [nodes[(at + 1) % count], nodes[(at + 3) % count]] for at, node in enumerate(nodes)}
    (cycle,) = shortest_cycles(graph)
    assert len(cycle) == 1668
    assert all(target in graph[node] for node, target in zip(cycle, (*cycle[1:], cycle[0]), strict=True))


names = st.sampled_from("abcdefgh")
graphs = st.dictionaries(names, st.lists(names, unique=True, max_size=3))


def as_networkx(graph: Mapping[str, Sequence[str]]) -> networkx.DiGraph[str]:
    digraph: networkx.DiGraph[str] = networkx.DiGraph()
    digraph.add_edges_from((node, target) for node, targets in graph.items() for target in targets)
    return digraph


@settings(max_examples=300)
@given(graphs)
def test_the_cycle_told_is_the_first_of_the_shortest_of_its_component(graph: dict[str, list[str]]) -> None:
    digraph = as_networkx(graph)
    found = shortest_cycles(graph)
    assert bool(found) != networkx.is_directed_acyclic_graph(digraph)
    every = []
    for cycle in networkx.simple_cycles(digraph):
        least = cycle.index(min(cycle))
        every.append((*cycle[least:], *cycle[:least]))
    expected = [
        min((cycle for cycle in every if cycle[0] in nodes), key=lambda cycle: (len(cycle), cycle))
        for nodes in components(graph)
    ]
    assert found == expected


# -- what others imply ------------------------------------------------------------------------------------------------


def test_an_edge_that_others_imply_is_told_with_the_shortest_way_round() -> None:
    within = of(
        {
            "a": 'requires: ["[[b]]", "[[c]]", "[[d]]", "[[e]]"]',
            "b": 'requires: "[[c]]"',
            "c": 'requires: "[[d]]"',
            "d": "",
            "e": "",
        }
    )
    assert redundant(within) == [("a requires c", "a b c"), ("a requires d", "a c d")]


def test_an_edge_told_from_both_ends_implies_nothing_and_is_told_from_both_where_it_is_implied() -> None:
    pair = {"a": 'requires: "[[b]]"', "b": 'enables: "[[a]]"'}
    assert redundant(of(pair, ENABLES)) == []
    three = {
        "a": 'requires: ["[[b]]", "[[c]]"]',
        "b": 'requires: "[[c]]"',
        "c": 'enables: "[[a]]"',
    }
    assert redundant(of(three, ENABLES)) == [("a requires c", "a b c"), ("a requires c (c)", "a b c")]


def test_nothing_is_implied_by_a_relation_that_is_not_transitive() -> None:
    notes = {"a": 'example-of: ["[[b]]", "[[c]]"]', "b": 'example-of: "[[c]]"', "c": ""}
    assert redundant(of(notes), "example-of") == []


def test_edges_of_a_cycle_neither_are_implied_nor_imply() -> None:
    within = of(
        {
            "a": 'requires: ["[[b]]", "[[c]]"]',
            "b": 'requires: ["[[c]]", "[[a]]"]',
            "c": 'requires: ["[[d]]", "[[e]]"]',
            "d": 'requires: ["[[e]]", "[[d]]"]',
            "e": "",
        }
    )
    # a and b lead to each other, and d to itself.
    assert redundant(within) == [("c requires e", "c d e")]


def test_only_edges_that_count_are_implied_and_imply() -> None:
    within = of({"a": 'requires: ["[[b]]", "[[c]]"]', "b": 'requires: "[[c]]"', "c": ""})
    assert len(within.redundant("requires", lambda edge: True)) == 1
    assert within.redundant("requires", lambda edge: edge.source != "b.md") == []


def test_in_a_long_chain_its_shortcuts_are_found_and_the_longest_of_all() -> None:
    count = 10_000
    links = {at: [at + 1, at + 2] for at in range(0, count - 2, 2)} | {at: [at + 1] for at in range(1, count - 1, 2)}
    links[count - 2] = [count - 1]
    links[1].append(count - 1)
    notes = {
        f"{at:05}": "requires: [{}]".format(", ".join(f'"[[{target:05}]]"' for target in links.get(at, ())))
        for at in range(count)
    }
    found = of(notes).redundant("requires")
    assert len(found) == (count - 2) // 2 + 1
    longest = max((path for _, path in found), key=len)
    assert (longest[0], longest[-1], len(longest)) == ("00001.md", "09999.md", 5001)


@settings(max_examples=300)
@given(graphs)
def test_what_is_implied_is_what_a_transitive_reduction_leaves_out(graph: dict[str, list[str]]) -> None:
    # Edges that follow the alphabet make no cycle.
    ordered = {node: [target for target in targets if target > node] for node, targets in graph.items()}
    notes = dict.fromkeys("abcdefgh", "requires: []") | {
        node: "requires: [{}]".format(", ".join(f'"[[{target}]]"' for target in targets))
        for node, targets in ordered.items()
    }
    digraph = as_networkx(ordered)
    left_out = set(digraph.edges) - set(networkx.transitive_reduction(digraph).edges)
    found = of(notes).redundant("requires")
    assert {(edge.source[:-3], edge.target[:-3]) for edge, _ in found} == left_out
    for edge, path in found:
        assert (path[0], path[-1]) == (edge.source, edge.target)
        assert len(path) > 2
        assert all(digraph.has_edge(start[:-3], end[:-3]) for start, end in pairwise(path))
