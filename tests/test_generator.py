"""The generator of vaults for the benchmarks: what it says about a vault is what the check finds there."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks import words
from benchmarks.check import score
from benchmarks.generate import main, write
from benchmarks.shape import Shape
from benchmarks.text import RULES, Fault, written

ROOT = Path(__file__).parents[1]
# Small notes with many links, more of them broken than usual, so that each kind of fault is met with.
DENSE = Shape(notes=400, seed=7, links_per_note=12, broken=0.1, words=120)


def contents(vault: Path) -> dict[str, bytes]:
    return {path.relative_to(vault).as_posix(): path.read_bytes() for path in vault.rglob("*") if path.is_file()}


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert main([str(tmp_path / name), "--notes", "60", "--seed", "3", "--broken", "0.2"]) == 0
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_another_seed_gives_another_vault(tmp_path: Path) -> None:
    write(Shape(notes=60, seed=1), tmp_path / "a")
    write(Shape(notes=60, seed=2), tmp_path / "b")
    assert contents(tmp_path / "a").keys() != contents(tmp_path / "b").keys()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.md").write_text("mine")
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path)])
    assert "is not empty" in capsys.readouterr().err
    assert contents(tmp_path) == {"mine.md": b"mine"}


@pytest.mark.parametrize("wrong", ["--notes=0", "--notes=1000001", "--broken=2", "--words=0", "--links-per-note=-1"])
def test_a_shape_that_cannot_be_is_refused(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path / "vault"), wrong])
    assert not (tmp_path / "vault").exists()


def test_names_are_made_of_words_that_stand_in_one_list_only() -> None:
    lists = (words.ADJECTIVES, words.NOUNS, words.PROCESSES)
    assert len({word.lower() for each in lists for word in each}) == sum(map(len, lists))


def test_no_two_headings_are_alike_in_a_link() -> None:
    bare = ["".join(char for char in text.lower() if char.isalnum()) for text in words.HEADINGS]
    assert len(set(bare)) == len(bare)


@pytest.mark.parametrize("seed", [1, 2])
def test_names_are_unique_without_case_and_punctuation(seed: int) -> None:
    shape = Shape(notes=200_000, seed=seed)
    names = Counter(
        " ".join("".join(char if char.isalnum() else " " for char in shape.name(index).lower()).split())
        for index in range(shape.notes)
    )
    assert names.most_common(1)[0][1] == 1


def test_some_names_hold_a_dot_and_some_are_not_ascii() -> None:
    shape = Shape(notes=1000)
    names = [shape.name(index) for index in range(1000)]
    assert 5 < sum("." in name for name in names) < 50
    assert 25 < sum(not name.isascii() for name in names) < 100
    assert all(unicodedata.is_normalized("NFC", name) for name in names)


def test_folders_are_up_to_four_deep_and_unevenly_filled() -> None:
    shape = Shape(notes=3000)
    sizes = Counter(shape.folder(index) for index in range(3000))
    assert max(folder.count("/") for folder in sizes) == 4
    assert len(sizes) > 50
    assert sum(size for _, size in sizes.most_common(5)) > 3000 / 6


def test_some_notes_are_linked_far_more_often_than_others() -> None:
    links: Counter[str] = Counter()
    shape = Shape(notes=1000)
    for note in written(shape):
        for link in note.text.split("[[")[1:]:
            links[link.partition("]]")[0].partition("|")[0].partition("#")[0]] += 1
    counts = sorted((links[shape.name(index)] for index in range(1000)), reverse=True)
    assert counts[0] > 60
    assert counts[500] < 6


def test_the_asked_for_number_of_links_and_words_is_about_what_it_has() -> None:
    notes = list(written(Shape(notes=2000, links_per_note=5, words=200)))
    wikilinks = sum(note.text.count("[[") - note.text.count("[[not a") for note in notes)
    assert 4.7 < wikilinks / 2000 < 5.7
    assert 180 < sum(len(note.text.split()) for note in notes) / 2000 < 280


def test_the_counts_beside_a_vault_are_those_of_the_files_in_it(tmp_path: Path) -> None:
    faults: list[Fault] = []
    truth = write(DENSE, tmp_path / "vault", faults.append)
    files = contents(tmp_path / "vault")
    notes = {path: source for path, source in files.items() if path.endswith(".md")}
    written = json.loads((tmp_path / "vault.json").read_text())
    assert written["notes"] == truth.notes == len(notes) == 400
    assert written["bytes"] == sum(map(len, notes.values()))
    assert written["attachments"] == len(files) - len(notes) - 1  # .obsidian/app.json
    assert written["broken"] == Counter(fault.rule for fault in faults)
    assert written["broken_by_syntax"] == Counter(fault.syntax for fault in faults)
    assert written["links"] == sum(written["links_by_syntax"].values())
    assert all(written["broken"][rule] > 0 for rule in RULES)
    assert all(number > 0 for number in written["broken_by_syntax"].values())


def test_a_fault_stands_on_the_line_that_it_names() -> None:
    found = Counter[str]()
    for note in written(DENSE):
        lines = note.text.split("\n")
        for fault in note.faults:
            line = lines[fault.line - 1]
            assert ("](" if fault.syntax == "markdown" else "[[") in line
            assert (fault.line < 20 and '"[[' in line) or fault.syntax != "property"
            found[fault.rule] += 1
    assert set(found) == set(RULES)


def test_what_a_tool_reports_is_counted_once_and_the_rest_is_false() -> None:
    faults = [Fault("a.md", 1, "broken-note", "wikilink"), Fault("a.md", 1, "broken-block", "wikilink")]
    by_line = score(Counter({("a.md", 1): 1, ("a.md", 2): 1, ("b.md", 1): 2}), faults)
    assert (by_line.found, by_line.false) == (Counter({"broken-note": 1}), 3)
    without_lines = score(Counter({("a.md", None): 3}), faults)
    assert (without_lines.found, without_lines.false) == (Counter({"broken-note": 1, "broken-block": 1}), 1)


def check(vault: Path, *options: str) -> Any:
    command = [sys.executable, "-m", "fmvault", "check", str(vault), "--format", "json", "--no-cache", *options]
    return json.loads(subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout)


def test_the_check_finds_what_is_broken_and_nothing_else(tmp_path: Path) -> None:
    faults: list[Fault] = []
    truth = write(DENSE, tmp_path / "vault", faults.append)
    report = check(tmp_path / "vault")
    found = Counter((finding["path"], finding["line"], finding["rule"]) for finding in report["findings"])
    assert found == Counter((fault.path, fault.line, fault.rule) for fault in faults)
    assert report["summary"]["notes"] == truth.notes
    assert report["summary"]["links"] == truth.links


def test_the_check_finds_nothing_where_nothing_is_broken(tmp_path: Path) -> None:
    truth = write(Shape(notes=1500, seed=2, broken=0), tmp_path / "vault")
    assert set(truth.broken.values()) == {0}
    assert check(tmp_path / "vault")["findings"] == []
