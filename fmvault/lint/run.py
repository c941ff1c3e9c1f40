"""Ask the rules of a vault, and sort what they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any

from fmvault.lint import allow
from fmvault.lint.rule import Problem, Rule
from fmvault.lint.rules import RULES
from fmvault.model import Finding, Note, Severity
from fmvault.vault import Vault


def check(
    vault: Vault,
    active: Mapping[str, Severity],
    options: Mapping[str, Mapping[str, Any]],
    reported: Collection[str],
    ignored: Callable[[str], Collection[str]] = lambda path: (),
) -> list[Finding]:
    """All findings in the files of ``reported``, sorted by path, position and rule.

    ``active`` has the severity of every rule that is on, ``options`` those options that differ from their defaults, by
    rule; ``ignored`` gives the rules not to be reported for a path.
    """
    by_path: defaultdict[str, list[Finding]] = defaultdict(list)
    on_note: list[tuple[Rule, Severity, Callable[[Note, Vault], Iterator[Problem]]]] = []
    for rule in RULES:
        severity = active.get(rule.name)
        if severity is None:
            continue
        ask = partial(rule.check, **{key.replace("-", "_"): value for key, value in options.get(rule.name, {}).items()})
        if not rule.whole_vault:
            on_note.append((rule, severity, ask))
            continue
        for problem in ask(vault):
            if problem.path in reported:
                by_path[problem.path].append(_finding(rule, severity, problem.path, problem))
    on_sound_note = [asked for asked in on_note if not asked[0].of_reader]
    for path, note in vault.notes.items():
        if path not in reported:
            continue
        found = [
            _finding(rule, severity, path, problem)
            for rule, severity, ask in (on_note if note.defects else on_sound_note)
            for problem in ask(note, vault)
        ]
        if found:
            by_path[path].extend(found)
        if note.allowances:
            by_path[path] = list(allow.apply(note, by_path[path], RULES_BY_NAME, active))
    findings: list[Finding] = []
    for path, found in by_path.items():
        skip = ignored(path)
        findings.extend(finding for finding in found if finding.rule not in skip)
    findings.sort(key=lambda finding: (finding.path, finding.span, finding.rule, finding.message))
    return findings


def _finding(rule: Rule, severity: Severity, path: str, problem: Problem) -> Finding:
    return Finding(rule.name, path, problem.span, problem.message, severity, problem.fix, problem.link)


RULES_BY_NAME: Mapping[str, Rule] = {rule.name: rule for rule in RULES}
