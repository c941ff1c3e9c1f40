"""The concept graph: its nodes and edges, PageRank, missing notes by rank, and reading orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx.algorithms.link_analysis import pagerank_alg

from fmvault import config, markdown
from fmvault.graph import ConceptGraph, Edge, Node, build
from fmvault.graph.pagerank import pagerank
from fmvault.graph.path import needs, reading_path
from fmvault.graph.wanted import wanted
from fmvault.kinds.concepts import Terms
from fmvault.lint import run
from fmvault.vault import Vault

KINDS = "[kinds.concept]\n"


def vault(files: Mapping[str, str], others: Sequence[str] = ()) -> Vault:
    """A vault of notes with their texts, and of other files."""
    notes = [markdown.parse(path, text.encode("utf-8"), keep_text=True) for path, text in files.items()]
    return Vault(notes, [*files, *others])


def graph(files: Mapping[str, str], settings: str = KINDS, reported: Sequence[str] | None = None) -> ConceptGraph:
    """The graph of a vault in the terms of a configuration; of all notes, or of those reported on."""
    read = config.load("fmvault.toml", settings, config.Known(run.RULES_BY_NAME, ("full",)))
    return build(Terms(read, lambda path: b"").of(vault(files)), reported)


def edges(of: ConceptGraph) -> list[str]:
    """The edges, one a line, as ``a.md -requires-> b.md``; with their weight if that is more than 1."""
    return [
        f"{edge.source} -{edge.type}{f' x{edge.weight}' if edge.weight > 1 else ''}-> {edge.target}"
        for edge in of.edges
    ]


def ghosts(of: ConceptGraph) -> dict[str, str]:
    """The ghosts' names by id."""
    return {node.id: node.name for node in of.nodes.values() if node.type == "ghost"}


def names(nodes: Sequence[Node]) -> list[str]:
    return [node.id for node in nodes]


# -- edges ------------------------------------------------------------------------------------------------------------


def test_an_edge_is_typed_by_the_relation_else_the_section_else_it_mentions() -> None:
    found = graph(
        {
            "a.md": "---\ntype: concept\nrequires: '[[b]]'\nother: '[[b]]'\n---\n"
            "[[b]]\n# Definition\n[[b]]\n# Mine\n[[b]]\n# Questions I still have\n- [[b]]?\n",
            "b.md": "",
        }
    )
    assert edges(found) == [
        "a.md -requires-> b.md",
        "a.md -mentions x3-> b.md",
        "a.md -definition-> b.md",
        "a.md -questions-> b.md",
    ]


def test_a_section_goes_on_below_headings_that_its_kind_does_not_know() -> None:
    found = graph(
        {"a.md": "---\ntype: concept\n---\n# Definition\n## By the way\n[[b]]\n# Else\n[[c]]\n", "b.md": "", "c.md": ""}
    )
    assert edges(found) == ["a.md -definition-> b.md", "a.md -mentions-> c.md"]


def test_a_relation_told_by_its_inverse_leads_the_other_way() -> None:
    found = graph(
        {"a.md": "---\nenables: ['[[b]]', '[[Ghost]]']\n---\n", "b.md": "---\nRequires: '[[a]]'\n---\n"},
        "[relations.requires]\ninverse = 'enables'\n",
    )
    assert edges(found) == ["b.md -requires x2-> a.md", "/ghost -requires-> a.md"]


def test_without_kinds_and_relations_all_links_are_mentions() -> None:
    files = {"a.md": "---\ntype: concept\nrequires: '[[b]]'\n---\n# Definition\n[b](b.md) and ![[b]]\n", "b.md": ""}
    assert edges(build(vault(files))) == ["a.md -mentions x3-> b.md"]
    assert edges(graph(files, "")) == ["a.md -requires-> b.md", "a.md -mentions x2-> b.md"]


def test_links_to_the_note_itself_to_attachments_and_out_of_the_vault_are_no_edges() -> None:
    files = {
        "a.md": "# H\n[[a]], [[#H]], ![[cat.png]], ![[dog.png]], [x](old.txt), [x](https://x.org), [[https://x.org]]\n"
    }
    found = build(vault(files, ["cat.png"]))
    assert (names(list(found.nodes.values())), edges(found)) == (["a.md"], [])


def test_notes_that_are_not_reported_on_and_canvases_are_no_nodes() -> None:
    files = {"a.md": "[[b]] [[t]]", "b.md": "[[t]]", "t.md": "[[a]] [[Gone]]", "c.canvas": ""}
    found = graph(files, reported=["a.md", "b.md", "c.canvas"])
    assert (list(found.nodes), edges(found)) == (["a.md", "b.md"], ["a.md -mentions-> b.md"])


def test_a_link_by_an_alias_leads_to_its_note() -> None:
    found = graph({"a.md": "[[LLM]]", "b.md": "---\naliases: [LLM]\n---\n"})
    assert edges(found) == ["a.md -mentions-> b.md"]


def test_nodes_have_their_kind() -> None:
    found = graph({"a.md": "---\ntype: concept\n---\n[[X]]", "b.md": ""})
    assert list(found.nodes.values()) == [
        Node("a.md", "a", "note", "concept"),
        Node("b.md", "b", "note"),
        Node("/x", "X", "ghost"),
    ]
    assert [node.path for node in found.nodes.values()] == ["a.md", "b.md", None]


def test_edges_are_found_from_both_ends() -> None:
    found = graph({"a.md": "[[b]] [[X]]", "b.md": "[[X]]"})
    assert found.outgoing("a.md") == [Edge("a.md", "b.md", "mentions"), Edge("a.md", "/x", "mentions")]
    assert found.incoming("/x") == [Edge("a.md", "/x", "mentions"), Edge("b.md", "/x", "mentions")]
    assert (found.outgoing("/x"), found.incoming("a.md")) == ((), ())


def test_networkx_is_given_the_same_nodes_and_edges() -> None:
    found = graph({"a.md": "---\nrequires: '[[b]]'\n---\n[[b]] [[b]] [[X]]", "b.md": ""})
    assert dict(found.digraph.nodes["/x"]) == {"name": "X", "type": "ghost", "kind": None}
    assert list(found.digraph.edges(keys=True, data="weight")) == [
        ("a.md", "b.md", "requires", 1),
        ("a.md", "b.md", "mentions", 2),
        ("a.md", "/x", "mentions", 1),
    ]


# -- ghosts -----------------------------------------------------------------------------------------------------------


def test_a_ghost_has_the_spelling_that_most_links_have_and_of_equals_the_first() -> None:
    assert ghosts(
        graph({"a.md": "[[entropy]] [[Entropy.md]]", "b.md": "[[Entropy]] [[Free energy]] [[Free Energy]]"})
    ) == {
        "/entropy": "Entropy",
        "/free energy": "Free Energy",
    }


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ("[[Entropy]] [[Physics/Entropy]] [[Sciences/Physics/Entropy]]", {"/entropy": "Entropy"}),
        (
            "[[Physics/Entropy]] [[Maths/Entropy]]",
            {"/maths/entropy": "Maths/Entropy", "/physics/entropy": "Physics/Entropy"},
        ),
        (
            "[[Entropy]] [[Physics/Entropy]] [[Maths/Entropy]]",
            {"/entropy": "Entropy", "/maths/entropy": "Maths/Entropy", "/physics/entropy": "Physics/Entropy"},
        ),
        ("[[/Entropy]] [x](./Entropy.md) [x](../n/Entropy)", {"/entropy": "Entropy"}),
        ("[[Heat]] [[Physics/Heat]]", {"/heat": "Physics/Heat"}),
        ("[[/]] [[Folder/]]", {"/folder": "Folder"}),
    ],
)
def test_links_name_one_ghost_if_one_new_note_would_be_the_end_of_all(links: str, found: dict[str, str]) -> None:
    of = graph({"n/a.md": links, "Heat.md": ""})
    assert ghosts(of) == found


def test_a_ghost_is_what_the_linter_calls_a_broken_note() -> None:
    targets = [
        "Node.js",
        "a.b",
        "v1.2",
        "x.png",
        "x.PDF",
        "x.docx",
        "Plan B.md",
        "https://x.org",
        "LLM",
        "twice",
        "www.x.org/a",
        "2.0",
    ]
    syntaxes = ["[[{}]]", "![[{}]]", "[x](<{}>)", "![x](<{}>)"]
    links = [syntax.format(target) for target in targets for syntax in syntaxes]
    notes = {f"{index:03}.md": link for index, link in enumerate(links)}
    others = {"b.md": "---\naliases: [LLM, twice]\n---\n", "c.md": "---\naliases: [Twice]\n---\n"}
    of = vault(notes | others)
    reported = {finding.path for finding in run.check(of, {"broken-note": "error"}, {}, frozenset(notes))}
    named = {edge.source for edge in build(of).edges if edge.target.startswith("/")}
    assert named == reported
    assert 10 < len(named) < len(links) - 10


# -- what a name means ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("entropy", ["Physics/Entropy.md"]),
        ("physics/ENTROPY.md", ["Physics/Entropy.md"]),
        ("Disorder", ["Physics/Entropy.md"]),
        ("index", ["Index.md"]),
        ("plan", ["a/Plan.md", "b/Plan.md"]),
        ("b/plan", ["b/Plan.md"]),
        ("heat", ["/heat"]),
        ("thermo/heat", ["/heat"]),
        ("cold", ["/x/cold", "/y/cold"]),
        ("y/cold", ["/y/cold"]),
        ("warmth", []),
        ("", []),
        ("/", []),
    ],
)
def test_a_name_means_a_path_before_a_name_before_an_alias_before_a_ghost(name: str, found: list[str]) -> None:
    of = graph(
        {
            "Physics/Entropy.md": "---\naliases: [disorder, Index]\n---\n"
            "[[Heat]] [[Thermo/Heat]] [[x/Cold]] [[y/Cold]]",
            "Index.md": "",
            "a/Index.md": "",
            "a/Plan.md": "",
            "b/Plan.md": "",
        }
    )
    assert names(of.named(name)) == found


def test_the_nearest_name_may_be_a_note_an_alias_or_a_ghost() -> None:
    of = graph({"Entropy.md": "---\naliases: [Disorder]\n---\n[[Temperature]]"})
    assert [of.nearest(name) for name in ("Entrpy", "Disordr", "Temprature", "Bicycle")] == [
        "Entropy",
        "Disorder",
        "Temperature",
        None,
    ]


# -- PageRank ---------------------------------------------------------------------------------------------------------


def _by_networkx(count: int, links: Sequence[tuple[int, int]]) -> list[float]:
    digraph: networkx.DiGraph[int] = networkx.DiGraph()
    digraph.add_nodes_from(range(count))
    for source, target in links:
        weight = digraph.get_edge_data(source, target, {"weight": 0})["weight"]
        digraph.add_edge(source, target, weight=weight + 1)
    found = pagerank_alg._pagerank_python(digraph, tol=1e-12, max_iter=1000)  # type: ignore[attr-defined]
    return [found[node] for node in range(count)]


@given(st.integers(1, 30).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[st.integers(0, n - 1)] * 2)))))
def test_pagerank_is_that_of_networkx(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    count, links = drawn
    incoming: list[list[int]] = [[] for _ in range(count)]
    for source, target in links:
        incoming[target].append(source)
    found = pagerank(incoming, tolerance=1e-10)
    assert found == pytest.approx(_by_networkx(count, links), abs=1e-8)
    assert sum(found) == pytest.approx(1)


def test_pagerank_of_nothing_is_nothing() -> None:
    assert pagerank([]) == []


def test_nodes_that_are_asked_for_alike_have_the_very_same_rank() -> None:
    # Seven that lead to two each, in one order and in the other.
    sources = list(range(2, 9))
    ranks = pagerank([sources, sources[::-1], *([each] for each in (3, 4, 5, 6, 7, 8, 2))])
    assert ranks[0] == ranks[1]


def test_the_ranks_of_a_graph_are_by_id_and_count_every_link() -> None:
    of = graph({"a.md": "[[X]] [[X]] [[Y]]"})
    assert list(of.pagerank) == ["a.md", "/x", "/y"]
    assert of.pagerank["/x"] - of.pagerank["a.md"] == pytest.approx(2 * (of.pagerank["/y"] - of.pagerank["a.md"]))


# -- what is wanted ---------------------------------------------------------------------------------------------------


def test_what_is_asked_for_by_notes_that_count_comes_before_what_many_ask_for() -> None:
    hub = {f"h{index}.md": "[[Hub]]" for index in range(8)}
    of = graph({"Hub.md": "[[Important]]", "a.md": "[[Popular]]", "b.md": "[[Popular]]", **hub})
    assert [each.node.name for each in wanted(of)] == ["Important", "Popular"]


def test_of_equals_the_one_that_more_notes_ask_for_comes_first_and_then_the_first_by_name() -> None:
    of = graph({"1.md": "[[C]] [[B]]", "2.md": "[[B]] [[C]]", "3.md": "[[A]] [[A]]", "4.md": "[[D]]"})
    found = wanted(of)
    assert [(each.node.name, len(each.askers)) for each in found] == [("B", 2), ("C", 2), ("A", 1), ("D", 1)]
    assert len({each.pagerank for each in found}) == 1


def test_who_asks_is_told_with_what_the_links_stand_for() -> None:
    of = graph(
        {
            "a.md": "---\ntype: concept\nrequires: '[[X]]'\n---\n[[X]]\n# Related terms\n[[X]]\n",
            "b.md": "---\nenables: '[[X]]'\n---\n",
        },
        KINDS + "[relations.requires]\ninverse = 'enables'\n",
    )
    (found,) = wanted(of)
    assert [(asker.node.id, asker.types, asker.links) for asker in found.askers] == [
        ("a.md", ("mentions", "related", "requires"), 3),
        ("b.md", ("requires",), 1),
    ]


def test_the_questions_that_a_missing_note_stands_in_are_told_as_plain_text() -> None:
    of = graph(
        {
            "a.md": "---\ntype: concept\n---\n[[X]]\n# Open questions\n- Why [[b]]?\n"
            "- What is [[X]],\n  and [[x]] or `Y`?\n  - Or [[Y]]?\n",
            "b.md": "---\ntype: concept\n---\n# Open questions\n\n# Definition\n- Is [[X]]?\n",
            "c.md": "---\ntype: concept\n---\n# Open questions\nIs [[X|it]] *new*?\n",
        }
    )
    found = {each.node.name: [(question.node.id, question.text) for question in each.questions] for each in wanted(of)}
    assert found == {
        "X": [("a.md", "What is X, and x or Y? Or Y?"), ("c.md", "Is it new?")],
        "Y": [("a.md", "What is X, and x or Y? Or Y?")],
    }


@pytest.mark.parametrize(
    "questions",
    [
        "- [x] What is [[X]]?",
        "- ~~What is [[X]]?~~ A letter.",
        "About [[X]]:\n\n- Why [[b]]?",
        "> [!note] On [[X]]\n> Why?\n",
        "- Why [[b]]? %% [[X]] told me so %%",
        "%%\n- What is [[X]]?\n%%",
    ],
)
def test_what_is_settled_introduced_quoted_or_hidden_is_no_open_question(questions: str) -> None:
    of = graph({"a.md": f"---\ntype: concept\n---\n# Open questions\n{questions}\n", "b.md": ""})
    (found,) = wanted(of)
    assert (found.node.name, found.questions) == ("X", ())


def test_planned_notes_are_marked_by_any_of_their_spellings() -> None:
    of = graph({"a.md": "[[Physics/Heat]] [[Work]] [[2024-01-06]]", "b.md": "[[heat]]"})
    found = {each.node.name: each.planned for each in wanted(of, ("physics/Heat", "2024-*"))}
    assert found == {"2024-01-06": True, "Heat": True, "Work": False}


def test_only_the_notes_that_count_can_ask() -> None:
    of = graph({"a/a.md": "[[X]]", "b/b.md": "[[X]] [[Y]]"})
    found = wanted(of, counts=lambda path: path.startswith("a/"))
    assert [(each.node.name, [asker.node.id for asker in each.askers]) for each in found] == [("X", ["a/a.md"])]


# -- what to read first -----------------------------------------------------------------------------------------------


def concept(*requires: str, definition: str = "", text: str = "") -> str:
    """A concept note that requires some, and names others in its definition and elsewhere."""
    listed = "".join(f"  - '[[{name}]]'\n" for name in requires)
    return f"---\ntype: concept\nrequires:\n{listed}---\n# Definition\n{definition}\n# Related\n{text}\n"


def order(of: ConceptGraph, target: str) -> list[str]:
    return [step.node.id for step in reading_path(of, target).steps]


def test_what_is_needed_comes_first_and_stands_right_before_what_needs_it() -> None:
    of = graph(
        {
            "d.md": concept("b", definition="[[c]] and [[Ghost]]", text="[[z]]"),
            "c.md": concept("a"),
            "b.md": concept("a", "y"),
            "a.md": concept(),
            "y.md": concept(),
            "z.md": concept("d"),
        }
    )
    found = reading_path(of, "d.md")
    assert [(step.node.id, [f"{reason.type} {reason.by.id}" for reason in step.reasons]) for step in found.steps] == [
        ("a.md", ["requires b.md", "requires c.md"]),
        ("y.md", ["requires b.md"]),
        ("b.md", ["requires d.md"]),
        ("c.md", ["definition d.md"]),
        ("/ghost", ["definition d.md"]),
        ("d.md", []),
    ]
    assert not any(step.circle for step in found.steps)


def test_notes_that_need_each_other_stand_together_and_the_target_is_the_last_of_its_circle() -> None:
    of = graph(
        {
            "t.md": concept("u"),
            "u.md": concept("t", "p"),
            "p.md": concept("q"),
            "q.md": concept("r", "o"),
            "r.md": concept("p"),
            "o.md": concept(),
        }
    )
    assert [(step.node.id, step.circle) for step in reading_path(of, "t.md").steps] == [
        ("o.md", 0),
        ("r.md", 1),
        ("q.md", 1),
        ("p.md", 1),
        ("u.md", 2),
        ("t.md", 2),
    ]


def test_a_ghost_needs_what_says_that_it_enables_it_and_is_told_with_who_asks() -> None:
    of = graph(
        {"a.md": "---\nenables: '[[X]]'\n---\n", "b.md": "[[X]]"},
        "[relations.requires]\ninverse = 'enables'\n",
    )
    found = reading_path(of, "/x")
    assert [step.node.id for step in found.steps] == ["a.md", "/x"]
    assert [asker.node.id for asker in found.askers] == ["a.md", "b.md"]
    assert reading_path(of, "b.md").askers == ()


ORDERED = "acyclic = true\ntransitive = true\n"


def test_relations_that_are_acyclic_and_transitive_lead_to_what_is_needed_but_for_those_of_kinds_and_parts() -> None:
    settings = (
        f"[relations.builds-on]\ninverse = 'basis of'\n{ORDERED}[relations.has-part]\ninverse = 'part-of'\n{ORDERED}"
        "[relations.cites]\nacyclic = true\n"
    )
    of = graph(
        {
            "a.md": "---\nbuilds-on: '[[b]]'\nis-a: '[[k]]'\npart-of: '[[k]]'\nhas-part: '[[k]]'\n"
            "example-of: '[[k]]'\ncites: '[[k]]'\n---\n",
            "b.md": "---\nrequires: '[[c]]'\n---\n",
            "c.md": "",
            "d.md": "---\nBasis_of: '[[c]]'\n---\n",
            "k.md": "",
        },
        settings,
    )
    assert needs(of) == ("requires", "builds-on", "definition")
    assert order(of, "a.md") == ["d.md", "c.md", "b.md", "a.md"]
    assert [reason.type for step in reading_path(of, "a.md").steps for reason in step.reasons] == [
        "builds-on",
        "requires",
        "builds-on",
    ]


def test_of_two_relations_that_are_each_others_inverse_one_leads_to_what_is_needed() -> None:
    of = graph(
        {"a.md": "---\nenables: '[[b]]'\n---\n", "b.md": ""},
        f"[relations.enables]\ninverse = 'requires'\n{ORDERED}",
    )
    assert (order(of, "b.md"), order(of, "a.md")) == (["a.md", "b.md"], ["a.md"])


def _of_links(links: Sequence[tuple[int, int]], count: int) -> ConceptGraph:
    texts = {
        f"{node}.md": concept(*(str(target) for source, target in links if source == node)) for node in range(count)
    }
    return graph(texts)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40))
@settings(max_examples=50)
def test_without_circles_every_note_comes_once_and_before_all_that_need_it(drawn: list[tuple[int, int]]) -> None:
    links = [(max(pair), min(pair)) for pair in drawn if pair[0] != pair[1]]
    of = _of_links(links, 13)
    found = order(of, "12.md")
    assert set(found) == {"12.md", *networkx.descendants(of.digraph, "12.md")}
    assert len(found) == len(set(found))
    assert found[-1] == "12.md"
    for edge in of.edges:
        if edge.source in found:
            assert found.index(edge.target) < found.index(edge.source)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40))
@settings(max_examples=50)
def test_with_circles_every_note_comes_once_and_circles_before_what_needs_them(links: list[tuple[int, int]]) -> None:
    of = _of_links(links, 10)
    steps = reading_path(of, "0.md").steps
    found = [step.node.id for step in steps]
    circle = {step.node.id: step.circle for step in steps}
    assert set(found) == {"0.md", *networkx.descendants(of.digraph, "0.md")}
    assert len(found) == len(set(found))
    assert found[-1] == "0.md"
    for edge in of.edges:
        if edge.source in circle and not (circle[edge.source] and circle[edge.source] == circle[edge.target]):
            assert found.index(edge.target) < found.index(edge.source)
    # A circle stands in one piece, and circles are counted as they come.
    pieces = [
        step.circle
        for step, after in pairwise([*steps, None])
        if step and (after is None or after.circle != step.circle)
    ]
    circles = [number for number in pieces if number]
    assert circles == list(range(1, len(circles) + 1))
    together = [sorted(nodes) for nodes in networkx.strongly_connected_components(of.digraph) if len(nodes) > 1]
    for number in circles:
        assert sorted(id for id, each in circle.items() if each == number) in together
