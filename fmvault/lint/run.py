"""Ask the rules of a vault, and sort what they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from fmvault.lint import allow
from fmvault.lint.rule import Problem, Rule
from fmvault.lint.rules import RULES
from fmvault.model import Edit, Finding, Note, Severity, Span
from fmvault.vault import Vault

if TYPE_CHECKING:
    from fmvault.kinds.concepts import Concepts


_GRAVITY: Mapping[Severity, int] = {"error": 0, "warning": 1, "info": 2}


class Spread(Protocol):
    """How the rules are asked of many notes: by one process, or by several at once."""

    def __call__(
        self,
        paths: Sequence[str],
        ask: Callable[[Iterable[str]], Iterator[Finding]],
        ask_whole: Callable[[], Iterator[Finding]],
    ) -> list[Finding]:
        """All that ``ask`` finds in notes, which it is given some or all at a time, and ``ask_whole`` in the vault."""
        ...


def in_one_process(
    paths: Sequence[str], ask: Callable[[Iterable[str]], Iterator[Finding]], ask_whole: Callable[[], Iterator[Finding]]
) -> list[Finding]:
    # Notes come first: what is found out about each is there when the whole is asked about.
    return [*ask(paths), *ask_whole()]


def check(
    vault: Vault,
    active: Mapping[str, Severity],
    options: Mapping[str, Mapping[str, Any]],
    reported: Collection[str],
    ignored: Callable[[str], Collection[str]] = lambda path: (),
    concepts: Concepts | None = None,
    spread: Spread = in_one_process,
) -> list[Finding]:
    """All findings in the files of ``reported``, sorted by path, position and rule.

    ``active`` has the severity of every rule that is on, ``options`` those options that differ from their defaults, by
    rule; ``ignored`` gives the rules not to be reported for a path. ``concepts`` is the same vault as kinds of note and
    relations have it, if there are any. ``spread`` may have the notes asked about by several processes.
    """
    on_note: list[tuple[Rule, Severity, Callable[[Note, Any], Iterator[Problem]], Vault | Concepts]] = []
    on_vault: list[tuple[Rule, Severity, Callable[[Any], Iterator[Problem]], Vault | Concepts]] = []
    for rule in RULES:
        severity = active.get(rule.name)
        asked = concepts if rule.of_concepts else vault
        if severity is not None and asked is not None:
            given = {key.replace("-", "_"): value for key, value in options.get(rule.name, {}).items()}
            (on_vault if rule.whole_vault else on_note).append((rule, severity, partial(rule.check, **given), asked))
    on_sound_note = [asked for asked in on_note if not asked[0].of_reader]

    def ask(paths: Iterable[str]) -> Iterator[Finding]:
        for path in paths:
            note = vault.notes[path]
            for rule, severity, check, asked in on_note if note.defects else on_sound_note:
                for problem in check(note, asked):
                    yield _finding(rule, severity, path, problem.span, problem)

    def ask_whole() -> Iterator[Finding]:
        for rule, severity, check, asked in on_vault:
            for problem in check(asked):
                path, span = _place(problem, reported)
                if path in reported:
                    yield _finding(rule, severity, path, span, problem)

    by_path: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in spread([path for path in vault.notes if path in reported], ask, ask_whole):
        by_path[finding.path].append(finding)
    for path, note in vault.notes.items():
        if note.allowances and path in reported:
            by_path[path] = list(allow.apply(note, by_path[path], RULES_BY_NAME, active))
    findings: list[Finding] = []
    for path, found in by_path.items():
        skip = ignored(path)
        findings.extend(finding for finding in found if finding.rule not in skip)
    findings.sort(key=lambda finding: (finding.path, finding.span, finding.rule, finding.message))
    return _told_once(findings)


def _told_once(findings: list[Finding]) -> list[Finding]:
    """The findings, but of two rules with the same cure at the same place the graver finding alone."""
    gravest: dict[tuple[str, Span, tuple[Edit, ...]], Finding] = {}
    for finding in findings:
        if finding.fix is not None:
            key = (finding.path, finding.span, finding.fix.edits)
            other = gravest.setdefault(key, finding)
            if _GRAVITY[finding.severity] < _GRAVITY[other.severity]:
                gravest[key] = finding
    return [
        finding
        for finding in findings
        if finding.fix is None
        or (kept := gravest[finding.path, finding.span, finding.fix.edits]).rule == finding.rule
        or kept.severity == finding.severity
    ]


def needs_text(active: Collection[str], *, concepts: bool) -> bool:
    """Whether one of the rules that are on asks for the text of notes; ``concepts``: there are kinds or relations."""
    return any(rule.of_text and rule.name in active and (concepts or not rule.of_concepts) for rule in RULES)


def _place(problem: Problem, reported: Collection[str]) -> tuple[str, Span]:
    """Where a fault of several notes is reported."""
    places = ((problem.path, problem.span), *problem.elsewhere)
    return next((place for place in places if place[0] in reported), places[0])


def _finding(rule: Rule, severity: Severity, path: str, span: Span, problem: Problem) -> Finding:
    # The fix and the link belong to the first place.
    fix, link = (problem.fix, problem.link) if span is problem.span else (None, None)
    return Finding(rule.name, path, span, problem.message, severity, fix, link)


RULES_BY_NAME: Mapping[str, Rule] = {rule.name: rule for rule in RULES}
