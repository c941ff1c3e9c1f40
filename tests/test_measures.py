"""What is counted of a concept graph: small cases by hand, and networkx's own answers on any graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmvault import markdown
from fmvault.config import Known, load
from fmvault.graph import ConceptGraph, build
from fmvault.graph.measures import (
    Undirected,
    betweenness,
    communities,
    cuts,
    degrees,
    depths,
    modularity,
    undirected,
)
from fmvault.kinds.concepts import Concepts, Terms
from fmvault.vault import Vault


def graph(files: Mapping[str, str]) -> ConceptGraph:
    """The graph of notes, with the relations there are by default."""
    notes = [markdown.parse(path, text.encode(), keep_text=True) for path, text in files.items()]
    terms = Terms(load("fmvault.toml", "", Known({}, ("full",))), lambda path: b"")
    return build(Concepts(Vault(notes, list(files)), terms))


def joined(*pairs: tuple[int, int], count: int = 0) -> Undirected:
    """A graph of numbered nodes, joined by single links."""
    return Undirected(max([count, *(1 + max(pair) for pair in pairs)]), {(min(pair), max(pair)): 1 for pair in pairs})


@st.composite
def graphs(draw: st.DrawFn) -> Undirected:
    """Graphs of up to fifteen nodes."""
    count = draw(st.integers(1, 15))
    node = st.integers(0, count - 1)
    pairs = draw(st.sets(st.tuples(node, node).filter(lambda pair: pair[0] < pair[1]), max_size=30))
    return Undirected(count, {pair: draw(st.integers(1, 3)) for pair in sorted(pairs)})


def members(of: Undirected, rank: Sequence[float] | None = None) -> list[list[int]]:
    return [list(each.members) for each in communities(of, rank or [0.0] * of.count)]


# -- degrees, components and depth -------------------------------------------------------------------------------------


def test_degrees_count_other_notes_not_links() -> None:
    of = graph({"a.md": "[[b]] [[b]] [[c]]", "b.md": "---\nrequires: '[[a]]'\n---\n[[a]]", "c.md": ""})
    assert degrees(of) == ([1, 1, 1], [2, 1, 0])


def test_links_in_both_directions_and_of_all_types_join_once() -> None:
    of = undirected(graph({"a.md": "[[b]] [[b]]", "b.md": "---\nrequires: '[[a]]'\n---\n"}))
    assert (of.pairs, of.weights) == ([(0, 1)], [3])


def test_the_largest_component_comes_first() -> None:
    assert joined((0, 1), (2, 3), (3, 4), count=6).components == [[2, 3, 4], [0, 1], [5]]


def test_depth_is_the_longest_chain_below() -> None:
    of = graph(
        {
            "a.md": "---\nrequires: ['[[b]]', '[[d]]']\n---\n",
            "b.md": "---\nrequires: '[[c]]'\n---\n",
            "c.md": "---\nrequires: '[[d]]'\n---\n",
            "d.md": "",
            "e.md": "[[a]]",
        }
    )
    assert depths(of) == [3, 2, 1, 0, None]


def test_notes_of_a_circle_are_as_deep_as_one_another() -> None:
    of = graph(
        {
            "a.md": "---\nrequires: '[[b]]'\n---\n",
            "b.md": "---\nrequires: ['[[c]]', '[[d]]']\n---\n",
            "c.md": "---\nrequires: '[[b]]'\n---\n",
            "d.md": "",
        }
    )
    assert depths(of) == [2, 1, 1, 0]


# -- what holds it together --------------------------------------------------------------------------------------------


def test_a_bridge_is_the_only_way_between_two_sides() -> None:
    # Two triangles, joined by the line from 2 to 3, and a tail from 5 to 6.
    of = joined((0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (3, 5), (4, 5), (5, 6))
    found = cuts(of)
    assert found.bridges == [(2, 3), (5, 6)]
    # Without 2 there are {0, 1} and four others; without 3 three on either side; without 5 only 6 comes off.
    assert found.apart == [0, 0, 2, 3, 0, 1, 0]


def test_the_middle_of_a_star_holds_all_but_one() -> None:
    assert cuts(joined((0, 1), (0, 2), (0, 3), (0, 4))).apart == [3, 0, 0, 0, 0]


@given(graphs())
def test_bridges_and_articulation_points_are_those_that_networkx_finds(of: Undirected) -> None:
    found = cuts(of)
    # networkx says that it yields nodes; it yields pairs of them.
    expected: list[tuple[int, int]] = list(networkx.bridges(of.graph))  # type: ignore[arg-type]
    assert found.bridges == sorted((min(pair), max(pair)) for pair in expected)
    points = set(networkx.articulation_points(of.graph))
    assert {node for node, apart in enumerate(found.apart) if apart} == points
    for node in points:
        rest = of.graph
        component = networkx.node_connected_component(rest, node) - {node}
        rest.remove_node(node)
        parts = [len(part) for part in networkx.connected_components(rest.subgraph(component))]
        assert found.apart[node] == sum(parts) - max(parts)


def test_a_long_chain_is_no_trouble() -> None:
    of = joined(*((node, node + 1) for node in range(30_000)))
    assert cuts(of).apart[15_000] == 15_000


# -- go-betweens -------------------------------------------------------------------------------------------------------


def test_the_middle_of_a_path_lies_between_most() -> None:
    # Of the six pairs of others, three have their path through 1, four through 2 and three through 3.
    assert betweenness(joined((0, 1), (1, 2), (2, 3), (3, 4))) == pytest.approx([0, 3 / 6, 4 / 6, 3 / 6, 0])


@given(graphs())
def test_betweenness_is_what_networkx_finds(of: Undirected) -> None:
    expected = networkx.betweenness_centrality(of.graph)
    assert betweenness(of) == pytest.approx([expected[node] for node in range(of.count)])


def test_betweenness_of_a_sample_is_near_the_exact_one() -> None:
    of = _grown(400)
    exact, sampled = betweenness(of, exact=400), betweenness(of, sample=200, exact=0)
    assert sampled != exact
    assert sampled == betweenness(of, sample=200, exact=0)
    highest = max(exact)
    assert max(abs(one - other) for one, other in zip(exact, sampled, strict=True)) < 0.2 * highest


def _grown(count: int) -> Undirected:
    return Undirected(count, dict.fromkeys(networkx.barabasi_albert_graph(count, 2, seed=3).edges, 1))


# -- communities -------------------------------------------------------------------------------------------------------


def _cliques(*sizes: int) -> dict[tuple[int, int], int]:
    """Nodes all joined to each other, group by group, and each group to the next by one link."""
    pairs: dict[tuple[int, int], int] = {}
    start = 0
    for size in sizes:
        nodes = range(start, start + size)
        pairs |= {(one, other): 1 for one in nodes for other in nodes if one < other}
        if start:
            pairs[start - 1, start] = 1
        start += size
    return pairs


def test_communities_are_told_apart_the_largest_first() -> None:
    of = Undirected(13, _cliques(4, 5, 3))
    assert members(of) == [[4, 5, 6, 7, 8], [0, 1, 2, 3], [9, 10, 11], [12]]


def test_a_community_is_named_after_its_most_central_node() -> None:
    of = Undirected(8, _cliques(4, 4))
    assert [each.node for each in communities(of, [0, 3, 1, 3, 1, 2, 1, 9])] == [1, 7]


def test_a_new_node_joins_its_neighbours_and_the_others_stay() -> None:
    before = {node: 7 if node < 4 else 2 for node in range(8)}
    pairs = _cliques(4, 4) | {(0, 8): 1, (1, 8): 1, (7, 8): 1}
    found = communities(Undirected(10, pairs), [0.0] * 10, before)
    assert [list(each.members) for each in found] == [[0, 1, 2, 3, 8], [4, 5, 6, 7], [9]]


def test_communities_that_have_become_bad_are_found_anew() -> None:
    before = {node: node % 2 for node in range(8)}
    of = Undirected(8, _cliques(4, 4))
    assert [list(each.members) for each in communities(of, [0.0] * 8, before)] == [[0, 1, 2, 3], [4, 5, 6, 7]]


@given(graphs())
def test_communities_part_the_nodes_are_stable_and_no_worse_than_none(of: Undirected) -> None:
    rank = [float(node % 4) for node in range(of.count)]
    found = communities(of, rank)
    assert sorted(node for each in found for node in each.members) == list(range(of.count))
    group = {node: number for number, each in enumerate(found) for node in each.members}
    assert communities(of, rank, group) == found
    if of.pairs:
        weighted: networkx.Graph[int] = networkx.Graph()
        weighted.add_nodes_from(range(of.count))
        weighted.add_weighted_edges_from(
            (one, other, weight) for (one, other), weight in zip(of.pairs, of.weights, strict=True)
        )
        expected = networkx.community.modularity(weighted, [set(each.members) for each in found])
        assert modularity(of, [group[node] for node in range(of.count)]) == pytest.approx(expected)
        assert expected >= -1e-9


@pytest.mark.parametrize("count", [0, 1, 2])
def test_next_to_nothing_can_be_measured(count: int) -> None:
    of = Undirected(count, {})
    assert (cuts(of).bridges, betweenness(of), members(of)) == ([], [0.0] * count, [[node] for node in range(count)])
