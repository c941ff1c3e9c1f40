"""Where nodes stand: the same every time, kept from one build to the next, and none far off."""

from __future__ import annotations

from math import dist

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fmvault.graph.layout import EDGE, Before, Map, lay_out
from fmvault.graph.measures import Undirected


def grown(count: int, orphans: int = 0) -> Undirected:
    """A graph in which some nodes have many neighbours and most have few."""
    tree = networkx.barabasi_albert_graph(count, 2, seed=5)
    return Undirected(count + orphans, {(min(pair), max(pair)): 1 for pair in tree.edges})


def names(of: Undirected) -> list[str]:
    return [f"note {node}.md" for node in range(of.count)]


def mapped(of: Undirected, before: Before | None = None) -> Map:
    return lay_out(of, names(of), [node % 5 for node in range(of.count)], before)


def kept(of: Map) -> Before:
    """A map as the next build is handed it."""
    return Before(dict(enumerate(zip(of.x, of.y, strict=True))), of.added, of.length)


def places(of: Map) -> list[tuple[int, int]]:
    return list(zip(of.x, of.y, strict=True))


@pytest.mark.parametrize("count", [30, 600])
def test_the_same_graph_has_the_same_map(count: int) -> None:
    assert mapped(grown(count)) == mapped(grown(count))


@pytest.mark.parametrize("count", [30, 600])
def test_a_map_that_is_built_again_is_the_same(count: int) -> None:
    of = grown(count, orphans=7)
    first = mapped(of)
    assert mapped(of, kept(first)) == first


@pytest.mark.parametrize("count", [30, 600])
def test_a_new_note_stands_beside_its_neighbours_and_moves_no_other(count: int) -> None:
    of = grown(count)
    first = mapped(of)
    more = Undirected(count + 2, {**dict.fromkeys(of.pairs, 1), (3, count): 1})
    second = mapped(more, kept(first))
    assert places(second)[:count] == places(first)
    width = max(first.x) - min(first.x)
    assert dist(places(second)[count], places(first)[3]) < width / 5
    # The other one has no neighbours.
    assert len({*places(second)}) == count + 2
    assert second.added == 2


def test_a_note_that_has_gone_moves_no_other() -> None:
    of = grown(600)
    first = mapped(of)
    less = Undirected(599, {pair: 1 for pair in of.pairs if pair[1] < 599})
    assert places(mapped(less, kept(first)))[:599] == places(first)[:599]


def test_a_map_to_which_much_was_added_is_laid_out_again_from_where_it_stands() -> None:
    of = grown(600)
    first = mapped(of)
    more = Undirected(700, {**dict.fromkeys(of.pairs, 1), **{(node - 600, node): 1 for node in range(600, 700)}})
    second = mapped(more, kept(first))
    assert second.added == 0
    assert places(second)[:600] != places(first)
    moved = sorted(dist(one, other) for one, other in zip(places(first), places(second), strict=False))
    width = max(first.x) - min(first.x)
    assert moved[300] < width / 5


def test_a_map_whose_lines_have_grown_long_is_laid_out_again() -> None:
    of = grown(600)
    first = mapped(of)
    crossed = Undirected(
        600, {(node, node + 300): 1 for node in range(300)} | {(node, node + 1): 1 for node in range(599)}
    )
    assert mapped(crossed, kept(first)).length != first.length


def test_islands_and_orphans_stand_near_the_rest_and_on_no_other_node() -> None:
    main = grown(300)
    islands = {(300 + 3 * number, 301 + 3 * number): 1 for number in range(20)}
    islands |= {(301 + 3 * number, 302 + 3 * number): 1 for number in range(20)}
    found = mapped(Undirected(460, dict.fromkeys(main.pairs, 1) | islands))
    reach = max(map(abs, [*found.x[:300], *found.y[:300]]))
    assert max(map(abs, [*found.x, *found.y])) < 2 * reach
    assert len({*places(found)}) == 460


def test_a_handful_of_notes_is_not_blown_up() -> None:
    assert places(mapped(Undirected(1, {}))) == [(0, 0)]
    x = mapped(Undirected(2, {(0, 1): 1})).x
    assert abs(x[0] - x[1]) < EDGE


def test_of_nothing_there_is_an_empty_map() -> None:
    assert mapped(Undirected(0, {})) == Map([], [], 0, 0)


@st.composite
def graphs(draw: st.DrawFn) -> Undirected:
    """Graphs of up to thirty nodes."""
    count = draw(st.integers(1, 30))
    node = st.integers(0, count - 1)
    pairs = draw(st.sets(st.tuples(node, node).filter(lambda pair: pair[0] < pair[1]), max_size=60))
    return Undirected(count, dict.fromkeys(sorted(pairs), 1))


@given(graphs(), graphs())
@settings(max_examples=50)
def test_every_node_has_a_place_on_the_map_whatever_was_there_before(one: Undirected, other: Undirected) -> None:
    before = kept(mapped(one))
    there = {node: place for node, place in before.places.items() if node < other.count}
    for found in (mapped(other), mapped(other, Before(there, before.added, before.length))):
        assert len(found.x) == len(found.y) == other.count
        assert all(type(each) is int and -EDGE <= each <= EDGE for each in (*found.x, *found.y))


def test_where_all_stand_on_one_spot_there_is_a_way_out() -> None:
    of = grown(50)
    found = mapped(of, Before(dict.fromkeys(range(40), (0, 0)), 0, 1))
    assert len({*places(found)}) > 45
