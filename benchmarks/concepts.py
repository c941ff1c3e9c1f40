"""Write a vault of concept notes, and time what kinds, sections and relations add to reading and checking links.

    python -m benchmarks.concepts OUT --notes 1000           only write it
    python -m benchmarks.concepts --notes 100000 --runs 3    write it somewhere, and print a table

Every note is of the kind `concept`: complete under the shipped schema but for those faults that ``OUT.json`` counts by
rule. A definition, and the property `requires`, lead to notes with lower numbers alone, so that nothing goes round in
circles but for the pairs that are counted.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from benchmarks.costs import machine, middle, run, table
from benchmarks.shape import Shape
from benchmarks.words import ADJECTIVES, NOUNS, PROCESSES, VERBS

CONFIGURATION = "[kinds.concept]\n"
# What was there before there were kinds of note, what is on by default with them, and everything.
SELECTIONS = {
    "reading, and checking links": ["--no-config", "--select", "links,anchors"],
    "kinds, default rules": ["--select", "links,anchors", "--extend-select", "{default}"],
    "kinds, all rules but one": ["--select", "links,anchors,sections,relations", "--ignore", "unlinked-mention"],
    "kinds, all rules": ["--select", "links,anchors,sections,relations"],
}
DEFAULT = (
    "missing-section,empty-section,thin-section,long-definition,section-order,duplicate-section,placeholder-section,"
    "property-schema,section-schema,question-without-question,answered-question,relation-cycle,wrong-relation-target,"
    "missing-inverse,contradicting-relations"
)


def notes(shape: Shape, faults: Counter[str]) -> Iterator[tuple[str, str]]:
    """The path and the text of each note; ``faults`` counts what is wrong with them by rule."""
    for index in range(shape.notes):
        yield f"{shape.path(index)}.md", _Writing(shape, index, faults).text()


class _Writing:
    """One concept note being written."""

    def __init__(self, shape: Shape, index: int, faults: Counter[str]) -> None:
        self.shape = shape
        self.index = index
        self.faults = faults
        self.rng = Random(shape.seed << 32 | index)
        # Which fault the note has: one in fifty has one.
        self.fault = index % 250 if index else -1

    def text(self) -> str:
        name, rng = self.shape.name(self.index), self.rng
        lines = [
            "---",
            "type: concept",
            "aliases: []",
            "tags:",
            "  - generated",
            f"created: 2026-01-{1 + self.index % 28:02}",
        ]
        if self.index > 4:
            lines += ["requires:", f'  - "{self.earlier()}"']
        if self.index % 2 and self.index > 4 and self.fault != 5:
            lines += ["is-a:", f'  - "[[{self.shape.name(self.index // 2)}]]"']
        if self.fault == 4:
            lines[5] = "created: some day"
            self.faults["property-schema"] += 1
        lines += ["---", "", f"# {name}", ""]
        lines += ["## Definition", "", self.definition(name), ""]
        lines += ["## Why this concept matters", "", self.prose(4), ""]
        lines += ["## Core ideas", "", *(f"- **{rng.choice(NOUNS)}:** {self.sentence()}" for _ in range(4)), ""]
        lines += ["## Simple example", "", self.prose(3), ""]
        if self.fault == 1:
            self.faults["missing-section"] += 1
        else:
            lines += ["## Tradeoffs", ""]
            if self.fault == 2:
                self.faults["empty-section"] += 1
            elif self.fault == 3:
                lines += ["TODO", ""]
                self.faults["placeholder-section"] += 1
            else:
                lines += [*(f"- {self.sentence()}" for _ in range(4)), ""]
        lines += ["## Related concepts", "", *(f"- {self.link()}: {self.sentence()}" for _ in range(3)), ""]
        lines += [
            "## Open questions",
            "",
            *(f"- How does {self.noun()} {rng.choice(VERBS)[:-1]} {self.noun()}?" for _ in range(2)),
            "",
        ]
        return "\n".join(lines)

    def definition(self, name: str) -> str:
        parent = self.earlier() if self.index > 4 else "process"
        kind = f"{name} is a kind of {parent}"
        return f"{kind} in which {self.noun()} {self.rng.choice(VERBS)} {self.noun()}, once {self.noun()} is given."

    def earlier(self) -> str:
        return f"[[{self.shape.name(int(self.rng.random() * (self.index - 1)))}]]"

    def link(self) -> str:
        return f"[[{self.shape.name(int(self.rng.random() * self.shape.notes))}]]"

    def noun(self) -> str:
        return f"the {self.rng.choice(ADJECTIVES).lower()} {self.rng.choice(NOUNS).lower()}"

    def sentence(self) -> str:
        return f"{self.noun()} {self.rng.choice(VERBS)} {self.noun()} by {self.rng.choice(PROCESSES).lower()}."

    def prose(self, sentences: int) -> str:
        return " ".join(f"{self.sentence().capitalize()}" for _ in range(sentences))


def write(shape: Shape, out: Path) -> Counter[str]:
    """Write the vault into ``out``, which is not there yet, and what is wrong with it into ``out`` + ``.json``."""
    faults: Counter[str] = Counter()
    out.mkdir(parents=True)
    (out / "fmvault.toml").write_text(CONFIGURATION, encoding="utf-8")
    for path, text in notes(shape, faults):
        file = out / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    described = {"version": 1, "notes": shape.notes, "seed": shape.seed, "faults": dict(sorted(faults.items()))}
    out.with_name(f"{out.name}.json").write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
    return faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a vault, or print a Markdown table of what each set of rules costs on one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.concepts", description="A vault of concept notes.")
    parser.add_argument("out", type=Path, nargs="?", help="only write the vault, into this folder")
    parser.add_argument("--notes", type=int, default=20_000, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=Shape.seed)
    parser.add_argument("--runs", type=int, default=3, help="timed runs of each set of rules (%(default)s)")
    options = parser.parse_args(arguments)
    shape = Shape(notes=options.notes, seed=options.seed)
    if options.out:
        print(f"{options.out}: {options.notes:,} notes; {dict(write(shape, options.out))}")
        return 0
    rows = [["rules", "wall s", "µs a note", "added to the first", "CPU s", "peak MB", "findings"]]
    with tempfile.TemporaryDirectory(prefix="fmvault-benchmark-") as folder:
        work = Path(folder).resolve()
        vault, output = work / "vault", work / "printed"
        faults = write(shape, vault)
        first = 0.0
        for title, selection in SELECTIONS.items():
            chosen = [each.format(default=DEFAULT) for each in selection]
            command = [sys.executable, "-m", "fmvault", "check", str(vault), *chosen, "--statistics", "--exit-zero"]
            command.append("--no-cache")
            cost = middle([run(command, work, output, statuses=[0]) for _ in range(options.runs + 1)][1:])
            first = first or cost.wall
            rows.append(
                [
                    title,
                    f"{cost.wall:.2f}",
                    f"{cost.wall / options.notes * 1e6:.0f}",
                    f"{cost.wall / first - 1:.0%}",
                    f"{cost.cpu:.2f}",
                    f"{cost.peak / 1e6:.0f}",
                    " ".join(output.read_text(encoding="utf-8").split()),
                ]
            )
            print(" | ".join(rows[-1]), file=sys.stderr)
    print(f"Median of {options.runs} runs on {machine()}, {options.notes:,} notes; put in: {dict(faults)}\n")
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
