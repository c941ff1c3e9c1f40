"""What is kept between runs: it saves time, and nobody can tell by anything else."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import fmvault
from benchmarks.generate import write
from benchmarks.shape import Shape
from fmvault import markdown
from fmvault.cli import commands
from fmvault.graph import measures, memory
from fmvault.graph.excerpts import sentence
from fmvault.model import Link, Note, Span
from fmvault.workspace import Opened, open_vault, processes, read
from fmvault.workspace.cache import Cache
from fmvault.workspace.kept import PARSING

HARD = Path(__file__).parents[2] / "shared" / "vaults" / "torture"
NOTES = {
    "a.md": "---\naliases: [A]\ndate: 2024-01-02\nn: 1.5\n---\n# Ä\n[[b|b]] #tag ^id\n\n`x` %%y%% [z](https://z)\n",
    "b.md": "text\n",
    "c.canvas": '{"nodes": [{"id": "1", "type": "file", "file": "a.md"}]}',
    "d.base": "filters: 'link(\"b\")'\n",
    "e.excalidraw.md": "%%\n[[b]]\n",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of this test's own; that vaults are small keeps none of them out of it."""
    monkeypatch.setenv("FMVAULT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(read, "_FEWEST_CACHED", 0)
    return tmp_path / "cache"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    root = tmp_path / "vault"
    root.mkdir()
    for path, text in NOTES.items():
        (root / path).write_text(text, "utf-8")
    (root / "latin.md").write_bytes(b"caf\xe9 [[b]]\n")
    (root / "wide.md").write_bytes("[[b]]\n".encode("utf-16"))
    return root


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the files that are parsed, as they are."""
    found: list[str] = []
    parse = read._parse

    def telling(path: str, source: bytes, keep_text: bool) -> Note:
        found.append(path)
        return parse(path, source, keep_text)

    monkeypatch.setattr(read, "_parse", telling)
    return found


def opened(vault: Path, *, keep_text: bool = False, cached: bool = True) -> Opened:
    return open_vault(vault, keep_text=keep_text, cached=cached)


def notes(vault: Path, *, keep_text: bool = False, cached: bool = True) -> dict[str, Note]:
    return dict(opened(vault, keep_text=keep_text, cached=cached).vault.notes)


def file_in(folder: Path, kind: str = "notes") -> Path:
    (file,) = folder.glob(f"*.{kind}")
    return file


def checked(vault: Path, *options: str) -> str:
    result = CliRunner().invoke(commands, ["check", str(vault), "--select", "all", "--format", "json", *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.stdout


# -- the same, but sooner ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("second", [False, True])
def test_what_is_kept_is_what_is_parsed(vault: Path, first: bool, second: bool) -> None:
    assert notes(vault, keep_text=first) == notes(vault, keep_text=first, cached=False)
    assert notes(vault, keep_text=second) == notes(vault, keep_text=second, cached=False)


def test_a_note_that_has_not_changed_is_not_parsed_again(vault: Path, parsed: list[str]) -> None:
    notes(vault)
    assert sorted(parsed) == sorted([*NOTES, "latin.md", "wide.md"])
    parsed.clear()
    notes(vault)
    assert parsed == ["latin.md", "wide.md"], "what is no UTF-8 is not kept"


def test_notes_kept_with_their_text_serve_those_who_do_not_ask_for_it(vault: Path, parsed: list[str]) -> None:
    notes(vault, keep_text=True)
    parsed.clear()
    assert all(note.text is None for note in notes(vault).values())
    notes(vault, keep_text=True)
    assert set(parsed) == {"latin.md", "wide.md"}


def test_notes_kept_without_their_text_are_parsed_for_those_who_ask_for_it(vault: Path, parsed: list[str]) -> None:
    notes(vault)
    parsed.clear()
    text = notes(vault, keep_text=True)["a.md"].text
    assert text is not None
    assert text.source == NOTES["a.md"].encode()
    assert {"a.md", "b.md"} < set(parsed)


def test_an_edit_is_seen_that_changes_neither_size_nor_time(vault: Path, parsed: list[str]) -> None:
    notes(vault)
    parsed.clear()
    about = (vault / "a.md").stat()
    (vault / "a.md").write_text(NOTES["a.md"].replace("[[b|b]]", "[[c|b]]"), "utf-8")
    os.utime(vault / "a.md", ns=(about.st_atime_ns, about.st_mtime_ns))
    assert notes(vault)["a.md"].links[0].target == "c"
    assert "a.md" in parsed
    parsed.clear()
    assert notes(vault)["a.md"].links[0].target == "c"
    assert "a.md" not in parsed


def test_a_note_is_parsed_again_under_another_name(vault: Path) -> None:
    notes(vault)
    (vault / "a.md").rename(vault / "a.excalidraw.md")
    assert notes(vault) == notes(vault, cached=False)


def test_a_note_that_is_no_longer_utf_8_is_seen_as_it_is(vault: Path) -> None:
    notes(vault, keep_text=True)
    (vault / "b.md").write_bytes(b"caf\xe9\n")
    for _ in range(2):
        assert notes(vault, keep_text=True) == notes(vault, keep_text=True, cached=False)


def test_text_on_standard_input_is_not_kept(vault: Path, parsed: list[str]) -> None:
    notes(vault)
    parsed.clear()
    assert open_vault(vault, overlay={"b.md": b"[[x]]\n"}, cached=True).vault.notes["b.md"].links
    notes(vault)
    assert parsed.count("b.md") == 2, "it is as if the note were not there"


@pytest.mark.skipif(not HARD.is_dir(), reason="the vault is not here")
def test_the_reports_on_a_vault_made_to_be_hard_are_equal() -> None:
    plain = checked(HARD, "--no-cache")
    assert [checked(HARD), checked(HARD), checked(HARD, "--no-cache")] == [plain] * 3


def test_the_reports_are_equal_where_processes_share_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    monkeypatch.setattr(processes, "_SHARE", 20)
    write(Shape(notes=120), tmp_path / "vault")
    vault = tmp_path / "vault"
    plain = checked(vault, "--no-cache")
    assert not folder.exists()
    assert [checked(vault), checked(vault)] == [plain] * 2
    edited = min(vault.rglob("*.md"))
    edited.write_text("[[no such note]]\n")
    edited_report = checked(vault)
    assert "no such note" in edited_report
    assert edited_report == checked(vault) == checked(vault, "--no-cache")


@given(st.binary(max_size=200) | st.text(alphabet="#[]|^%`$>-*: \nab\\!()\"'{}é", max_size=200).map(str.encode))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_note_says_it_is_kept_as_it_is(tmp_path: Path, source: bytes) -> None:
    note, root = markdown.parse("a.md", source, keep_text=True), tmp_path / "vault"
    Cache(root).keep([note])
    cache = Cache(root)
    if all(defect.fault != "invalid-encoding" for defect in note.defects):
        assert cache.find("a.md", source, True) == note
        assert cache.find("a.md", source, False) == markdown.parse("a.md", source)
    assert cache.find("a.md", source + b"x", False) is None
    assert cache.find("b.md", source, False) is None


# -- who is asked, and who is not -------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["check", "stats", "wanted", "path a", "graph --format json -o -"])
def test_without_a_cache_nothing_is_read_or_written(vault: Path, folder: Path, command: str) -> None:
    name, *arguments = command.split()

    def run(*options: str) -> str:
        more = [str(vault)] if name not in ("path",) else ["--vault", str(vault)]
        return CliRunner().invoke(commands, [name, *arguments, *more, *options]).stdout

    plain = run("--no-cache")
    assert plain
    assert not folder.exists()
    assert run() == plain
    before = {file: file.read_bytes() for file in folder.iterdir()}
    (vault / "b.md").write_text("changed [[x]]\n")
    changed = run("--no-cache")
    assert {file: file.read_bytes() for file in folder.iterdir()} == before
    assert run() == changed
    assert all(file.read_bytes() != content for file, content in before.items())


def test_a_vault_that_is_soon_read_is_not_kept(vault: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "_FEWEST_CACHED", len(NOTES) + 3)
    notes(vault)
    assert not folder.exists()


def test_nothing_is_ever_kept_in_the_vault(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(vault.rglob("*"))
    for inside in (vault, vault / "cache", vault / ".." / "vault" / "cache"):
        monkeypatch.setenv("FMVAULT_CACHE_DIR", str(inside))
        assert notes(vault) == notes(vault, cached=False)
    (vault.parent / "link").symlink_to(vault)
    monkeypatch.setenv("FMVAULT_CACHE_DIR", str(vault.parent / "link"))
    notes(vault)
    assert sorted(vault.rglob("*")) == before


def test_without_a_home_nothing_is_kept(vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FMVAULT_CACHE_DIR")
    monkeypatch.setattr("fmvault.workspace.kept.user_cache_path", lambda *_, **__: Path("~/.cache"))
    monkeypatch.chdir(tmp_path)
    assert notes(vault) == notes(vault, cached=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["vault"]


def test_python_can_do_without_sqlite(vault: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "fmvault.workspace.cache")
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    assert notes(vault) == notes(vault, cached=False)
    assert not folder.exists()


def test_all_that_parses_decides_what_is_kept() -> None:
    code = "import sys, fmvault.markdown, fmvault.canvas; print(*(m for m in sys.modules if m.startswith('fmvault.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    own = {name.split(".")[1] for name in done.stdout.split()}
    assert own == {name.removesuffix(".py") for name in PARSING if "/" not in name}


def test_another_parser_finds_nothing(vault: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    notes(vault)
    parsed.clear()
    monkeypatch.setattr(fmvault, "__version__", "99")
    notes(vault)
    assert {"a.md", "b.md"} < set(parsed)


# -- what may have happened to it -------------------------------------------------------------------------------------


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-5000])


def _no_database(file: Path) -> None:
    file.write_bytes(b"no database, but longer than the header of one. " * 9)


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _other_note(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        ((other,),) = database.execute("select note from notes where path = cast('b.md' as blob)")
        database.execute("update notes set note = ? where path = cast('a.md' as blob)", (other,))


def _other_type(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("update notes set text = 1.5")


def _other_column(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b" note blob", b" nota blob"))


def _no_text(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"(path blob", b"(p\xe5th b'ob"))


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _unreadable(file: Path) -> None:
    file.unlink()
    file.symlink_to(file)


DAMAGE = [_cut, _no_database, _empty, _other_note, _other_type, _other_column, _no_text]


@pytest.mark.parametrize("damage", [*DAMAGE, _folder, _unreadable])
def test_damage_does_no_harm(vault: Path, folder: Path, damage: Callable[[Path], None]) -> None:
    expected = notes(vault, keep_text=True)
    damage(file_in(folder))
    for _ in range(2):
        assert notes(vault, keep_text=True) == expected


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_replaced(
    vault: Path, folder: Path, parsed: list[str], damage: Callable[[Path], None]
) -> None:
    notes(vault)
    damage(file_in(folder))
    notes(vault)
    parsed.clear()
    notes(vault)
    assert set(parsed) == {"latin.md", "wide.md"}


@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=20))
@example([(0.33035392594316604, 128)])
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_that_have_changed_by_themselves_do_no_harm(
    vault: Path, folder: Path, flips: list[tuple[float, int]]
) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    expected = notes(vault, keep_text=True)
    file = file_in(folder)
    content = bytearray(file.read_bytes())
    for place, flip in flips:
        content[int(place * len(content))] ^= flip
    file.write_bytes(content)
    assert notes(vault, keep_text=True) == expected


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is forbidden to root")
@pytest.mark.parametrize("mode", [0o000, 0o500])
def test_a_folder_that_must_not_be_used_is_done_without(vault: Path, folder: Path, mode: int) -> None:
    expected = notes(vault)
    shutil.rmtree(folder)
    folder.mkdir()
    folder.chmod(mode)
    assert notes(vault) == expected
    folder.chmod(0o700)


def test_a_file_in_the_folders_place_is_left_alone(vault: Path, folder: Path) -> None:
    folder.write_text("mine")
    assert notes(vault) == notes(vault, cached=False)
    assert folder.read_text() == "mine"


def test_a_full_disk_is_no_trouble(vault: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("fmvault.workspace.cache._write", full)
    assert notes(vault) == notes(vault, cached=False)


@pytest.mark.parametrize("lock", ["immediate", "exclusive"])
def test_nobody_waits_for_another_process(vault: Path, folder: Path, lock: str) -> None:
    notes(vault)
    (vault / "b.md").write_text("changed\n")
    with closing(sqlite3.connect(file_in(folder))) as other:
        other.execute(f"begin {lock}")
        begun = time.monotonic()
        assert notes(vault) == notes(vault, cached=False)
        assert time.monotonic() - begun < 2
    assert notes(vault) == notes(vault, cached=False)


def test_two_at_once_do_each_other_no_harm(vault: Path) -> None:
    expected = notes(vault, cached=False)
    wrong: list[object] = []

    def again() -> None:
        for keep_text in (False, True) * 10:
            found = notes(vault, keep_text=keep_text)
            if found.keys() != expected.keys() or found["a.md"].links != expected["a.md"].links:
                wrong.append(found)

    threads = [threading.Thread(target=again) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# -- how much is kept -------------------------------------------------------------------------------------------------


def _rows(folder: Path) -> Iterator[str]:
    with closing(sqlite3.connect(file_in(folder))) as database:
        yield from sorted(path.decode() for (path,) in database.execute("select path from notes"))


def test_what_is_no_longer_there_is_not_kept(vault: Path, folder: Path) -> None:
    notes(vault)
    assert list(_rows(folder)) == sorted(NOTES)
    (vault / "b.md").unlink()
    notes(vault)
    assert list(_rows(folder)) == sorted(NOTES.keys() - {"b.md"})


def test_a_file_shrinks_with_its_vault(vault: Path, folder: Path) -> None:
    for number in range(40):
        (vault / f"{number}.md").write_text(f"[[{number}]] " * 300)
    notes(vault)
    large = file_in(folder).stat().st_size
    for number in range(40):
        (vault / f"{number}.md").unlink()
    notes(vault)
    assert file_in(folder).stat().st_size < large / 3
    assert list(_rows(folder)) == sorted(NOTES)


def test_vaults_that_nobody_looks_at_are_forgotten(vault: Path, folder: Path) -> None:
    notes(vault)
    forgotten, recent, foreign = folder / f"{'0' * 32}.notes", folder / f"{'1' * 32}.notes", folder / "mine.notes"
    for file, days in ((forgotten, 31), (recent, 29), (foreign, 99)):
        file.write_bytes(b"")
        os.utime(file, (time.time() - days * 86400,) * 2)
    (vault / "b.md").write_text("changed\n")
    notes(vault)
    assert not forgotten.exists()
    assert recent.exists()
    assert foreign.exists()


def test_a_vault_that_is_looked_at_is_not_forgotten_though_it_never_changes(vault: Path, folder: Path) -> None:
    notes(vault)
    file = file_in(folder)
    os.utime(file, (time.time() - 29 * 86400,) * 2)
    notes(vault)
    assert time.time() - file.stat().st_mtime < 86400


# -- the graph --------------------------------------------------------------------------------------------------------


def drawn(vault: Path, page: Path, *options: str) -> bytes:
    """The page of the vault's graph, which may be there already."""
    result = CliRunner().invoke(commands, ["graph", str(vault), "-o", str(page), "--no-history", *options])
    assert result.exit_code == 0, result.output
    return page.read_bytes()


def _say_more(vault: Path) -> None:
    with min(vault.rglob("*.md")).open("a", encoding="utf-8") as note:
        note.write("\nOne more line.\n")


def _link(vault: Path) -> None:
    first, *_, last = sorted(vault.rglob("*.md"))
    with first.open("a", encoding="utf-8") as note:
        note.write(f"\nSee [[{last.stem}]] and [[Not There]], which are far apart.\n")


def _link_more(vault: Path) -> None:
    with min(vault.rglob("*.md")).open("a", encoding="utf-8") as note:
        note.write("\nAgain [[Not There]].\n")


def _relate(vault: Path) -> None:
    first, *_, last = sorted(vault.rglob("*.md"))
    first.write_text(f'---\nrequires: "[[{last.stem}]]"\ntags: [new]\n---\nSee [[{last.stem}]].\n', "utf-8")


def _rephrase(vault: Path) -> None:
    note = min(vault.rglob("*.md"))
    note.write_text(note.read_text("utf-8").replace("far apart", "not near"), "utf-8")


def _rename(vault: Path) -> None:
    note = min(vault.rglob("*.md"))
    note.rename(note.with_name("Zzz.md"))


def _delete(vault: Path) -> None:
    max(vault.rglob("*.md")).unlink()


def _nothing(vault: Path) -> None:
    pass


VARIANTS: tuple[list[str], ...] = ([], ["--tags"], ["--attachments"], ["--format", "svg"])
CHANGES = [_nothing, _say_more, _link, _nothing, _rephrase, _link_more, _relate, _rename, _delete, _nothing]


@pytest.mark.parametrize("options", [[], ["--tags", "--attachments"], ["--format", "graphml"]])
def test_a_graph_is_what_it_would_be_without_a_cache(tmp_path: Path, folder: Path, options: list[str]) -> None:
    pytest.importorskip("fmvault_site")
    write(Shape(notes=60), vault := tmp_path / "vault")
    page, plain = tmp_path / "page.html", tmp_path / "plain.html"
    for change in CHANGES:
        change(vault)
        assert drawn(vault, page, *options) == drawn(vault, plain, "--no-cache", *options), change.__name__
    assert file_in(folder, "graph")


def test_what_is_known_of_another_graph_is_not_taken_over(tmp_path: Path) -> None:
    pytest.importorskip("fmvault_site")
    write(Shape(notes=30), vault := tmp_path / "vault")
    plain = [drawn(vault, tmp_path / f"{number}.html", "--no-cache", *more) for number, more in enumerate(VARIANTS)]
    for _ in range(2):
        for number, more in enumerate(VARIANTS):
            (tmp_path / "page.html").unlink(missing_ok=True)
            assert drawn(vault, tmp_path / "page.html", *more) == plain[number]


def test_nothing_is_measured_where_no_link_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vault: Path
) -> None:
    pytest.importorskip("fmvault_site")
    drawn(vault, tmp_path / "page.html")
    asked: list[str] = []

    def telling(note: Note, link: Link) -> str:
        asked.append(note.path)
        return sentence(note, link)

    monkeypatch.setattr(memory, "sentence", telling)
    monkeypatch.setattr(measures, "measured", lambda *_: pytest.fail("the edges are the same"))
    (vault / "a.md").write_text(NOTES["a.md"] + "\nAnd more.\n", "utf-8")
    written = drawn(vault, tmp_path / "page.html")
    assert asked == ["a.md"]
    monkeypatch.undo()
    assert drawn(vault, tmp_path / "plain.html", "--no-cache") == written


def test_what_measures_is_not_even_loaded_where_no_link_has_changed(tmp_path: Path, vault: Path) -> None:
    pytest.importorskip("fmvault_site")
    code = (
        "import os, sys; os._exit = sys.exit\n"
        f"sys.argv[1:] = ['graph', {str(vault)!r}, '-o', {str(tmp_path / 'page.html')!r}]\n"
        "from fmvault.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: print(*sys.modules)"
    )
    first, second = (
        set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())
        for _ in range(2)
    )
    heavy = {"numpy", "networkx", "graspologic_native", "crategraph_forceatlas2"}
    assert heavy <= first
    assert not heavy & second


@pytest.mark.parametrize("damage", [_cut, _no_database, _empty, _folder, _unreadable])
def test_what_is_known_of_a_graph_may_be_damaged(
    tmp_path: Path, vault: Path, folder: Path, damage: Callable[[Path], None]
) -> None:
    pytest.importorskip("fmvault_site")
    drawn(vault, tmp_path / "page.html")
    again = drawn(vault, tmp_path / "page.html", "--no-cache")
    damage(file_in(folder, "graph"))
    assert drawn(vault, tmp_path / "page.html") == again


def test_two_links_of_one_place_are_told_apart() -> None:
    note = markdown.parse("a.md", b"One [[two. Three]] four. Five.\n", keep_text=True)
    links = tuple(Link(Span(4, end), "x", "", None, False, "wikilink", -1, Span(0, 0)) for end in (7, 26))
    note = replace(note, links=links)
    known = memory.Memory()
    assert [known.sentence(note, link) for link in links] == [sentence(note, link) for link in links]


def test_text_that_nobody_will_ask_for_is_left_out(vault: Path) -> None:
    full = notes(vault, keep_text=True)

    def spare(path: str, digest: bytes) -> bool:
        return full[path].digest == digest

    (vault / "b.md").write_text("changed\n", "utf-8")
    for _ in range(2):
        spared = open_vault(vault, keep_text=True, cached=True, spare_text=spare).vault.notes
        assert spared["a.md"] == replace(full["a.md"], text=None)
        assert spared["b.md"].text
    assert notes(vault, keep_text=True) == notes(vault, keep_text=True, cached=False)


def test_a_note_that_went_without_its_text_is_not_taken_for_one_that_has_none(vault: Path) -> None:
    notes(vault)
    open_vault(vault, keep_text=True, cached=True, spare_text=lambda *_: True)
    assert notes(vault, keep_text=True) == notes(vault, keep_text=True, cached=False)


def test_sentences_are_found_for_links_that_told_nothing_before(tmp_path: Path, vault: Path) -> None:
    pytest.importorskip("fmvault_site")
    (vault / "f.md").write_text("[Now](b.md) it is told. Then [[Later]] too.\n", "utf-8")
    (vault / "g.md").write_text("Also [[later#x]] is. But [[Later|this]].\n", "utf-8")
    drawn(vault, tmp_path / "page.html")
    (vault / "Later.md").write_text("Here it is.\n", "utf-8")
    drawn(vault, tmp_path / "page.html")
    again = drawn(vault, tmp_path / "page.html", "--no-cache")
    (vault / "b.md").rename(vault / "h.md")
    before = (tmp_path / "page.html").read_bytes()
    (tmp_path / "plain.html").write_bytes(before)
    assert before == again
    assert drawn(vault, tmp_path / "page.html") == drawn(vault, tmp_path / "plain.html", "--no-cache")


def test_memory_that_has_learnt_nothing_new_is_not_written() -> None:
    note = markdown.parse("a.md", b"One two three.\n", keep_text=True)
    assert memory.Memory().encoded() is None
    known = memory.Memory()
    assert known.words(note) == 3
    content = known.encoded()
    assert content
    again = memory.Memory(content)
    assert again.words(note) == 3
    assert again.encoded() is None
    assert memory.Memory(content).encoded(), "a note that is gone is forgotten"
