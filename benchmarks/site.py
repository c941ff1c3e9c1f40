"""Time the static site: how long it takes to build, and to build again when a note has changed.

    python -m benchmarks.site --notes 2000 20000 --runs 3
    python -m benchmarks.site --notes 2000 --peers mkdocs,zensical

Every build is a process of its own; a cold one finds neither output nor cache, and no figure is taken of the first, in
which Python compiles its modules. The peers are optional: ``pip install mkdocs-material mkdocs-roamlinks-plugin
mkdocs-obsidian-interactive-graph-plugin zensical``. Those that are installed build the first of the vaults, once each:
they take minutes. None of them knows what an Obsidian vault is, so each is given the plugins that bring it nearest.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from benchmarks.costs import Cost, machine, middle, run, table
from benchmarks.generate import write
from benchmarks.shape import Shape

HEAD = ("tool", "cold s", "CPU s", "peak MB", "one note changed s", "nothing changed s", "files", "MB", "notes")
# Of mkdocs' plugins, the modules that they are in.
_PLUGINS = {"roamlinks": "mkdocs_roamlinks_plugin", "obsidian-interactive-graph": "obsidian_interactive_graph"}


def fmvault(vault: Path, output: Path, work: Path) -> Sequence[str]:
    """The command that builds the site."""
    return [sys.executable, "-m", "fmvault", "build", str(vault), "-o", str(output), "--no-config", "--no-history"]


def mkdocs(vault: Path, output: Path, work: Path) -> Sequence[str]:
    """The same of MkDocs Material, with what is installed of the plugins for wikilinks and the graph."""
    plugins = ["search", *(name for name, module in _PLUGINS.items() if find_spec(module) is not None)]
    # JSON is YAML.
    settings = {
        "site_name": "Vault",
        "docs_dir": str(vault),
        "site_dir": str(output),
        "theme": {"name": "material", "font": False},
        "plugins": plugins,
    }
    (work / "mkdocs.yml").write_text(json.dumps(settings), encoding="utf-8")
    return [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(work / "mkdocs.yml")]


def zensical(vault: Path, output: Path, work: Path) -> Sequence[str]:
    """The same of Zensical, which wants its folders below its configuration."""
    # Both have to lie in the project, and not behind a link.
    project = Path(os.path.commonpath((vault, output)))
    folders = {"docs_dir": vault, "site_dir": output}
    lines = [f"{name} = {json.dumps(folder.relative_to(project).as_posix())}" for name, folder in folders.items()]
    text = "\n".join(["[project]", 'site_name = "Vault"', *lines, ""])
    (project / "zensical.toml").write_text(text, encoding="utf-8")
    command = shutil.which("zensical", path=str(Path(sys.executable).parent)) or "zensical"
    return [command, "build", "-f", str(project / "zensical.toml")]


Command = Callable[[Path, Path, Path], Sequence[str]]
PEERS: Mapping[str, tuple[str, Command]] = {"mkdocs": ("mkdocs-material", mkdocs), "zensical": ("zensical", zensical)}


class Builds:
    """Builds of one vault by one tool."""

    def __init__(self, command: Command, vault: Path, work: Path) -> None:
        self.vault = vault
        self.work = work
        self.output = work / "output"
        self.cache = work / "cache"
        self.command = command(vault, self.output, work)

    def cold(self) -> Cost:
        """A build where there is nothing of another."""
        for folder in (self.output, self.cache):
            if folder.exists():
                shutil.rmtree(folder)
        return self.again()

    def again(self) -> Cost:
        """A build over the last one."""
        kept = {"FMVAULT_CACHE_DIR": str(self.cache)}
        return run(self.command, self.work, self.work / "printed", statuses=[0], more=kept)

    def changed(self) -> Cost:
        """A build after one note has got a line more."""
        with sorted(self.vault.rglob("*.md"))[-1].open("a", encoding="utf-8") as text:
            text.write("\nOne more line.\n")
        return self.again()

    def size(self) -> tuple[int, int]:
        """How many files the output has, and bytes."""
        sizes = [path.stat().st_size for path in self.output.rglob("*") if path.is_file()]
        return len(sizes), sum(sizes)


def measured(name: str, builds: Builds, runs: int, notes: int, *, warm: bool) -> list[str]:
    """A row of the table; ``warm``, with a build before that does not count."""
    if warm:
        builds.cold()
    cold = middle([builds.cold() for _ in range(runs)])
    files, size = builds.size()
    changed = middle([builds.changed() for _ in range(runs)])
    same = f"{middle([builds.again() for _ in range(runs)]).wall:.2f}" if warm else ""
    row = [name, f"{cold.wall:.2f}", f"{cold.cpu:.2f}", f"{cold.peak / 1e6:.0f}", f"{changed.wall:.2f}", same]
    row += [f"{files:,}", f"{size / 1e6:.0f}", f"{notes:,}"]
    print(" | ".join(row), file=sys.stderr)
    return row


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a Markdown table of sites and what they took to build."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.site", description="The static site.")
    parser.add_argument("--notes", type=int, nargs="+", default=[2000], help="sizes of generated vaults")
    parser.add_argument("--runs", type=int, default=3, help="builds of each kind (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="which vault of each size (%(default)s)")
    parser.add_argument("--peers", default="", metavar="NAME,...", help=f"build with these too: {', '.join(PEERS)}")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table to this file too")
    options = parser.parse_args(arguments)
    wanted = [name for name in options.peers.split(",") if name]
    if unknown := sorted(set(wanted) - set(PEERS)):
        parser.error(f"no such peer: {', '.join(unknown)}")
    rows: list[Sequence[str]] = [HEAD]
    with tempfile.TemporaryDirectory(prefix="fmvault-benchmark-", ignore_cleanup_errors=True) as folder:
        work = Path(folder).resolve()
        vaults = {}
        for notes in options.notes:
            vaults[notes] = work / f"{notes} notes" / "vault"
            write(Shape(notes=notes, seed=options.seed), vaults[notes])
        for notes, vault in vaults.items():
            rows.append(measured("fmvault", Builds(fmvault, vault, vault.parent), options.runs, notes, warm=True))
        for name in wanted:
            package, command = PEERS[name]
            try:
                label = f"{package} {version(package)}"
            except PackageNotFoundError:
                print(f"{package} is not installed, and left out", file=sys.stderr)
                continue
            notes = options.notes[0]
            place = work / name
            place.mkdir()
            rows.append(measured(label, Builds(command, vaults[notes], place), 1, notes, warm=False))
    text = f"Median of {options.runs} runs on {machine()}\n\n{table(rows)}"
    print(text, end="")
    if options.markdown is not None:
        options.markdown.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
