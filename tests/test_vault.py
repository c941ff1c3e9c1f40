"""The index over a vault: what does not fit a page of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmvault import markdown
from fmvault.lint.run import RULES_BY_NAME
from fmvault.model import Ambiguous, Link, MissingNote, Note, Resolution, Resolved
from fmvault.nearest import Nearest
from fmvault.vault import Settings, Vault, comparable, fold


def vault(files: dict[str, str], others: tuple[str, ...] = (), settings: Settings = Settings()) -> Vault:  # noqa: B008
    """A vault of notes with their texts, and of other files."""
    notes = [markdown.parse(path, text.encode("utf-8")) for path, text in files.items()]
    return Vault(notes, [*files, *others], settings)


def first(of: Vault, path: str) -> Resolution:
    """Where the first link of the note leads."""
    return of.outgoing(of.notes[path])[0][1]


# -- many files of one name --------------------------------------------------------------------------------------------


def test_among_ten_thousand_files_of_one_name_the_one_that_is_meant_is_found() -> None:
    paths = [f"{index:05}/index.md" for index in range(10_000)]
    named = vault(
        {
            "a.md": "[[04321/index]]",
            "00007/b.md": "[[index]]",
            "c.md": "[[index]]",
            "d.md": "[[10000/index]]",
            "00007/deep/e.md": "[[index]]",
        },
        tuple(paths),
    )
    assert first(named, "a.md") == Resolved("04321/index.md")
    assert first(named, "00007/b.md") == Resolved("00007/index.md")
    assert first(named, "c.md") == Ambiguous(tuple(paths))
    assert first(named, "d.md") == MissingNote("10000/index")
    assert first(named, "00007/deep/e.md") == Ambiguous(tuple(paths))


def test_ten_thousand_folders_that_link_to_ten_thousand_files_of_one_name_share_one_answer() -> None:
    paths = tuple(f"x/{index:05}/index.md" for index in range(10_000))
    notes = {f"y/{index:05}/a.md": "[[index]]" for index in range(10_000)}
    named = vault(notes, paths)
    found = {id(first(named, path)) for path in notes}
    assert len(found) == 1


@pytest.mark.parametrize("count", [3, 30])
def test_the_end_of_a_path_is_found_among_few_files_of_a_name_and_among_many(count: int) -> None:
    paths = tuple(f"{index}/sub/Index.md" for index in range(count))
    named = vault({"a.md": "[[1/SUB/index]]", "b.md": "[[sub/index]]", "c.md": "[[ub/index]]"}, paths)
    assert first(named, "a.md") == Resolved("1/sub/Index.md")
    assert isinstance(first(named, "b.md"), Ambiguous)
    assert first(named, "c.md") == MissingNote("ub/index")


def test_one_target_may_mean_different_files_in_different_folders() -> None:
    named = vault({"x/a.md": "[[n]] [[n]]", "y/a.md": "[[n]]", "z/a.md": "[[n]]"}, ("x/n.md", "y/n.md"))
    assert [outcome for _, outcome in named.outgoing(named.notes["x/a.md"])] == [Resolved("x/n.md")] * 2
    assert first(named, "y/a.md") == Resolved("y/n.md")
    assert first(named, "z/a.md") == Ambiguous(("x/n.md", "y/n.md"))


def test_ten_thousand_links_with_ten_thousand_meanings_are_each_told_of_in_three() -> None:
    paths = tuple(f"{index:05}/index.md" for index in range(10_000))
    named = vault({"a.md": "[[index]] " * 10_000}, paths)
    problems = list(RULES_BY_NAME["ambiguous-link"].check(named.notes["a.md"], named))
    assert len(problems) == 10_000
    assert {problem.message for problem in problems} == {
        "'index' can mean '00000/index', '00001/index', '00002/index' or 9997 more; write the path"
    }


def test_a_heading_of_nothing_but_openings_has_a_slug() -> None:
    ticks = " ".join("`" * length for length in range(1, 45))
    for opening in (ticks, "[" * 1000, "![a](" * 200, "<a" * 500, "_a " * 300, "\\`" * 500):
        assert first(vault({"a.md": f"[x](#end)\n\n# {opening}\n# End"}), "a.md").anchor.text == "End"  # type: ignore[union-attr]


def test_paths_that_differ_in_capitals_alone_are_found_by_the_first_of_them() -> None:
    assert first(vault({"a.md": "[[n]]"}, ("N.md", "n.md")), "a.md") == Resolved("N.md")


def test_a_file_that_obsidian_excludes_comes_after_the_others() -> None:
    files = {"a.md": "[[n]]"}
    assert first(vault(files, ("x/n.md", "yy/n.md"), Settings(ignored=frozenset({"x/n.md"}))), "a.md") == Resolved(
        "yy/n.md"
    )
    both = Settings(ignored=frozenset({"x/n.md", "yy/n.md"}))
    assert first(vault(files, ("x/n.md", "yy/n.md"), both), "a.md") == Ambiguous(("x/n.md", "yy/n.md"))


# -- questions asked of the whole --------------------------------------------------------------------------------------


def links(of: Vault, path: str) -> list[tuple[str, str]]:
    return [(source, link.target) for source, link in of.backlinks(path)]


def test_backlinks_are_sorted_by_path_and_position() -> None:
    named = vault({"c.md": "[[a]] [x](a.md)", "b.md": "[[a#Missing]]\n![[a]]", "a.md": "[[a]] [[#Here]]\n# Here"})
    assert links(named, "a.md") == [
        ("a.md", "a"),
        ("a.md", ""),
        ("b.md", "a"),
        ("b.md", "a"),
        ("c.md", "a"),
        ("c.md", "a.md"),
    ]
    assert links(named, "b.md") == []


def test_an_ambiguous_link_is_a_backlink_of_the_file_that_is_taken() -> None:
    named = vault({"a.md": "[[n]]"}, ("x/n.md", "yy/n.md"))
    assert links(named, "x/n.md") == [("a.md", "n")]
    assert links(named, "yy/n.md") == []


def test_attachments_have_backlinks_too() -> None:
    assert links(vault({"a.md": "![[pic.png]]"}, ("x/pic.png",)), "x/pic.png") == [("a.md", "pic.png")]


def test_a_link_text_leads_to_its_file_from_everywhere() -> None:
    named = vault(
        {"One.md": "", "x/Two.md": "", "y/Two.md": "", "Board.canvas": ""}, ("x/pic.png", "y/pic.png", "z/map.png")
    )
    expected = {
        "One.md": "One",
        "x/Two.md": "x/Two",
        "y/Two.md": "y/Two",
        "x/pic.png": "x/pic.png",
        "z/map.png": "map.png",
        "Board.canvas": "Board.canvas",
    }
    for path, text in expected.items():
        assert named.link_text(path) == text
        for folder in ("", "x/", "y/deep/"):
            link = markdown.parse("a.md", f"[[{text}]]".encode()).links[0]
            assert named.resolve(link, Note(f"{folder}a.md", b"", 0)) == Resolved(path)


def test_notes_are_found_by_name_and_by_alias_without_capitals() -> None:
    named = vault({"x/The Bee.md": "---\naliases: [Apis, Honey bee]\n---\n", "b.md": "---\naliases: apis\n---\n"})
    assert named.named("the bee") == ["x/The Bee.md"]
    assert list(named.with_alias("HONEY BEE")) == ["x/The Bee.md"]
    assert list(named.with_alias("Apis")) == ["b.md", "x/The Bee.md"]
    assert list(named.named("bee")) == []
    assert list(named.with_alias("bee")) == []


def test_an_alias_that_a_note_has_twice_counts_once() -> None:
    assert vault({"a.md": "---\naliases: [B, b]\n---\n"}).with_alias("b") == ["a.md"]


def test_folders_are_known_by_their_files() -> None:
    named = vault({"One/Two/a.md": ""})
    assert named.is_folder("one")
    assert named.is_folder("/One/two/")
    assert not named.is_folder("Two")
    assert not named.is_folder("")


def test_a_name_without_its_extension_is_found_if_it_is_one() -> None:
    named = vault({"note.md": ""}, ("x/pic.png", "map.png", "map.jpg", "LICENSE"))
    assert named.with_extension("PIC") == "pic.png"
    assert named.with_extension("map") is None
    assert named.with_extension("note") is None
    assert named.with_extension("LICENSE") is None


def test_an_embed_of_a_file_that_was_not_read_leads_to_the_file() -> None:
    # A note can vanish while the vault is read.
    assert first(Vault([markdown.parse("a.md", b"[[b#Part]]")], ["a.md", "b.md"]), "a.md") == Resolved("b.md")


def test_a_link_made_by_hand_is_resolved_like_one_that_was_read() -> None:
    named = vault({"a.md": "", "b.md": "# Part\n"})
    read = markdown.parse("a.md", b"[[b#Part]]").links[0]
    made = Link(read.span, "B.md", "part", None, False, "wikilink", -1, read.dest)
    assert named.resolve(made, named.notes["a.md"]) == named.resolve(read, named.notes["a.md"])


def test_names_are_compared_in_one_form() -> None:
    assert fold("CAFE\u0301") == fold("café")
    assert fold("a\u00a0b\u202fc") == "a b c"
    assert fold("ABC") == "abc"


def test_headings_are_compared_without_what_obsidian_drops() -> None:
    every = '!"#$%&()*+,.:;<=>?@^`{|}~/[]\\'
    assert comparable(f"a{every}b\r\nC") == "a b c"
    assert comparable("it's a-b_c") == "it's a-b_c"


# -- the name that was meant -------------------------------------------------------------------------------------------


# Short ones of few letters, so that many are alike.
NAMES = st.text("ab12 -.", min_size=1, max_size=8)
NUMBERED = ["Chapter 1", "2024-01-04", "v1.2.0"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Entrpy", "Entropy"),
        ("entropy", "Entropy"),
        ("Etnropy", "Entropy"),
        ("Free-Energy", "Free Energy"),
        ("FreeEnergy", "Free Energy"),
        ("Recurrent Neural Network", "Recurrent Neural Network (RNN)"),
        ("Something else", None),
        ("Heat", None),
        ("Chapter 2", None),
        ("Chaptr 1", "Chapter 1"),
        ("Chapter-1", "Chapter 1"),
        ("2024-01-06", None),
        ("20240104", "2024-01-04"),
        ("v1.3.0", None),
        ("", None),
        ("!!!", None),
    ],
)
@pytest.mark.parametrize("crowd", [0, 3000])
def test_the_nearest_name_is_found_in_a_small_vault_and_in_a_large_one(
    written: str, meant: str | None, crowd: int
) -> None:
    others = (f"Lecture {index}" for index in range(crowd))
    nearest = Nearest(["Entropy", "Free Energy", "Recurrent Neural Network (RNN)", "Work", *NUMBERED, *others])
    assert nearest.find(written) == meant


@given(st.lists(NAMES, max_size=8), NAMES)
def test_a_help_has_the_digits_that_were_written(names: list[str], written: str) -> None:
    meant = Nearest(names).find(written)
    assert meant is None or [c for c in meant if c.isdigit()] == [c for c in written if c.isdigit()]


def test_a_name_is_never_its_own_help() -> None:
    assert Nearest(["Entropy"]).find("Entropy") is None
    assert vault({"x/Entropy.md": ""}).nearest("Entropy") is None


def test_among_equals_the_first_in_code_point_order_is_named() -> None:
    assert Nearest(["Heatb", "Heata"]).find("Heatc") == "Heata"


def test_attachments_and_notes_are_no_help_for_each_other() -> None:
    named = vault({"diagram.md": ""}, ("picture.png",))
    assert named.nearest("diagramm") == "diagram"
    assert named.nearest("picture.pn") is None
    assert named.nearest_file("pictre.png") == "picture.png"
    assert named.nearest_file("diagrm.md") is None
