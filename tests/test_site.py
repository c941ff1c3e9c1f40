"""The whole site: which files it has, what each depends on, and that nothing is told that is not published."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from fmvault import canvas, config, markdown
from fmvault.config import SiteSettings
from fmvault.kinds.concepts import Terms
from fmvault.lint import run
from fmvault.model import Note
from fmvault.publish.published import Published, project
from fmvault.publish.site import Remembering, Site, site
from fmvault.publish.task import Task
from fmvault.publish.templates import TemplateError, Templates
from fmvault.vault import Vault

KINDS = "[kinds.concept]\n"


class Look(Struct, frozen=True):
    """A theme."""

    templates: Mapping[str, str]
    texts: Mapping[str, str]
    assets: Mapping[str, bytes] = {}
    language: str = "en"


@cache
def look() -> Look:
    """The shipped templates, and assets that are soon compared."""
    import json

    here = Path(__file__).parent.parent / "site/fmvault_site"
    texts = json.loads((here / "texts/en.json").read_text(encoding="utf-8"))
    templates = {each.name: each.read_text(encoding="utf-8") for each in sorted((here / "templates").iterdir())}
    assets = {name: name.encode() for name in ("page.css", "page.js", "search.js", "mermaid.js")}
    return Look(templates, texts, assets)


def published(
    files: Mapping[str, str | bytes],
    told: SiteSettings = SiteSettings(),  # noqa: B008
    *,
    kinds: str = KINDS,
    reported: Sequence[str] | None = None,
    days: Mapping[str, tuple[int, int]] | None = None,
) -> Published:
    """What is published of a vault of these files; ``reported`` are those that are not excluded."""
    contents = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
    notes: list[Note] = []
    for path, content in contents.items():
        if path.endswith(".md"):
            notes.append(markdown.parse(path, content, keep_text=True))
        elif path.endswith((".canvas", ".base")):
            notes.append(canvas.parse(path, content))
    read = config.load("fmvault.toml", kinds, config.Known(run.RULES_BY_NAME, ("full",)))
    concepts = Terms(read, lambda path: b"").of(Vault(notes, list(files)))
    return project(
        concepts,
        set(files) if reported is None else set(reported),
        told,
        title="Concepts",
        days=days,
        read=contents.__getitem__,
    )


def made(of: Published, theme: Look | None = None) -> Site:
    return site(of, theme or look())


def tasks(files: Mapping[str, str | bytes], told: SiteSettings = SiteSettings()) -> Mapping[str, Task]:  # noqa: B008
    """The tasks of a vault's site by address."""
    found = made(published(files, told)).tasks
    by_address = {task.address: task for task in found}
    assert len(by_address) == len(found)
    return by_address


def page(files: Mapping[str, str | bytes], address: str, told: SiteSettings = SiteSettings()) -> str:  # noqa: B008
    return tasks(files, told)[address].make().decode()


def changed(before: Mapping[str, Task], after: Mapping[str, Task]) -> set[str]:
    """The addresses of pages for people that would be made anew, the map apart."""
    pages = {address for address in after if address.endswith(".html") and address != "graph.html"}
    return {address for address in pages if address not in before or before[address].digest != after[address].digest}


# -- which files there are --------------------------------------------------------------------------------------------


def test_there_is_a_page_for_each_note_board_tag_and_folder_and_those_that_list_them() -> None:
    found = tasks(
        {
            "Ideas/Entropy.md": "---\ntype: concept\n---\n# Definition\n\nDisorder, see [[Heat]].\n",
            "Notes.md": "#physics/heat\n![[a.png]]\n",
            "Map.canvas": '{"nodes": [], "edges": []}',
            "a.png": b"png",
        }
    )
    assert {address for address in found if address.endswith(".html")} == {
        "index.html",
        "all.html",
        "glossary.html",
        "graph.html",
        "wanted.html",
        "404.html",
        "tags/index.html",
        "tags/physics.html",
        "tags/physics/heat.html",
        "ideas/index.html",
        "ideas/entropy.html",
        "notes.html",
        "map-canvas.html" if "map-canvas.html" in found else "map.canvas.html",
    }
    assert found["files/a.png"].make() == b"png"


def test_pages_without_anything_on_them_are_not_there() -> None:
    found = tasks({"a.md": "Nothing leads anywhere."})
    assert not {"glossary.html", "questions.html", "wanted.html", "tags/index.html"} & set(found)
    assert 'href="wanted.html"' not in found["a.html"].make().decode()


def test_a_home_note_is_the_first_page() -> None:
    found = tasks({"Home.md": "Welcome in.", "a.md": "[[Home]]"})
    assert "Welcome in." in found["index.html"].make().decode()
    assert "home.html" not in found


@pytest.mark.parametrize(
    ("text", "copied"), [("```mermaid\ngraph TD\n```\n", True), ("A mermaid sings.\n", False), ("`mermaid`x\n", True)]
)
def test_the_script_for_diagrams_is_copied_if_there_may_be_one(text: str, copied: bool) -> None:
    assert ("assets/mermaid.js" in tasks({"a.md": text})) == copied


def test_a_site_without_search_has_no_script_for_it() -> None:
    assert "assets/search.js" not in tasks({"a.md": "x"}, SiteSettings(search=False))


def test_files_that_run_are_not_copied_and_pictures_that_might_are_cleaned() -> None:
    found = tasks({"a.md": "[[b.html]] ![[c.svg]]", "b.html": b"<p>", "c.svg": b"<svg><script>alert(1)</script></svg>"})
    assert "files/b.html" not in found
    assert b"alert" not in found["files/c.svg"].make()


def test_an_attachment_is_copied_anew_when_it_has_changed_or_its_stamp_has() -> None:
    one, other = ({"a.md": "![[b.png]]", "b.png": content} for content in (b"1", b"2"))
    assert tasks(one)["files/b.png"].digest != tasks(other)["files/b.png"].digest

    def stamped(stamp: bytes) -> bytes:
        tasks = site(published(one), look(), stamp=lambda path: stamp).tasks
        return next(task.digest for task in tasks if task.address == "files/b.png")

    assert stamped(b"1") == stamped(b"1") != stamped(b"2")


# -- where notes were, and what else they are called ------------------------------------------------------------------


def moved(files: Mapping[str, str | bytes], told: SiteSettings = SiteSettings()) -> set[str]:  # noqa: B008
    """The addresses that lead on, with what they lead to."""
    found = tasks(files, told)
    leading = {}
    for address, task in found.items():
        if address.endswith((".html", ".htm")) and address != "graph.html":
            html = task.make().decode()
            if refresh := re.search(r'http-equiv="refresh" content="0; url=([^"]*)"', html):
                leading[address] = refresh[1]
    return {f"{address} -> {target}" for address, target in leading.items()}


def test_an_alias_of_one_note_leads_to_it() -> None:
    files = {"Ideas/Large Model.md": "---\naliases: [LLM, Big Model]\n---\n", "a.md": ""}
    assert moved(files) == {"ideas/llm.html -> large-model.html", "ideas/big-model.html -> large-model.html"}


def test_an_alias_leads_nowhere_where_another_note_is_called_so() -> None:
    alias = "---\naliases: LLM\n---\n"
    assert moved({"a.md": alias, "b.md": alias}) == set()
    assert moved({"a.md": alias, "llm.md": ""}) == set()
    assert moved({"a.md": alias, "b.md": "---\naliases: 'LLM!'\n---\n"}) == set()


def test_old_addresses_lead_to_the_page() -> None:
    text = "---\npermalink: /about/us/\nredirect_from:\n  - /old.html\n  - https://example.org/x/deep/One\n---\n"
    assert moved({"Notes/a.md": text}, SiteSettings(url="https://example.org/x/")) == {
        "about/us/index.html -> ../../notes/a.html",
        "old.html -> notes/a.html",
        "deep/One/index.html -> ../../notes/a.html",
    }


@pytest.mark.parametrize(
    "old",
    [
        "../../etc/passwd",
        "/a/../../b/",
        "https://elsewhere.org/a",
        "//elsewhere.org/a",
        "javascript:alert(1)",
        "/.git/config",
        "/%2e%2e/%2e%2e/x",
        "/a%2f..%2f..%2fb",
        "C:/x",
        "/a\\..\\b",
        "/aux/x",
        "/a/nul.html",
        "/x\u0000y",
        "/assets/page.css",
        "/data/x.html",
        "/x?y",
        "/" + "x" * 400,
        "/" + "x/" * 100,
    ],
)
def test_an_old_address_never_leaves_the_site_nor_means_a_file_of_ours(old: str) -> None:
    quoted = old.replace("\\", "\\\\").replace("\u0000", "\\0")
    found = made(published({"a.md": f'---\npermalink: "{quoted}"\n---\n'}))
    leading = {task.address for task in found.tasks if task.address != "graph.html" and b'"refresh"' in task.make()}
    assert leading == set()
    assert len(found.troubles) == 1


@pytest.mark.parametrize(
    "old", ["/b.html", "/B.html", "/b.html/", "/all.html", "/notes.json/x", "/tags", "/assets.html/"]
)
def test_an_old_address_never_takes_that_of_another_page(old: str) -> None:
    files = {"a.md": f"---\nredirect_from: {old}\n---\n", "b.md": "#x Here."}
    found = made(published(files))
    addresses = [task.address.lower() for task in found.tasks]
    assert len(addresses) == len(set(addresses))
    # No file is where another has a folder.
    folders = {address.rpartition("/")[0] for address in addresses}
    folders |= {"/".join(folder.split("/")[:count]) for folder in folders for count in range(1, folder.count("/") + 1)}
    assert not folders & set(addresses)
    assert "Here." in next(task for task in found.tasks if task.address == "b.html").make().decode()


# -- what each page depends on ----------------------------------------------------------------------------------------

VAULT = {
    "Entropy.md": "---\ntype: concept\nrequires: '[[Heat]]'\ntags: [physics]\n---\n# Entropy\n\n## Definition\n\n"
    "Disorder of [[Heat]].\n\n## More\n\nA paragraph.\n",
    "Heat.md": "---\ntype: concept\n---\n# Heat\n\nIt flows. More of it in [[Engines/Engine]].\n",
    "Engines/Engine.md": "It needs [[Entropy|disorder]]. And so on.\n\nElsewhere.\n",
    "Quoting.md": "![[Entropy#Definition]]\n",
    "Alone.md": "Nobody.\n",
}


def test_an_unchanged_vault_gives_the_same_tasks() -> None:
    one, other = tasks(VAULT), tasks(dict(reversed(VAULT.items())))
    assert {address: task.digest for address, task in one.items()} == {
        address: task.digest for address, task in other.items()
    }


TAGS = {"tags/index.html", "tags/physics.html"}


@pytest.mark.parametrize(
    ("path", "old", "new", "pages"),
    [
        # It stands on no other page; the home page has the notes' first words.
        ("Alone.md", "Nobody", "Somebody", {"alone.html", "index.html"}),
        ("Entropy.md", "A paragraph", "Another", {"entropy.html", "quoting.html"}),
        # The sentence that the link stands in is quoted.
        ("Engines/Engine.md", "It needs", "It wants", {"engines/engine.html", "entropy.html", "index.html"}),
        ("Engines/Engine.md", "Elsewhere", "Anywhere", {"engines/engine.html"}),
        # A definition is in the glossary.
        (
            "Entropy.md",
            "Disorder of",
            "Order of",
            {"entropy.html", "heat.html", "quoting.html", "index.html", "glossary.html"},
        ),
        # A tag is counted where tags are listed.
        ("Heat.md", "It flows", "#physics It flows", {"heat.html", "engines/engine.html", "index.html"} | TAGS),
    ],
)
def test_an_edit_makes_only_those_pages_anew_that_show_it(path: str, old: str, new: str, pages: set[str]) -> None:
    assert old in VAULT[path]
    assert changed(tasks(VAULT), tasks({**VAULT, path: VAULT[path].replace(old, new)})) == pages


def test_a_note_that_is_called_otherwise_is_told_wherever_it_is_named() -> None:
    found = changed(tasks(VAULT), tasks({**VAULT, "Heat.md": VAULT["Heat.md"].replace("# Heat", "# Warmth")}))
    assert {"heat.html", "entropy.html", "engines/engine.html", "all.html"} <= found
    assert "alone.html" not in found


def test_the_settings_and_the_theme_are_part_of_every_page() -> None:
    before = tasks(VAULT)
    pages = {address for address in before if address.endswith(".html") and address != "graph.html"}
    assert changed(before, tasks(VAULT, SiteSettings(author="Ada"))) == pages
    theme = look()
    other = Look({**theme.templates, "note.html": "x"}, theme.texts, theme.assets)
    assert changed(before, {task.address: task for task in made(published(VAULT), other).tasks}) == pages


PIECES = st.sampled_from(
    [
        "# One\n",
        "# Two\n",
        "## Definition\n",
        "## Questions\n",
        "A sentence. ",
        "See [[b]]. ",
        "See [[b#One|one]] and [c](c.md). ",
        "[[missing]] ",
        "![[b]]\n\n",
        "![[c#One]]\n\n",
        "- an entry with [[a]]\n",
        "- [x] done [[a]]\n",
        "\n\n",
        "[b] and [d]\n\n",
        "[b]: https://example.org\n\n",
        "%% hidden\n\n",
        "`code [[b]]` ",
        "$x$ ",
        "```\n",
        "> ",
        "| a | b |\n|---|---|\n| [[b\\|x]] | [[c]] |\n\n",
        "#tag ",
        "#tag/inner ",
        "^block ",
        "[^1] ",
        "[^1]: A note on [[a]].\n\n",
        "<!-- ",
        "==bright== ",
        "*a* ",
    ]
)
FRONT = st.sampled_from(
    [
        "",
        "---\ntype: concept\n---\n",
        "---\ntype: concept\nrequires: '[[b]]'\n---\n",
        "---\nrequires: ['[[a]]', '[[c]]']\nis-a: '[[b]]'\n---\n",
        "---\naliases: [d, other]\ntags: tag\n---\n",
        "---\ntitle: Titled\ncreated: 2026-01-02\nlang: de\n---\n",
        "---\npermalink: /old/\ndraft: false\n---\n",
        "---\ndraft: true\n---\n",
    ]
)
NOTES = st.builds(lambda front, pieces: front + "".join(pieces), FRONT, st.lists(PIECES, max_size=6))
VAULTS = st.fixed_dictionaries({"a.md": NOTES, "b.md": NOTES, "x/c.md": NOTES})


@settings(max_examples=60)
@given(VAULTS, st.sampled_from(["a.md", "b.md", "x/c.md"]), NOTES)
def test_a_page_whose_digest_is_the_same_is_the_same(vault: Mapping[str, str], path: str, edited: str) -> None:
    told = SiteSettings(url="https://example.org/", edit="https://example.org/edit/{path}")
    before, after = tasks(vault, told), tasks({**vault, path: edited}, told)
    for address, task in after.items():
        old = before.get(address)
        if old is not None and old.digest == task.digest and address != "graph.html":
            assert old.make() == task.make(), address


# -- nothing is told that is not published ----------------------------------------------------------------------------

CANARY = re.compile(rb"canary", re.IGNORECASE)


@pytest.mark.parametrize("home", [False, True])
@pytest.mark.parametrize("images", [False, True])
def test_nothing_is_told_that_is_not_published(home: bool, images: bool) -> None:
    files: dict[str, str | bytes] = {
        "Draft canary.md": "---\ndraft: true\naliases: [canary alias]\ntags: [canary-tag]\n---\ncanary text\n",
        "Private/Canary.md": "# canary title\n\nLeads to [[Open]]. canary\n",
        "Excluded/Other canary.md": "Leads to [[Open]]. canary\n",
        "Open.md": "---\ntype: concept\nrating: canary\nrelated: '[[Draft canary]]'\n---\n# Open\n\n## Definition\n\n"
        "Open %% canary comment %% is <!-- canary --> open. See [[Draft canary]], [[Draft canary|the Draft canary]], "
        "[[canary alias]], [it](Private/Canary.md) and [[Private/Canary#canary title]]. ![[Canary.png]]\n\n"
        "## Questions\n\n- What is [[Draft canary]]?\n\n![[Draft canary]]\n",
        "Other.md": "It leads to [[Open]] %%canary%%, unlike [[Other canary]].\n",
        "Map.canvas": '{"nodes": [{"id": "1", "type": "file", "file": "Draft canary.md", "x": 0, "y": 0, "width": 9,'
        '"height": 9}, {"id": "2", "type": "text", "text": "[[Draft canary]] %%canary%%", "x": 0, "y": 0, "width": 9,'
        '"height": 9}], "edges": []}',
        "Unused canary.png": b"canary",
        "Private/Canary.png": b"canary",
    }
    if home:
        files["index.md"] = "Home of [[Open]]. %% canary %%\n"
    told = SiteSettings(
        private=("Private/",), hidden_properties=("rating",), url="https://example.org/", social_images=images
    )
    reported = [path for path in files if not path.startswith("Excluded/")]
    found = made(published(files, told, reported=reported, days={"Draft canary.md": (1, 2), "Open.md": (1, 2)}))
    telling = [
        task.address for task in found.tasks if CANARY.search(task.make()) or CANARY.search(task.address.encode())
    ]
    assert telling == []
    assert not any("canary" in trouble.lower() for trouble in found.troubles)


# -- the map ----------------------------------------------------------------------------------------------------------


def test_the_map_leads_to_the_pages() -> None:
    assert b"engines/engine.html" in tasks(VAULT)["graph.html"].make()


def test_what_is_known_of_the_last_map_changes_no_byte_of_the_next() -> None:
    kept: list[bytes] = []
    memory = Remembering(lambda: kept[-1] if kept else b"", kept.append)
    plain = tasks(VAULT)["graph.html"].make()
    made = [
        next(
            task for task in site(published(VAULT), look(), memory=memory).tasks if task.address == "graph.html"
        ).make()
        for _ in range(2)
    ]
    assert made == [plain, plain]
    # The second had nothing to add.
    assert len(kept) == 1


def test_what_is_known_of_the_last_build_changes_no_byte_of_the_next() -> None:
    made = {address: task.make() for address, task in tasks(VAULT).items()}
    again = site(published(VAULT), look(), last=made.get).tasks
    assert {task.address: task.make() for task in again} == made


# -- templates --------------------------------------------------------------------------------------------------------


def with_template(name: str, text: str) -> Look:
    """The shipped look with one's own template before another of its name."""
    theme = look()
    shipped = {f"fmvault/{each}": source for each, source in theme.templates.items()}
    return Look({**theme.templates, **shipped, name: text}, theme.texts, theme.assets)


def shown(theme: Look) -> str:
    task = next(task for task in made(published({"a.md": "Text."}), theme).tasks if task.address == "a.html")
    return task.make().decode()


@pytest.mark.parametrize("name", ["!note.html", "fmvault/note.html"])
def test_one_block_of_a_page_can_be_ones_own(name: str) -> None:
    html = shown(with_template("note.html", f'{{% extends "{name}" %}}{{% block note_foot %}}<hr>Mine{{% endblock %}}'))
    assert "<hr>Mine" in html
    assert "Text." in html


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n\n{% if %}", r"template 'note.html', line 3: "),
        ("\n{{ page.nothing }}", r"template 'note.html', line 2: .*nothing"),
        ("{{ nothing }}", r"template 'note.html', line 1: 'nothing' is undefined"),
        ("{% extends 'none.html' %}", r"there is no template 'none.html'|template 'note.html'.*none.html"),
        ("{{ 1 / 0 }}", r"template 'note.html', line 1: division by zero"),
        ("\n{{ page.words + 'x' }}", r"template 'note.html', line 2: unsupported operand"),
        ("{{ page.__class__.__mro__ }}", r"template 'note.html', line 1: "),
        ("{{ frame.menu.append(1) }}", r"template 'note.html', line 1: "),
    ],
)
def test_a_template_that_cannot_be_used_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message) as error:
        shown(with_template("note.html", text))
    assert "\n" not in str(error.value)


def test_what_a_vault_says_is_text_in_every_template() -> None:
    assert "&lt;b&gt;" in shown(with_template("note.html", "{{ '<b>' }}"))


def test_a_wrong_template_is_told_before_any_page_is_made() -> None:
    with pytest.raises(TemplateError, match="line 1"):
        Templates({"other.html": "{% for %}"}).prepare()


def test_a_page_is_made_anew_when_the_map_calls_its_note_otherwise() -> None:
    files = {"a.md": "---\ntitle: One\n---\n", "b.md": "---\ntitle: One\n---\n", "c.md": "[[a]]"}
    before, after = (tasks({**files, "b.md": text})["a.html"] for text in (files["b.md"], ""))
    assert (b"#note=a" in before.make(), b"#note=One" in after.make()) == (True, True)
    assert before.digest != after.digest


def test_the_first_page_is_made_anew_when_a_note_says_something_else_of_itself() -> None:
    before, after = (
        tasks({"x/a.md": f"---\ndescription: {said}\n---\nFirst [[b]].", "x/b.md": "[[a]]"})["index.html"]
        for said in ("one thing", "another")
    )
    assert (b"another" in before.make(), b"another" in after.make()) == (False, True)
    assert before.digest != after.digest
