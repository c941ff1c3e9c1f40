"""What is published: which notes, what is left of their text, and where each has its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fmvault import canvas, config, markdown
from fmvault.cli.options import known_names
from fmvault.config import SiteSettings
from fmvault.kinds.concepts import Terms
from fmvault.publish.addresses import Addresses, href, root, slug
from fmvault.publish.published import Published, project
from fmvault.vault import Vault


def published(
    files: Mapping[str, str], *, others: Sequence[str] = (), reported: Sequence[str] | None = None, **said: object
) -> Published:
    """The published part of a vault of notes, canvases and ``others``, empty attachments."""
    notes = [
        canvas.parse(path, text.encode())
        if path.endswith(".canvas")
        else markdown.parse(path, text.encode(), keep_text=True)
        for path, text in files.items()
    ]
    vault = Vault(notes, [*files, *others])
    concepts = Terms(config.Config(known=known_names()), lambda path: b"").of(vault)
    kept = set(vault.files if reported is None else reported)
    wanted = msgspec.convert(said, SiteSettings)
    return project(concepts, kept, wanted, title="Vault", read=lambda path: files.get(path, "").encode())


def text(of: Published, path: str) -> str:
    note = of.vault.notes[path]
    assert note.text is not None
    return note.text.source[note.body :].decode()


# -- which notes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "extent", "is_published"),
    [
        ("", "all", True),
        ("publish: true", "all", True),
        ("publish: false", "all", False),
        ("publish: 'no'", "all", False),
        ("draft: true", "all", False),
        ("Draft: yes", "all", False),
        ("draft: false", "all", True),
        ("publish: off", "all", False),
        ("publish: 0", "all", False),
        ("publish: [false]", "all", False),
        ("draft: y", "all", False),
        ("draft: 1", "all", False),
        ("draft: true\ndraft: false", "all", False),
        ("- draft: true", "all", False),
        ("\tdraft: true", "all", False),
        ('draft: true\na: "unclosed', "all", False),
        ("publish: 2026-11-22", "all", True),
        ("", "marked", False),
        ("publish: true", "marked", True),
        ("publish: true\ndraft: true", "marked", False),
    ],
)
def test_a_notes_properties_say_whether_it_is_published(properties: str, extent: str, is_published: bool) -> None:
    found = published({"A.md": f"---\n{properties}\n---\nText\n"}, publish=extent)
    assert ("A.md" in found.vault.notes) is is_published


def test_folders_are_included_and_kept_private_by_patterns() -> None:
    files = {"In/A.md": "", "In/Deep/B.md": "", "Out/C.md": "", "In/Own/D.md": ""}
    assert list(published(files, include=["In/"], private=["Own/"]).vault.notes) == ["In/A.md", "In/Deep/B.md"]


def test_an_attachment_of_an_included_note_may_lie_in_any_folder_that_is_not_private() -> None:
    files = {"In/A.md": "![[a.png]] ![[b.png]]", "Files/C.md": ""}
    found = published(files, others=["Files/a.png", "Own/b.png"], include=["In/"], private=["Own/"])
    assert list(found.vault.files) == ["Files/a.png", "In/A.md"]


def test_what_is_not_reported_is_not_published() -> None:
    found = published({"A.md": "[[Template]]", "Template.md": "Secret"}, reported=["A.md"])
    assert list(found.vault.notes) == ["A.md"]


def test_an_attachment_is_published_only_if_a_published_note_uses_it() -> None:
    files = {"A.md": "![[used.png]] %% ![[hidden.png]] %%", "B.md": "---\ndraft: true\n---\n![[drafted.png]]"}
    found = published(files, others=["used.png", "hidden.png", "drafted.png", "unused.png", "own/kept.png"])
    assert found.attachments == ["used.png"]


def test_a_private_attachment_is_not_published_though_a_note_uses_it() -> None:
    found = published({"A.md": "![[own/scan.png]]"}, others=["own/scan.png"], private=["own/"])
    assert found.attachments == []
    assert "scan" not in text(found, "A.md")


def test_of_boards_only_those_that_are_used_are_published_where_notes_are_marked() -> None:
    files = {"A.md": "---\npublish: true\n---\n[[Used.canvas]]", "Used.canvas": "{}", "Other.canvas": "{}"}
    assert [board.path for board in published(files, publish="marked").boards] == ["Used.canvas"]
    assert [board.path for board in published(files).boards] == ["Other.canvas", "Used.canvas"]


# -- what is left of their text ----------------------------------------------------------------------------------------


def test_comments_are_gone_and_code_that_looks_like_them_stays() -> None:
    source = (
        "One %%two%% three <!-- four --> five `%%six%%`\n\n%%\nseven\n%%\n\n<!--\neight\n-->\n\n```\n%% nine %%\n```\n"
    )
    left = text(published({"A.md": source}), "A.md")
    for word in ("One", "three", "five", "%%six%%", "%% nine %%"):
        assert word in left
    for word in ("two", "four", "seven", "eight"):
        assert word not in left


def test_a_comment_that_is_never_closed_hides_the_rest() -> None:
    assert text(published({"A.md": "Text\n\n%% hidden\n\nand this"}), "A.md").strip() == "Text"


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("[[Secret]]", "(not published)"),
        ("[[Secret#Part]]", "(not published)"),
        ("[[Secret|a label]]", "a label"),
        ("[[Secret|the secret one]]", "(not published)"),
        ("[[Secret|by its Codename]]", "(not published)"),
        ("[[Codename]]", "(not published)"),
        ("[a label](Secret.md)", "a label"),
        ("![[Secret]]", "(not published)"),
        ("`[[Secret]]`", "`(not published)`"),
        ("`[[B]]`", "`[[B]]`"),
        (
            "\n\n```dataview\nLIST FROM [[Codename|x]] or [[B]]\n```",
            "\n\n```dataview\nLIST FROM (not published) or [[B]]\n```",
        ),
        (
            "\n\n```base\nfilters: 'file.hasLink(\"Secret\")'\nviews:\n  - name: Codename\n```",
            "\n\n```base\nfilters: 'file.hasLink(\"(not published)\")'\nviews:\n  - name: (not published)\n```",
        ),
        ("`[x](Secret.md)` <obsidian://open?file=Secret>", "`[x]()` "),
        ("\n\n<div>![[Secret#Part]]</div>\n", "\n\n<div>(not published)</div>\n"),
    ],
)
def test_a_link_to_a_note_that_is_not_published_is_plain_text(link: str, shown: str) -> None:
    files = {"A.md": f"See {link}.", "Secret.md": "---\ndraft: true\naliases: [Codename]\n---\n"}
    found = published(files)
    assert text(found, "A.md") == f"See {shown}."
    assert all(link.target == "" for link in found.vault.notes["A.md"].links)


def test_a_link_in_a_property_to_a_note_that_is_not_published_is_gone() -> None:
    files = {"A.md": "---\nup: '[[Secret]]'\nkept: '[[B]]'\n---\n", "B.md": "", "Secret.md": "---\ndraft: true\n---\n"}
    note = published(files).vault.notes["A.md"]
    assert [(each.key, each.value) for each in note.properties] == [("up", ""), ("kept", "[[B]]")]


def test_a_note_whose_properties_tell_less_is_another_than_it_was() -> None:
    files = {"A.md": "---\nsaid: 'after [[B]]'\n---\nText.\n", "B.md": ""}
    open_, closed = published(files), published({**files, "B.md": "---\ndraft: true\n---\n"})
    assert closed.vault.notes["A.md"].properties[0].value == "after (not published)"
    assert open_.vault.notes["A.md"].digest != closed.vault.notes["A.md"].digest


def test_a_property_that_is_the_path_of_what_is_not_published_is_empty() -> None:
    text = "---\none: Own/face.png\ntwo: face.png\nthree: other.png\nfour: Secret.md\nfive: version 1.0\n---\n"
    files = {"A.md": text, "Secret.md": "---\ndraft: true\n---\n"}
    note = published(files, others=["Own/face.png", "other.png"], private=["Own/"]).vault.notes["A.md"]
    assert [each.value for each in note.properties] == ["", "", "other.png", "", "version 1.0"]


def test_links_lead_where_they_led_before() -> None:
    files = {"x/Name.md": "", "y/Name.md": "---\ndraft: true\n---\n", "y/A.md": "[[Name]]", "B.md": "[[x/Name]]"}
    found = published(files)
    # Beside it lies the note that is meant, which is not published; the other of the name is not meant.
    assert text(found, "y/A.md") == "(not published)"
    assert text(found, "B.md") == "[[x/Name]]"


def test_properties_that_say_how_a_note_is_published_are_no_part_of_it() -> None:
    source = "---\npublish: true\ncssclasses: [wide]\nrating: 3\nup: here\n---\n"
    found = published({"A.md": source}, hidden_properties=["Rating"])
    assert [each.key for each in found.vault.notes["A.md"].properties] == ["up"]


def test_a_property_that_is_hidden_takes_its_names_tags_and_links_along() -> None:
    source = "---\naliases: [Other]\ntags: [hidden]\nup: '[[B]]'\n---\n#shown\n"
    note = published({"A.md": source, "B.md": ""}, hidden_properties=["aliases", "tags", "up"]).vault.notes["A.md"]
    assert (note.aliases, [tag.name for tag in note.tags], note.links) == ((), ["shown"], ())


def test_a_board_loses_its_links_to_what_is_not_published() -> None:
    text = '{"id": "1", "type": "text", "text": "[[Secret]] [[B]]"}'
    board = f'{{"nodes": [{text}, {{"id": "2", "type": "file", "file": "Secret.md"}}]}}'
    found = published({"X.canvas": board, "B.md": "", "Secret.md": "---\ndraft: true\n---\n"})
    assert [link.target for link in found.boards[0].links] == ["B"]
    card = found.card(found.boards[0], "[[Secret]] and [[B]] %%hidden%%")
    assert card.text is not None
    assert card.text.source == b"(not published) and [[B]] "


def test_a_text_that_names_what_is_not_published_tells_of_it() -> None:
    found = published({"A.md": "", "Secret Plan.md": "---\ndraft: true\naliases: [Codename]\n---\n"})
    assert found.tells('project == "secret plan"')
    assert found.tells("see CODENAME")
    assert not found.tells("A plan")


def test_a_note_with_nothing_to_hide_is_not_read_again() -> None:
    note = markdown.parse("A.md", b"[[B]] and text", keep_text=True)
    vault = Vault([note], ["A.md"])
    concepts = Terms(config.Config(known=known_names()), lambda path: b"").of(vault)
    found = project(concepts, {"A.md"}, SiteSettings(), read=lambda path: b"")
    assert found.vault.notes["A.md"] is note


_WORDS = st.sampled_from(
    [
        "[[Canary]]",
        "[[Canary|x]]",
        "%%",
        "canary",
        "<!--",
        "-->",
        "`",
        "```\n",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "a",
        "$",
        "|",
        "#h",
        "!",
    ]
)


@pytest.mark.parametrize(
    "source", ["--- \ndraft: true\n---\n", "\n---\ndraft: true\n---\n", "---\ndraft: true\n\nText"]
)
def test_a_note_that_is_meant_as_a_draft_is_none_to_publish(source: str) -> None:
    assert "A.md" not in published({"A.md": source}).vault.notes


def test_a_heading_that_names_what_is_not_published_is_still_led_to() -> None:
    files = {
        "T.md": "## About [[Secret]] now\n\n[[#About Secret now]]\n",
        "U.md": "[[T#About Secret now]] ![[T#About Secret now]] [x](<T.md#About Secret now>) [[T#About Secret now|y]]",
        "Secret.md": "---\ndraft: true\n---\n",
    }
    found = published(files)
    assert text(found, "T.md").splitlines() == [
        "## About (not published) now",
        "",
        "[[#about not published now|About (not published) now]]",
    ]
    note = found.vault.notes["U.md"]
    places = [found.vault.resolve(link, note) for link in note.links]
    heading = found.vault.notes["T.md"].headings[0]
    assert [getattr(place, "anchor", None) for place in places] == [heading] * 4
    assert "Secret" not in text(found, "U.md")


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("see [[Secret]]", "see (not published)"),
        ("see [[Secret|it]] and [[B]]", "see it and [[B]]"),
        ("[x](Secret.md)", "x"),
        ("an array a[0]", "an array a[0]"),
    ],
)
def test_links_within_a_propertys_text_are_withheld_too(value: str, left: str) -> None:
    note = f"---\nup: 'at {value}'\nmore: ['at {value}']\n---\n"
    found = published({"A.md": note, "B.md": "", "Secret.md": "---\ndraft: true\n---\n"})
    assert [each.value for each in found.vault.notes["A.md"].properties] == [f"at {left}", [f"at {left}"]]


def test_definitions_that_are_comments_or_lead_to_what_is_not_published_are_gone() -> None:
    source = (
        "a\n\n[one]: <Secret.md>\n[//]: # (hidden)\n[two]: https://example.org 'kept'\n\n```\n[//]: # (code)\n```\n"
    )
    left = text(published({"A.md": source, "Secret.md": "---\ndraft: true\n---\n"}), "A.md")
    assert "Secret" not in left
    assert "hidden" not in left
    assert "[two]: https://example.org 'kept'" in left
    assert "[//]: # (code)" in left


def test_of_raw_html_nothing_is_left_that_is_not_read() -> None:
    source = (
        '<a href="Secret.md">a</a> <img src=Secret.md>\n\n<div>\n%%hidden%%\n</div>\n\n'
        "x <script>hidden</script> <style>hidden</style> y\n\n<template>\nhidden\n</template>\n\n"
        "`<script>code</script>`\n"
    )
    files = {"A.md": source, "Secret.md": "---\ndraft: true\n---\n"}
    left = text(published(files), "A.md")
    assert "Secret" not in left
    assert "hidden" not in left
    assert "<script>code</script>" in left
    assert text(published(files, trust_html=True), "A.md").count("<script>") == 2


def test_a_comment_in_a_label_is_gone() -> None:
    assert text(published({"A.md": "![[pic.png|%%hidden%%]] [[B|x%%hidden%%y]]"}), "A.md") == "![[pic.png|]] [[B|xy]]"


@pytest.mark.parametrize("source", ["<!-- x --> [[Canary]]", "[<!-- x -->[Canary]]", "%<!-- x -->% [[Canary]] %%"])
def test_what_becomes_a_link_without_a_comment_is_plain_text_too(source: str) -> None:
    found = published({"A.md": source, "Canary.md": "---\ndraft: true\n---\n"})
    assert "Canary" not in text(found, "A.md")


@settings(max_examples=300)
@given(st.lists(_WORDS, max_size=25))
def test_no_link_to_what_is_not_published_is_left(words: list[str]) -> None:
    files = {"A.md": " ".join(words), "Canary.md": "---\ndraft: true\n---\n"}
    note = published(files).vault.notes["A.md"]
    assert not any(link.target == "Canary" for link in note.links)


# -- addresses ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Large Language Model", "large-language-model"),
        ("C++ & C#", "c-c"),
        ("v1.2 notes", "v1.2-notes"),
        ("Café", "café"),
        ("学習 Entropy", "学習-entropy"),
        ("...", "note"),
        ("🧠", "note"),
        ("..", "note"),
        ("con", "con-"),
        ("aux.old", "aux.old-"),
        ("a/b\\c", "a-b-c"),
    ],
)
def test_a_name_becomes_a_part_of_an_address(name: str, expected: str) -> None:
    assert slug(name) == expected


@given(st.text(max_size=300))
def test_a_part_of_an_address_can_be_a_files_name_everywhere(name: str) -> None:
    found = slug(name)
    assert 0 < len(found.encode("utf-8", "surrogatepass")) <= 120
    assert not set('/\\:*?"<>|% #\0') & set(found)
    assert not found.startswith(".")


@given(st.lists(st.text("aA bBßs-._/", min_size=1, max_size=6), unique=True, max_size=12))
def test_no_two_pages_have_one_address(names: list[str]) -> None:
    paths = {f"{name.strip('/') or 'x'}.md" for name in names}
    addresses = Addresses(Vault([markdown.parse(path, b"") for path in paths], paths), SiteSettings())
    found = [addresses[path] for path in paths]
    assert len({address.casefold() for address in found}) == len(paths)
    assert not any(".." in address.split("/") for address in found)


def test_names_that_are_one_file_to_some_system_have_addresses_that_are_not() -> None:
    files = {"Fuss/a.md": "#maße #masse ![[ß.png]] ![[ss.png]]", "Fuß/a.md": "", "Masse.md": "", "Maße.md": ""}
    found = published(files, others=["ß.png", "ss.png"]).addresses
    told = [found[path] for path in (*files, "ß.png", "ss.png")] + [found.tag("maße"), found.tag("masse")]
    assert len({address.casefold() for address in told}) == len(told)


def test_slashes_alone_are_no_tag_and_have_no_page() -> None:
    found = published({"A.md": "---\ntags: ['/', a/b]\n---\n#/ #// text\n"})
    assert dict(found.addresses.tags) == {"a": "a", "a/b": "a/b"}


def test_notes_of_names_that_are_alike_have_numbers_in_path_order() -> None:
    found = published({"A b.md": "", "a-b.md": "", "index/Tags.md": "", "Graph.md": "", "tags/x.md": "#x"})
    places = {path: found.addresses[path] for path in found.vault.files}
    assert places["A b.md"] == "a-b.html"
    assert places["a-b.md"] == "a-b-2.html"
    # The page of the graph is fmvault's own.
    assert places["Graph.md"] == "graph-2.html"
    assert places["tags/x.md"] == "tags/x.html"
    assert found.addresses.tag("X") == "tags/x-2.html"


@pytest.mark.parametrize("name", ["index.md", "Home.md", "README.md"])
def test_a_note_that_is_called_so_is_the_first_page(name: str) -> None:
    assert published({name: "", "B.md": ""}).addresses[name] == "index.html"


def test_the_settings_say_which_note_is_the_first_page() -> None:
    assert published({"Home.md": "", "Start.md": ""}, home="start").addresses["Start.md"] == "index.html"


@pytest.mark.parametrize(
    ("address", "page", "expected"),
    [
        ("b.html", "a.html", "b.html"),
        ("x/b.html", "a.html", "x/b.html"),
        ("b.html", "x/y/a.html", "../../b.html"),
        ("x/z/b.html", "x/y/a.html", "../z/b.html"),
        ("x/y/b c.html", "x/y/a.html", "b%20c.html"),
        ("café.html", "a.html", "caf%C3%A9.html"),
    ],
)
def test_one_page_leads_to_another(address: str, page: str, expected: str) -> None:
    assert href(address, page) == expected


def test_a_page_leads_to_a_place_on_itself_and_to_the_root() -> None:
    assert href("x/a.html", "x/a.html", "some place") == "#some%20place"
    assert href("b.html", "a.html", "é") == "b.html#%C3%A9"
    assert root("x/y/a.html") == "../../"
    assert root("a.html") == ""


def test_headings_have_the_ids_that_github_gives_them() -> None:
    source = "# One two\n\n## One two\n\n## C++ & C#\n\n## One two-1\n\n## 🧠\n\n## _main\n"
    found = published({"A.md": source})
    assert found.addresses.ids(found.vault.notes["A.md"]) == [
        "one-two",
        "one-two-1",
        "c--c",
        "one-two-1-1",
        "section",
        "main",
    ]
