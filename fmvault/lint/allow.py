"""Suppressions: comments that allow a fault, and what is wrong with the comments themselves."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate

from fmvault.lint.rule import Rule
from fmvault.model import Allowance, Edit, Finding, Fix, Note, Severity


def apply(
    note: Note, findings: Sequence[Finding], rules: Mapping[str, Rule], active: Mapping[str, Severity]
) -> Iterator[Finding]:
    """The findings that the note's comments leave, and the findings about those comments."""
    allowed = _by_name(note.allowances)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for finding in findings:
        names = (finding.rule, rules[finding.rule].family)
        start = finding.span.start
        for name in names:
            places[name].append(start)
        if not any(name in allowed and allowed[name].holds_for(start) for name in names):
            yield finding
    for starts in places.values():
        starts.sort()
    families = {rule.family for rule in rules.values()}
    judged = {*active, *(rules[rule].family for rule in active)}
    for allowance in note.allowances:
        idle = {name for name, _ in allowance.rules if name in judged and not _needed(allowance, places.get(name, ()))}
        yield from _faults(note, allowance, idle, rules, families, active)


class _Stretches:
    """The stretches of text that a name is allowed in, asked without going through them all."""

    def __init__(self, stretches: Sequence[tuple[int, int]]) -> None:
        ordered = sorted(stretches)
        self._starts = [start for start, _ in ordered]
        # The furthest that the stretches up to each one reach.
        self._reach = list(accumulate((end for _, end in ordered), max))

    def holds_for(self, offset: int) -> bool:
        before = bisect_right(self._starts, offset)
        return before > 0 and offset < self._reach[before - 1]


def _by_name(allowances: Sequence[Allowance]) -> Mapping[str, _Stretches]:
    stretches: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for allowance in allowances:
        for name, _ in allowance.rules:
            stretches[name].append(_stretch(allowance))
    return {name: _Stretches(found) for name, found in stretches.items()}


def _stretch(allowance: Allowance) -> tuple[int, int]:
    # One that is empty holds for what stands right where it is.
    return allowance.covers.start, max(allowance.covers.end, allowance.covers.start + 1)


def _needed(allowance: Allowance, starts: Sequence[int]) -> bool:
    """One of the sorted ``starts`` is in what the allowance covers."""
    start, end = _stretch(allowance)
    first = bisect_left(starts, start)
    return first < len(starts) and starts[first] < end


def _faults(
    note: Note,
    allowance: Allowance,
    unneeded: Collection[str],
    rules: Mapping[str, Rule],
    families: Collection[str],
    active: Mapping[str, Severity],
) -> Iterator[Finding]:
    if severity := active.get("unknown-allowance"):
        if not allowance.rules:
            message = "the comment allows no rule; name one, as in 'fmvault: allow broken-note'"
            yield Finding("unknown-allowance", note.path, allowance.span, message, severity)
        for name, span in allowance.rules:
            if name not in rules and name not in families:
                message = f"no rule is named '{name}'{_help(name, [*rules, *families])}"
                yield Finding("unknown-allowance", note.path, span, message, severity)
    if severity := active.get("unused-allowance"):
        idle = [(name, span) for name, span in allowance.rules if name in unneeded]
        for name, span in idle:
            # The comment goes when nothing in it is needed, else the one name does.
            whole = len(idle) == len(allowance.rules)
            title = "delete the comment" if whole else f"take '{name}' out"
            fix = Fix(title, (Edit(allowance.span if whole else span, ""),), safe=False)
            message = f"no fault of '{name}' is here to be allowed; {title}"
            yield Finding("unused-allowance", note.path, span, message, severity, fix)


def _help(name: str, known: Sequence[str]) -> str:
    from rapidfuzz.process import extractOne

    found = extractOne(name.lower().replace("_", "-"), sorted(known), score_cutoff=70)
    return f"; did you mean '{found[0]}'?" if found else ""
