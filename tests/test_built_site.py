"""Sites as they are built, in a real browser and under real parsers: every link leads somewhere, and nothing runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import html5lib
import pytest

from tests import hostile
from tests.browser import LOADED, Page, started

pytest.importorskip("fmvault_site")

ROOT = Path(__file__).parents[1]
HELP = ROOT.parent / "shared" / "vaults" / "obsidian-help-en"
# What each hostile vector tries to call; it tells of itself by the page's title as well, which no policy forbids.
_TOLD = "window.fmvault = () => { window.ran = true; document.title = 'ran'; }; window.alert = window.fmvault;"
# Every element is touched as a person may: pointed at, given the focus, opened, and pressed if it leads nowhere else.
_TOUCH = """
(async () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  for (const each of document.querySelectorAll("main *")) {
    for (const type of ["pointerover", "mouseover", "mouseenter", "focus", "focusin", "mousemove", "pointerdown"]) {
      each.dispatchEvent(new Event(type, { bubbles: type !== "focus" }));
    }
    if (/^(javascript|data|vbscript):/i.test(each.href ?? "")) each.click();
  }
  await new Promise((done) => setTimeout(done, 50));
  return Boolean(window.ran) || document.title === "ran";
})()
"""
_LINKS = """
[...document.querySelectorAll("[href], [src], [data], [poster]")]
  .map((each) => each.getAttribute("href") ?? each.getAttribute("src") ?? each.getAttribute("data") ?? each.poster)
  .map((address) => new URL(address, location).href)
"""


def build(vault: Path, out: Path, *options: str) -> Path:
    """Build a site by the command line."""
    command = [sys.executable, "-m", "fmvault", "build", str(vault), "-o", str(out), "--no-history", *options]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), *sys.path))}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr + done.stdout
    return out


def pages(site: Path) -> Sequence[Path]:
    return sorted(site.rglob("*.html"))


def shown(site: Path) -> Sequence[Path]:
    """The pages that stay when they are opened, and lead to no other at once."""
    return [file for file in pages(site) if b'http-equiv="refresh"' not in file.read_bytes()]


@cache
def parsed(file: Path) -> Any:
    """A page's tree, by a parser that objects to what is no HTML."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(file.read_text(encoding="utf-8"))


@cache
def ids(file: Path) -> frozenset[str]:
    return frozenset(each.get("id") for each in parsed(file).iter() if each.get("id"))


def crawl(site: Path, browser: Page) -> Sequence[str]:
    """What is wrong with a site's pages: trouble in the browser, and links that lead nowhere."""
    wrong: list[str] = []
    root = site.as_uri() + "/"
    for file in shown(site):
        browser.trouble.clear()
        browser.open(file.as_uri(), until=LOADED, within=root)
        name = file.relative_to(site).as_posix()
        wrong += (f"{name}: {trouble}" for trouble in browser.trouble)
        if name == "graph.html":
            continue
        for link in browser.ask(_LINKS):
            if link.startswith(root):
                target = site / unquote(urlsplit(link).path)[len(unquote(urlsplit(root).path)) :]
                fragment = unquote(urlsplit(link).fragment)
                if not target.is_file():
                    wrong.append(f"{name}: '{link}' is not there")
                elif (
                    fragment
                    and target.suffix == ".html"
                    and target.name != "graph.html"
                    and fragment not in ids(target)
                ):
                    wrong.append(f"{name}: '{link}' has no such place")
            elif not link.startswith(("http://", "https://", "mailto:", "obsidian:")):
                wrong.append(f"{name}: '{link}' leads out of the site")
    return wrong


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the shipped vault."""
    folder = tmp_path_factory.mktemp("shipped")
    shutil.copytree(ROOT / "vault", folder / "vault")
    return build(folder / "vault", folder / "public")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with started(tmp_path_factory.mktemp("profile")) as page:
        yield page


def test_every_page_of_the_shipped_vault_loads_and_leads_somewhere(site: Path, browser: Page) -> None:
    assert len(pages(site)) > 40
    assert crawl(site, browser) == []


def test_every_page_of_obsidians_help_loads_and_leads_somewhere(tmp_path: Path, browser: Page) -> None:
    if not HELP.is_dir():
        pytest.skip("Obsidian's help is not here")
    wrong = crawl(build(HELP, tmp_path / "public"), browser)
    # Its pictures and films have no bytes there.
    assert [each for each in wrong if "ERR_REQUEST_RANGE_NOT_SATISFIABLE" not in each] == []


def test_pages_are_valid(site: Path) -> None:
    for file in pages(site):
        tree = parsed(file)
        found = [each.get("id") for each in tree.iter() if each.get("id")]
        assert len(found) == len(set(found)), file
        assert len(tree.findall(".//h1")) == 1, file
        assert tree.get("lang"), file
        assert all(image.get("alt") is not None for image in tree.iter("img")), file


def test_lychee_agrees_that_every_link_leads_somewhere(site: Path) -> None:
    lychee = shutil.which("lychee") or shutil.which("lychee", path=str(Path(sys.executable).parent))
    if lychee is None:
        pytest.skip("lychee is not installed")
    files = [str(file) for file in pages(site) if file.name not in ("graph.html", "404.html")]
    # What stands behind the map's # is which part of it is shown, and no place on a page.
    command = [lychee, "--offline", "--include-fragments", "--no-progress", "--exclude", r"graph\.html#", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_same_vault_gives_the_same_bytes(site: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "vault", tmp_path / "vault")
    again = build(tmp_path / "vault", tmp_path / "public")
    first = {file.relative_to(site): file.read_bytes() for file in site.rglob("*") if file.is_file()}
    second = {file.relative_to(again): file.read_bytes() for file in again.rglob("*") if file.is_file()}
    assert first.keys() == second.keys()
    # The record of the build has the times of attachments, which differ in a copy.
    assert [path.name for path in first if first[path] != second[path] and path.name != "fmvault-site.json"] == []


def test_nothing_of_a_hostile_vault_runs(tmp_path: Path, browser: Page) -> None:
    hostile.write(tmp_path / "vault")
    built = build(tmp_path / "vault", tmp_path / "public")
    root = built.as_uri() + "/"
    ran: list[str] = []
    troubled: list[str] = []
    files = [*shown(built), *sorted(built.rglob("*.svg"))]
    assert len(files) > len(hostile.HTML) + len(hostile.MARKDOWN)
    for file in files:
        browser.trouble.clear()
        browser.open(file.as_uri(), until=LOADED, within=root, first=_TOLD)
        if browser.ask(_TOUCH):
            ran.append(file.name)
        # What the policy had to refuse should not have been there to begin with.
        troubled += (f"{file.name}: {trouble}" for trouble in browser.trouble)
    assert ran == []
    assert troubled == []


def test_no_page_of_a_hostile_vault_holds_what_could_run(tmp_path: Path) -> None:
    hostile.write(tmp_path / "vault")
    built = build(tmp_path / "vault", tmp_path / "public")
    found = []
    for file in pages(built):
        if file.name == "graph.html":
            continue
        for each in parsed(file).iter():
            if not isinstance(each.tag, str):
                continue
            attributes = {str(name).lower(): value for name, value in each.attrib.items()}
            address = "".join(attributes.get(name, "") for name in ("href", "src", "action", "data", "xlink:href"))
            if (
                any(name.startswith("on") or name in ("style", "srcdoc", "formaction") for name in attributes)
                or re.match(r"[\s\0-\x1f]*(?:javascript|vbscript|data):", address, re.IGNORECASE)
                or (
                    each.tag == "script"
                    and not attributes.get("src", "").endswith(".js")
                    and "json" not in attributes.get("type", "")
                )
                or each.tag in ("object", "embed", "form[action]", "base", "frameset", "applet", "portal")
            ):
                found.append(f"{file.name}: <{each.tag} {attributes}>")
    assert found == []


def test_nothing_from_outside_the_vault_is_published(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.png").write_text("canary-out", encoding="utf-8")
    (outside / "secret.md").write_text("canary-out", encoding="utf-8")
    vault = tmp_path / "vault"
    (vault / ".hidden").mkdir(parents=True)
    (vault / ".hidden" / "x.png").write_text("canary-out", encoding="utf-8")
    (vault / "link.png").symlink_to(outside / "secret.png")
    (vault / "Linked.md").symlink_to(outside / "secret.md")
    (vault / "folder").symlink_to(outside)
    ways = ["../outside/secret.png", "folder/secret.png", "link.png", ".hidden/x.png", str(outside / "secret.png")]
    ways += ["..%2foutside%2fsecret.png", "%2e%2e/outside/secret.png", "..\\outside\\secret.png", "file:///etc/passwd"]
    ways += ["/etc/passwd", "../../../../../../etc/passwd", "....//outside/secret.png", "link.png\0.png", "~/.profile"]
    text = "\n\n".join(f"![[{way}]] ![x]({way}) ![x](<{way}>) <img src='{way}'> [[{way}]]" for way in ways)
    (vault / "A.md").write_text(f"{text}\n\n![[Linked]] ![[folder/secret]]\n", encoding="utf-8")
    built = build(vault, tmp_path / "public")
    for file in built.rglob("*"):
        if file.is_file():
            assert not file.is_symlink()
            assert b"canary-out" not in file.read_bytes(), file
            assert b"root:x:0:0" not in file.read_bytes(), file


def test_what_is_not_published_is_nowhere(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    card = '{"id": "1", "type": "file", "file": "Canary Two.md", "x": 0, "y": 0, "width": 9, "height": 9}'
    text = (
        '{"id": "2", "type": "text", "text": "[[Canary Two]] %%canary18%%", "x": 0, "y": 50, "width": 9, "height": 9}'
    )
    files = {
        "fmvault.toml": "[kinds.concept]\n[site]\nprivate = ['Journal/']\nhidden-properties = ['rating']\n"
        "url = 'https://example.org/'\n",
        "A.md": "---\ntype: concept\nrating: canary1\nup: '[[Canary Two]]'\n# canary3\n---\n# A\n\n## Definition\n\n"
        "A %%canary4%% is <!-- canary5 --> b, see [[Canary Two]], [[Canary Two|the canary two]].\n\n"
        "![[Canary Two]] ![[canary7.png]] [[canary8-alias]] [x](Journal/Canary6.md)\n\n%%\ncanary9\n%%\n\n"
        "## Open questions\n\n- Why [[Canary Two]]?\n",
        "Canary Two.md": "---\ndraft: true\naliases: [canary8-alias]\ntags: [canary10]\n---\n[[A]] ![[canary12.png]]\n",
        "Journal/Canary6.md": "[[A]] canary13\n",
        "Journal/canary7.png": "canary14",
        "canary12.png": "canary15",
        "canary16.png": "canary17",
        "B.canvas": f'{{"nodes": [{card}, {text}]}}',
        "C.base": "filters: 'project == \"Canary Two\"'\nviews: [{type: table, name: All}]\n",
    }
    for path, text in files.items():
        (vault / path).parent.mkdir(parents=True, exist_ok=True)
        (vault / path).write_text(text, encoding="utf-8")
    built = build(vault, tmp_path / "public")
    for file in built.rglob("*"):
        assert "canary" not in file.name.lower()
        if file.is_file():
            assert re.findall(rb"canary[ -]?(?:two|\d+)", file.read_bytes().lower()) == [], file
