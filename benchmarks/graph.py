"""Time the concept graph's page: how long it takes to make, and how soon a browser shows it.

    python -m benchmarks.graph --notes 1000 10000 50000 --vaults vault

Each page is opened in a Chromium of its own that has shown another page before, from its file and without a network.
With ``--pyvis``, the graph of the smallest generated vault is shown by pyvis as it comes, too.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import chdir
from pathlib import Path
from typing import NamedTuple

from benchmarks.costs import Cost, machine, middle, run, table
from benchmarks.generate import write
from benchmarks.shape import Shape
from tests.browser import DRAWN, started

LINKS = 4.0
# pyvis's own page moves its nodes about until they rest, or for minutes.
PATIENCE = 400.0
# A page that draws: the processes of a browser that do so are started with the first.
WARM = (
    "data:text/html,<p>warm</p><canvas></canvas><script>document.querySelector('canvas').getContext('webgl2').clear(16384);"
    "requestAnimationFrame(() => setTimeout(() => document.title = 'drawn', 500))</script>"
)
_SHOWN = "performance.getEntriesByName('shown').length > 0"
# Asked of the page when it is there: long tasks are kept for who asks later.
_FIGURES = """
new Promise((done) => {
  let longest = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration);
  }).observe({ type: "longtask", buffered: true });
  const painted = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
  const first = performance.getEntriesByName(MARK)[0].startTime;
  setTimeout(() => done([painted, first, longest]), 500);
})
"""


class Figures(NamedTuple):
    """What a browser says of a page: milliseconds to the first that it paints (the page's own still picture of the
    map), to the map drawn, and of its longest task; its troubles."""

    painted: float
    first: float
    longest: float
    trouble: int


def opened(page: Path, work: Path, *, until: str = DRAWN, mark: str = "fmvault:first-frame") -> Figures:
    """Open a page in a browser whose own start is over: it has shown a page before."""
    with (
        tempfile.TemporaryDirectory(dir=work, ignore_cleanup_errors=True) as profile,
        started(Path(profile)) as browser,
    ):
        browser.open(WARM, until="document.title == 'drawn'")
        browser.open(page.as_uri(), until=until, seconds=PATIENCE)
        painted, first, longest = browser.ask(_FIGURES.replace("MARK", repr(mark)))
        return Figures(painted, first, longest, len(browser.trouble))


def middle_of(open_it: Callable[[], Figures], runs: int) -> Figures:
    """The median of several visits, each figure by itself; every trouble counts."""
    found = [open_it() for _ in range(runs)]
    painted, first, longest = (sorted(figure)[runs // 2] for figure in list(zip(*found, strict=True))[:3])
    return Figures(painted, first, longest, sum(each.trouble for each in found))


def pyvis_page(vault: Path, work: Path) -> Path:
    """The graph of a vault as pyvis shows it when nothing is said: physics on, its scripts beside the page."""
    import networkx as nx
    from pyvis.network import Network

    graphml = work / "graph.graphml"
    run([sys.executable, "-m", "fmvault", "graph", str(vault), "-o", str(graphml)], work, work / "printed")
    read = nx.read_graphml(graphml)
    plain: nx.DiGraph[str] = nx.DiGraph()
    plain.add_nodes_from(str(name) for name in read)
    plain.add_edges_from((str(one), str(other)) for one, other, *_ in read.edges)
    network = Network(directed=True, cdn_resources="local")
    network.from_nx(plain)
    page = work / "pyvis.html"
    with chdir(work):
        html = network.generate_html(local=True)
        network.write_html(page.name, local=True)
    told = "network.once('afterDrawing', () => performance.mark('shown'));"
    drawn = "network = new vis.Network(container, data, options);"
    if drawn not in html:
        raise RuntimeError("pyvis makes its network in another way than was known")
    page.write_text(html.replace(drawn, drawn + told), encoding="utf-8")
    return page


def built(vault: Path, page: Path, work: Path, added: str = "") -> Cost:
    """Make the page for the first time; or once more, with some text ``added`` to a note."""
    if added:
        note = min(vault.rglob("*.md"))
        with note.open("a", encoding="utf-8") as text:
            text.write(f"\n{added}\n")
    else:
        page.unlink(missing_ok=True)
        shutil.rmtree(os.environ["FMVAULT_CACHE_DIR"], ignore_errors=True)
    command = [sys.executable, "-m", "fmvault", "graph", str(vault), "-o", str(page)]
    return run(command, work, work / "printed", statuses=[0])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a Markdown table of pages, what they took to make and what a browser says of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.graph", description="The concept graph's page.")
    parser.add_argument(
        "--notes", type=int, nargs="*", default=[1000, 10_000, 50_000], help="sizes of generated vaults"
    )
    parser.add_argument(
        "--vaults", type=Path, nargs="*", default=[], help="vaults that are there, which stay as they are"
    )
    parser.add_argument("--runs", type=int, default=3, help="visits of each page, and builds (%(default)s)")
    parser.add_argument("--pyvis", action="store_true", help="pyvis as it comes too, which takes minutes")
    options = parser.parse_args(arguments)
    rows = [
        [
            "vault",
            "build s",
            "one note changed s",
            "one link added s",
            "CPU s",
            "peak MB",
            "page MB",
            "first paint ms",
            "map drawn ms",
            "longest task ms",
            "troubles",
        ]
    ]
    with tempfile.TemporaryDirectory(prefix="fmvault-benchmark-", ignore_cleanup_errors=True) as folder:
        work = Path(folder).resolve()
        # A first build is one without a cache, and nobody's own is to be deleted for it.
        os.environ["FMVAULT_CACHE_DIR"] = str(work / "cache")
        vaults: list[Path] = [vault.resolve() for vault in options.vaults]
        for notes in options.notes:
            vaults.append(work / f"{notes:,} notes")
            write(Shape(notes=notes, links_per_note=LINKS), vaults[-1])
        for vault in vaults:
            page = work / "graph.html"
            cost = middle([built(vault, page, work) for _ in range(options.runs)])
            again = ["", ""]
            if vault.parent == work:
                # Every link to the same note makes another graph, since it weighs more.
                link = f"See [[{max(vault.rglob('*.md')).stem}]]."
                again = [
                    f"{middle([built(vault, page, work, added) for _ in range(options.runs)]).wall:.2f}"
                    for added in ("One more line.", link)
                ]
            figures = middle_of(lambda page=page: opened(page, work), options.runs)  # type: ignore[misc]
            rows.append(
                _row(
                    vault.name, page, figures, [f"{cost.wall:.2f}", *again, f"{cost.cpu:.2f}", f"{cost.peak / 1e6:.0f}"]
                )
            )
        if options.pyvis and options.notes:
            page = pyvis_page(work / f"{options.notes[0]:,} notes", work)
            figures = opened(page, work, until=_SHOWN, mark="shown")
            rows.append(_row(f"{options.notes[0]:,} notes, pyvis", page, figures, [""] * 5))
    print(f"Median of {options.runs} runs on {machine()}\n")
    print(table(rows))
    return 0


def _row(name: str, page: Path, figures: Figures, costs: Sequence[str]) -> list[str]:
    size = f"{page.stat().st_size / 1e6:.2f}"
    row = [
        name,
        *costs,
        size,
        f"{figures.painted:.0f}",
        f"{figures.first:.0f}",
        f"{figures.longest:.0f}",
        str(figures.trouble),
    ]
    print(" | ".join(row), file=sys.stderr)
    return row


if __name__ == "__main__":
    sys.exit(main())
