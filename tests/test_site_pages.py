"""What stands on each page of a site."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmvault.config import SiteSettings
from fmvault.graph.path import reading_order
from fmvault.publish.contexts import BoardPage, Frame, HomePage, Listing, ListPage, NotePage, Ref, Rendered, Texts
from fmvault.publish.machines.told import site_url
from fmvault.publish.markup import Renderer
from fmvault.publish.pages import order, picture
from fmvault.publish.pages.atlas import Atlas
from fmvault.publish.pages.frames import Frames
from fmvault.publish.pages.lists import ListPages
from fmvault.publish.pages.moved import old_address
from fmvault.publish.pages.notes import NotePages
from fmvault.publish.search import search
from tests.test_graph import graph
from tests.test_site import look, published

Files = Mapping[str, str | bytes]
PLAIN = SiteSettings()


class Pages:
    """The pages of a vault's site, before they are put into templates."""

    def __init__(
        self, files: Files, told: SiteSettings = PLAIN, days: Mapping[str, tuple[int, int]] | None = None
    ) -> None:
        self.published = published(files, told, days=days)
        texts = Texts(look().texts)
        self.atlas = Atlas(self.published, texts)
        self.frames = Frames(self.atlas, texts, ["assets/own/mine.css"])
        renderer = Renderer(self.published, texts)
        self.notes = NotePages(self.atlas, self.frames, renderer)
        self.lists = ListPages(self.atlas, self.frames, renderer)

    def rendered(self, path: str) -> Rendered:
        return self.notes.note(self.published.vault.notes[path])

    def note(self, path: str) -> NotePage:
        page = self.rendered(path).content
        assert isinstance(page, NotePage)
        return page


def note(files: Files, path: str = "a.md", told: SiteSettings = PLAIN) -> NotePage:
    return Pages(files, told).note(path)


def frame(files: Files, path: str = "a.md", told: SiteSettings = PLAIN) -> Frame:
    return Pages(files, told).rendered(path).frame


def listed(rendered: Rendered) -> ListPage:
    assert isinstance(rendered.content, ListPage)
    return rendered.content


def shown(refs: Sequence[Ref]) -> list[str]:
    """Links as ``Title -> href``."""
    return [f"{ref.title} -> {ref.href}" for ref in refs]


def grouped(groups: Sequence[Listing]) -> dict[str, list[str]]:
    return {group.title: [entry.ref.title for entry in group.entries] for group in groups}


# -- titles -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Text.", "a"),
        ("# The *real* title\n\nText.", "The real title"),
        ("---\ntitle: Told\n---\nText.", "Told"),
        ("---\ntitle: Told\n---\n# Written\n", "Written"),
        # Who writes every section as a heading of level 1 has no title there.
        ("# Definition\n\nx\n\n# More\n", "a"),
        ("Text.\n\n# Not the first\n", "a"),
        # But where the first of them says the note's name, that is its title.
        ("---\ntitle: Told\n---\n# A\n\nx\n\n# More\n", "A"),
    ],
)
def test_a_note_is_called_by_its_one_first_heading_else_by_a_property_else_by_its_file(text: str, title: str) -> None:
    assert frame({"a.md": text}).title == title
    assert note({"a.md": text, "b.md": "[[a]]"}, "b.md").graph_svg.count(f">{title}</text>") == 1


def test_the_title_is_not_said_again_in_the_text() -> None:
    body = note({"a.md": "# A\n\nx\n\n# More\n\n# A\n"}).body_html
    assert [body.count(f">{title}") for title in ("A", "More")] == [1, 1]


def test_a_title_among_the_properties_is_shown_where_a_heading_takes_its_place() -> None:
    assert [row.key for row in note({"a.md": "---\ntitle: Told\n---\n# Written\n"}).properties] == ["title"]
    assert note({"a.md": "---\ntitle: Told\n---\nText.\n"}).properties == []


def test_an_embed_in_a_property_is_a_link() -> None:
    files: Files = {"a.md": "---\ncover: ['![[red.png]]', '[[b]]']\n---\n", "red.png": b"", "b.md": ""}
    (row,) = note(files).properties
    assert row.values_html == [
        '<a class="link" href="files/red.png">red.png</a>',
        '<a class="link" href="b.html" data-note="b.html">b</a>',
    ]


def test_a_heading_without_words_is_not_in_the_table_of_contents() -> None:
    found = note({"a.md": "## One\n\n##\n\n## Two\n"})
    assert [entry.title for entry in found.outline] == ["One", "Two"]


def test_a_file_that_cannot_be_read_says_so() -> None:
    told = {
        "a.md": ("# Words\n".encode("utf-16"), "This note cannot be read"),
        "b.canvas": (b'{"nodes": [', "This canvas cannot be read"),
        "c.base": (b"views: [\n  - x: :", "This base cannot be read"),
    }
    files = {path: source for path, (source, _) in told.items()}
    for path, (_, said) in told.items():
        pages = Pages({**files, "d.md": "[[a]] [[b.canvas]] ![[b.canvas]] [[c.base]]"})
        if path == "a.md":
            assert said in pages.note(path).body_html
        else:
            content = pages.notes.board(pages.published.vault.notes[path]).content
            assert isinstance(content, BoardPage)
            assert said in content.body_html
    for whole in ({"a.md": ""}, {"a.md": "Text."}):
        assert "cannot be read" not in note(whole).body_html


def test_a_drawing_of_the_plugin_excalidraw_says_what_it_is() -> None:
    text = (
        "---\nexcalidraw-plugin: parsed\n---\n==⚠  Switch to EXCALIDRAW VIEW in the MORE OPTIONS menu. ⚠==\n\n"
        "# Text Elements\nA box ^x1\n\n# Drawing\n```json\n{}\n```\n"
    )
    body = note({"a.md": text}).body_html
    assert "This is a drawing of the plugin <a" in body
    assert ">A box</p>" in body
    assert "EXCALIDRAW VIEW" not in body
    assert "{}" not in body


# -- what stands on a note's page -------------------------------------------------------------------------------------


def test_the_definition_leads_where_the_text_does_not_begin_with_it() -> None:
    front = "---\ntype: concept\n---\n# A\n\n"
    later = note({"a.md": front + "Words first.\n\n## Definition\n\nWhat *it* is.\n\nMore of it.\n"})
    assert "What <em>it</em> is." in later.lead_html
    assert "More of it" not in later.lead_html
    assert note({"a.md": front + "## Definition\n\nWhat it is.\n\n## Else\n\nx\n"}).lead_html == ""
    assert note({"a.md": "No kind.\n\n## Definition\n\nWhat it is.\n"}).lead_html == ""


def test_a_description_is_what_the_note_says_itself_else_its_definition_else_its_first_paragraph() -> None:
    told = "---\ntype: concept\ndescription: |\n  Told\n  here.\n---\nFirst.\n\n## Definition\n\nWhat it is.\n"
    assert frame({"a.md": told}).head.description == "Told here."
    marked = "---\ndescription: 'See [[b|that]], **bold** and `code`.'\n---\n"
    assert frame({"a.md": marked}).head.description == "See that, bold and code."
    text = "---\ntype: concept\n---\nFirst *words*.\n\n## Definition\n\nWhat it\nis, [[b|said]] shortly.\n"
    assert frame({"a.md": text, "b.md": ""}).head.description == "What it is, said shortly."
    assert frame({"a.md": "# A\n\nFirst *words*.\n\nSecond."}).head.description == "First words."
    long = frame({"a.md": "word " * 100}).head.description
    assert len(long) <= 180
    assert long.endswith("word…")


def test_properties_are_shown_with_their_types_but_for_what_is_shown_elsewhere() -> None:
    text = (
        "---\ntype: concept\naliases: [x]\ntags: [y]\nauthor: '[[b|Ada & co]]'\nyear: 1948\nread: true\n"
        "published: 1948-07-01\nseen: 2026-01-02T03:04:00\nsite: https://example.org/?a=1&b=2\nempty:\n"
        "list: [one, '[[missing]]']\nrequires: '[[b]]'\nbad: '<script>javascript:alert(1)</script>'\n"
        "map: {a: [1]}\n---\n"
    )
    rows = {row.key: (row.type, list(row.values_html)) for row in note({"a.md": text, "b.md": ""}).properties}
    assert rows == {
        "author": ("link", ['<a class="link" href="b.html" data-note="b.html">Ada &amp; co</a>']),
        "year": ("number", ["1948"]),
        "read": ("checkbox", ['<input type="checkbox" disabled checked aria-label="read">']),
        "published": ("date", ['<time datetime="1948-07-01">1 July 1948</time>']),
        "seen": ("datetime", ['<time datetime="2026-01-02T03:04:00">2 January 2026 03:04</time>']),
        "site": (
            "text",
            [
                '<a class="external" href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer">'
                "https://example.org/?a=1&amp;b=2</a>"
            ],
        ),
        "list": ("list", ["one", '<a class="link missing" role="link" aria-disabled="true">missing</a>']),
        "bad": ("text", ["&lt;script&gt;javascript:alert(1)&lt;/script&gt;"]),
        "map": ("text", ["<code>{&quot;a&quot;: [1]}</code>"]),
    }


def test_a_backlink_is_told_with_the_sentence_and_the_link_marked_in_it() -> None:
    files = {
        "a.md": "[[a]] leads to itself.",
        "b.md": "# B\n\nFirst. It is <i>in</i> [[a|this & that]] too. Last.\n\nAnd [[a]].\n",
        "c.md": "---\nrequires: '[[a]]'\n---\n",
        "d.md": "---\nseen: '[[a]]'\n---\n",
    }
    found = note(files).backlinks
    assert [(each.note.title, list(each.sentences_html)) for each in found] == [
        ("B", ["It is in <mark>this &amp; that</mark> too.", "And <mark>a</mark>."]),
        ("d", []),
    ]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Heat and [[Heat]] and Heat.", "Heat and <mark>Heat</mark> and Heat."),
        ("Heat and Heat and [[Heat]].", "Heat and Heat and <mark>Heat</mark>."),
        ("[[Heat]] and Heat.", "<mark>Heat</mark> and Heat."),
        ("Of **Heat**, as [[Heat]] is.", "Of Heat, as <mark>Heat</mark> is."),
        ("é Heat é [Heat](Heat.md) é Heat.", "é Heat é <mark>Heat</mark> é Heat."),
    ],
)
def test_of_the_same_words_in_a_sentence_those_of_the_link_are_marked(text: str, marked: str) -> None:
    found = note({"Heat.md": "", "b.md": f"Before, Heat.\n\n{text}"}, "Heat.md").backlinks
    assert list(found[0].sentences_html) == [marked]


def test_relations_are_told_from_both_ends_and_ghosts_lead_nowhere() -> None:
    files = {
        "a.md": "---\nrequires: ['[[b]]', '[[missing]]']\nrelated: '[[b]]'\n---\n",
        "b.md": "---\nis-a: '[[a]]'\n---\n",
    }

    def told(path: str) -> list[tuple[str, bool, list[str]]]:
        return [(group.name, group.incoming, shown(group.notes)) for group in note(files, path).relations]

    assert told("a.md") == [
        ("requires", False, ["b -> b.html", "missing -> None"]),
        ("related", False, ["b -> b.html"]),
        ("is-a", True, ["b -> b.html"]),
    ]
    assert told("b.md") == [
        ("is-a", False, ["a -> a.html"]),
        ("related", False, ["a -> a.html"]),
        ("requires", True, ["a -> a.html"]),
    ]


def test_the_note_before_and_after_are_those_of_the_reading_path() -> None:
    files = {
        "a.md": "---\nrequires: '[[c]]'\n---\n",
        "b.md": "Alone, but for [[a]].",
        "c.md": "---\nrequires: '[[x/d]]'\n---\n",
        "x/d.md": "",
    }
    pages = Pages(files)
    turns = {path: (pages.note(path).previous, pages.note(path).next) for path in files}
    assert {path: [ref.href if ref else None for ref in turn] for path, turn in turns.items()} == {
        "x/d.md": [None, "../c.html"],
        "c.md": ["x/d.html", "a.html"],
        "a.md": ["c.html", None],
        "b.md": [None, None],
    }


def test_days_come_from_properties_else_from_git_and_are_written_out() -> None:
    files = {"a.md": "---\ncreated: 2026-11-22\n---\n", "b.md": "x"}
    pages = Pages(files, days={"a.md": (0, 1), "b.md": (0, 31)})
    first, other = pages.note("a.md"), pages.note("b.md")
    assert first.created is not None
    assert (first.created.iso, first.created.shown) == ("2026-11-22", "22 November 2026")
    assert first.changed is not None
    assert first.changed.iso == "1970-01-02"
    assert other.created is not None
    assert other.created.iso == "1970-01-01"
    assert note(files, "b.md").created is None


def test_a_note_can_be_edited_where_the_settings_say() -> None:
    files = {"Ideen/Größe & Maß.md": ""}
    told = SiteSettings(edit="https://example.org/edit/{path}?x")
    assert note(files, "Ideen/Größe & Maß.md", told).edit == (
        "https://example.org/edit/Ideen/Gr%C3%B6%C3%9Fe%20%26%20Ma%C3%9F.md?x"
    )
    assert note({"a.md": ""}, told=SiteSettings(edit="javascript:alert('{path}')")).edit is None


@pytest.mark.parametrize(
    ("properties", "language", "direction"),
    [
        ("lang: he", "he", "rtl"),
        ("lang: de-AT", "de-AT", "ltr"),
        ("lang: ar\ndir: ltr", "ar", "ltr"),
        ("dir: rtl", "en", "rtl"),
        ("lang: 'x\" onclick=\"'", "", ""),
        ("dir: up", "", ""),
    ],
)
def test_a_note_may_say_its_language_and_direction(properties: str, language: str, direction: str) -> None:
    found = frame({"a.md": f"---\n{properties}\n---\n"})
    assert (found.note_language, found.direction) == (language, direction)


def test_classes_of_a_note_cannot_be_taken_for_those_of_the_page() -> None:
    text = "---\ncssclasses: [wide, 'a\"b', missing two]\n---\n"
    assert note({"a.md": text}).css_classes == ["own-wide", "own-missing", "own-two"]


def test_the_map_is_led_to_by_name_or_by_path_where_two_are_called_the_same() -> None:
    titled = {"c/20260101.md": "# A day", "d/1.md": "# Day", "d/2.md": "# Day"}
    pages = Pages({"a/X y.md": "", "b/X y.md": "", "c/Ü&#.md": "", **titled})
    assert pages.note("a/X y.md").graph_href == "../graph.html#note=X%20y"
    assert pages.note("b/X y.md").graph_href == "../graph.html#note=b%2FX%20y"
    assert pages.note("c/Ü&#.md").graph_href == "../graph.html#note=%C3%9C%26%23"
    assert pages.note("c/20260101.md").graph_href == "../graph.html#note=A%20day"
    assert [pages.note(f"d/{day}.md").graph_href for day in (1, 2)] == ["../graph.html#note=1", "../graph.html#note=2"]


# -- the picture of the notes around ----------------------------------------------------------------------------------


def test_the_picture_has_the_most_central_notes_around_with_links_and_lines_between_them() -> None:
    files = {"hub.md": "".join(f"[[n{index:02}]] " for index in range(30)), "a.md": "[[n29]] [[n05]]"}
    files |= {f"n{index:02}.md": "" for index in range(30)}
    svg = ElementTree.fromstring(note(files, "hub.md").graph_svg)
    links = [each.get("href") for each in svg.iter("a")]
    # Those that another note leads to as well come first.
    assert links == ["n05.html", "n29.html", *(f"n{index:02}.html" for index in range(23) if index != 5)]
    assert len(list(svg.iter("line"))) == picture.MOST
    assert len(ElementTree.fromstring(note(files, "a.md").graph_svg).findall("line")) == 2


def test_where_all_are_joined_with_all_each_has_a_line_to_the_first_it_is_joined_with() -> None:
    around = [Ref(title=name, href="x.html") for name in "abcd"]
    joined = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (0, 1)]
    svg = ElementTree.fromstring(picture.ring(None, around, joined, ""))
    places = [(each.get("cx"), each.get("cy")) for each in svg.iter("circle")]
    drawn = {((line.get("x1"), line.get("y1")), (line.get("x2"), line.get("y2"))) for line in svg.iter("line")}
    assert drawn == {(places[0], places[1]), (places[0], places[2]), (places[0], places[3])}


def test_a_line_joins_two_notes_around_that_are_next_to_each_other() -> None:
    svg = ElementTree.fromstring(note({"a.md": "[[b]] [[c]]", "b.md": "[[c]]", "c.md": ""}).graph_svg)
    assert len(svg.findall("line")) == 3
    assert note({"a.md": "[[missing]]"}).graph_svg == ""


@given(st.lists(st.text(max_size=40), min_size=1, max_size=picture.MOST))
def test_no_two_notes_stand_in_one_place_of_the_picture_and_names_are_text(titles: Sequence[str]) -> None:
    around = [Ref(title=title, href="x.html?a&b", key="x.html") for title in titles]
    svg = picture.ring(Ref(title="<here>", href="a.html"), around, [], "<label>")
    assert "<here>" not in svg
    if all(character.isprintable() for title in titles for character in title):
        circles = list(ElementTree.fromstring(svg).iter("circle"))
        assert len({(each.get("cx"), each.get("cy")) for each in circles}) == len(titles) + 1


def test_names_end_before_the_frame_of_the_picture() -> None:
    titles = ["mmmmmmmmmmmmmmmmmmmm", "iiiiiiiiiiiiiiiiiiii", "学" * 20, "Wwwmmm Mmmwww"]
    svg = picture.ring(None, [Ref(title=title, href="x.html") for title in titles], [], "")
    names = [each.text or "" for each in ElementTree.fromstring(svg).iter("text")]
    assert [len(name) for name in names] == [8, 20, 8, 9]
    assert names[3] == "Wwwmmm M…"


# -- around every page ------------------------------------------------------------------------------------------------


def test_crumbs_lead_from_the_home_page_through_the_folders() -> None:
    found = frame({"One/Two/a.md": ""}, "One/Two/a.md")
    assert shown(found.crumbs) == ["Home -> ../../index.html", "One -> ../index.html", "Two -> index.html"]
    assert found.root == "../../"
    assert found.styles == ["../../assets/own/mine.css"]


def test_the_page_for_what_is_not_there_works_from_everywhere_if_the_site_knows_where_it_is() -> None:
    there = Pages({"a.md": ""}, SiteSettings(url="https://example.org/x")).lists.not_found().frame
    assert there.root == "https://example.org/x/"
    assert there.menu[0] == ("all", "https://example.org/x/all.html", False)
    assert there.head.canonical is None
    assert Pages({"a.md": ""}).lists.not_found().frame.root == ""


def test_what_notes_bring_is_run_only_if_they_are_trusted() -> None:
    trusted = frame({"a.md": "```mermaid\ngraph\n```\n"}, told=SiteSettings(trust_html=True)).policy
    assert "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';" in trusted
    assert "unsafe-inline" not in frame({"a.md": ""}).policy


def test_a_page_loads_nothing_that_is_not_beside_it_unless_it_needs_to() -> None:
    plain = frame({"a.md": ""}).policy
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in plain
    assert "https:" not in plain
    assert "style-src 'self' 'unsafe-inline'" in frame({"a.md": "```mermaid\ngraph\n```\n"}).policy
    remote = frame({"a.md": ""}, told=SiteSettings(remote_media=True)).policy
    assert "img-src 'self' data: https:; media-src 'self' https:" in remote
    assert "script-src 'self';" in remote


# -- lists ------------------------------------------------------------------------------------------------------------


def test_all_notes_are_listed_by_letter() -> None:
    files = {f"{name}.md": "" for name in ("Zoo", "été", "Echo", "10 things", "9 things", "学习", "(Residual)", "Öl")}
    page = listed(Pages(files).lists.all())
    assert grouped(page.groups) == {
        "E": ["Echo", "été"],
        "O": ["Öl"],
        "R": ["(Residual)"],
        "Z": ["Zoo"],
        "学": ["学习"],
        "#": ["9 things", "10 things"],
    }
    assert page.total == 8
    assert len({group.id for group in page.groups}) == len(page.groups)


@given(st.lists(st.text()))
def test_every_name_is_listed_once_whatever_it_is(names: Sequence[str]) -> None:
    groups = order.by_letter(names, str)
    assert sorted(name for group in groups.values() for name in group) == sorted(names)
    assert all(len(letter) == 1 for letter in groups)


def test_the_glossary_has_every_definition() -> None:
    front = "---\ntype: concept\n---\n## Definition\n\n"
    files = {"x/b.md": front + "What [[a]] is not.\n", "a.md": front + "What it is.\n", "c.md": "None."}
    page = listed(Pages(files).lists.glossary())
    assert grouped(page.groups) == {"A": ["a"], "B": ["b"]}
    assert 'href="a.html"' in page.groups[1].entries[0].text_html


def test_questions_that_are_open_are_listed_by_note() -> None:
    front = "---\ntype: concept\n---\n## Questions\n\n"
    files = {"b.md": front + "- Why *so*?\n- [x] Done?\n- Why [[missing]]?\n", "a.md": front + "- [x] Done?\n"}
    page = listed(Pages(files).lists.questions())
    assert [(group.title, group.href, len(group.entries)) for group in page.groups] == [("b", "b.html", 2)]
    assert "Why <em>so</em>?" in page.groups[0].entries[0].text_html


def test_what_is_wanted_is_listed_with_who_asks_for_it() -> None:
    page = listed(Pages({"a.md": "[[Missing]] [[Other]]", "x/b.md": "[[Missing]]"}).lists.wanted())
    entries = page.groups[0].entries
    assert [(entry.ref.title, entry.ref.href, entry.count, shown(entry.notes)) for entry in entries] == [
        ("Missing", None, 2, ["a -> a.html", "b -> x/b.html"]),
        ("Other", None, 1, ["a -> a.html"]),
    ]


def test_a_tag_has_the_notes_of_those_below_it_and_leads_to_them() -> None:
    pages = Pages({"a.md": "#Physics/heat", "b.md": "#physics #other", "c.md": "#physics/heat/flow"})
    physics = pages.lists.tag("physics")
    assert grouped(listed(physics).groups) == {"": ["a", "b", "c"]}
    assert [(entry.ref.title, entry.ref.href, entry.count) for entry in listed(physics).inner] == [
        ("Physics/heat", "physics/heat.html", 2)
    ]
    flow = pages.lists.tag("physics/heat/flow")
    assert flow.frame.title == "#physics/heat/flow"
    assert shown(flow.frame.crumbs)[1:] == [
        "Tags -> ../../index.html",
        "Physics -> ../../physics.html",
        "Physics/heat -> ../heat.html",
    ]
    assert grouped(listed(pages.lists.tags()).groups) == {
        "O": ["other"],
        "P": ["Physics", "Physics/heat", "physics/heat/flow"],
    }
    assert shown(pages.note("a.md").tags) == ["Physics/heat -> tags/physics/heat.html"]


@pytest.mark.parametrize("name", ["Ideas", "index", "README"])
def test_a_folder_is_introduced_by_a_note_of_its_name_or_called_index(name: str) -> None:
    files = {f"Ideas/{name}.md": "# Here\n\nWhat *this* is.\n", "Ideas/In/b.md": "", "Ideas/c.md": "", "d.md": ""}
    page = listed(Pages(files).lists.folder("Ideas"))
    assert "What <em>this</em> is." in page.intro_html
    assert [(entry.ref.title, entry.ref.href, entry.count) for entry in page.inner] == [("In", "in/index.html", 1)]
    assert grouped(page.groups) == {"": ["c", "Here"]}


def test_the_first_page_has_what_is_central_and_what_has_changed() -> None:
    pages = Pages(
        {"a.md": "#t [[hub]]", "b.md": "[[hub]]", "F/hub.md": "It is *central*."}, days={"a.md": (0, 3), "b.md": (0, 5)}
    )
    page = pages.lists.home().content
    assert isinstance(page, HomePage)
    assert (page.notes, page.links) == (3, 2)
    assert page.central[0].ref.title == "hub"
    assert page.central[0].ref.lead == "It is central."
    assert [entry.ref.title for entry in page.recent] == ["b", "a"]
    assert [(entry.ref.title, entry.count) for entry in page.folders] == [("F", 1)]
    assert [(entry.ref.title, entry.count) for entry in page.tags] == [("t", 1)]


def test_a_board_has_a_page_with_those_who_lead_to_it() -> None:
    pages = Pages({"a.md": "Drawn in [[b.canvas]].", "b.canvas": '{"nodes": [], "edges": []}'})
    page = pages.notes.board(pages.published.boards[0]).content
    assert isinstance(page, BoardPage)
    assert page.kind == "canvas"
    assert [each.note.title for each in page.backlinks] == ["a"]


# -- the reading order ------------------------------------------------------------------------------------------------


def test_every_note_is_read_behind_what_it_needs() -> None:
    needing = "---\nrequires: ['[[{}]]', '[[{}]]']\n---\n"
    found = graph(
        {"a.md": needing.format("c", "b"), "b.md": needing.format("d", "none"), "c.md": "", "d.md": "", "e.md": ""}
    )
    assert reading_order(found) == ["c.md", "d.md", "b.md", "a.md"]


def test_notes_that_need_each_other_are_read_together() -> None:
    needing = "---\nrequires: '[[{}]]'\n---\n"
    files = {
        "a.md": needing.format("b"),
        "b.md": "---\nrequires: ['[[c]]', '[[a]]']\n---\n",
        "c.md": needing.format("d"),
    }
    assert reading_order(graph({**files, "d.md": ""})) == ["d.md", "c.md", "b.md", "a.md"]


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
def test_the_reading_order_has_each_note_once_and_breaks_no_need_but_in_circles(pairs: set[tuple[int, int]]) -> None:
    ahead: dict[int, set[int]] = {index: set() for index in range(10)}
    for one, other in pairs:
        if one != other:
            ahead[one].add(other)
    files = {}
    for one, others in ahead.items():
        links = ", ".join(f"'[[{other}]]'" for other in sorted(others))
        files[f"{one}.md"] = f"---\nrequires: [{links}]\n---\n"
    found = graph(files)
    listed = [int(path[:-3]) for path in reading_order(found)]
    joined = {each for one, others in ahead.items() for each in (one, *others) if others}
    assert sorted(listed) == sorted(joined)

    def reaches(start: int) -> set[int]:
        seen: set[int] = set()
        left = [start]
        while left:
            for other in ahead[left.pop()] - seen:
                seen.add(other)
                left.append(other)
        return seen

    for one in joined:
        for other in ahead[one]:
            if one not in reaches(other):
                assert listed.index(other) < listed.index(one)


def test_an_old_address_is_known_by_the_host_as_it_is_written() -> None:
    site = site_url(SiteSettings(url="https://bücher.example/x"))
    assert old_address("https://bücher.example/x/old.html", site) == "old.html"
    assert old_address("https://bücher.other/x/old.html", site) is None


# -- what previews rely on ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("notes", "previews", "texts"), [(65, 2, 16), (129, 4, 32), (300, 8, 64)])
def test_a_site_with_several_scripts_of_previews_has_eight_of_texts_to_each(
    notes: int, previews: int, texts: int
) -> None:
    found = [task.address for task in search(published({f"{number}.md": "x" for number in range(notes)}), {})]
    counted = [sum(address.startswith(f"data/{stem}-") for address in found) for stem in ("preview", "text")]
    assert counted == [previews, texts]
