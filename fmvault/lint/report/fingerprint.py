"""What tells a finding from others through the life of a note, so that a platform knows it again in the next run."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b

from fmvault.lint.report import Report


def fingerprints(report: Report) -> list[str]:
    """A fingerprint for each finding, unique in the report: 32 hexadecimal digits.

    Made of rule, path, message and, where they are all the same, the finding's number among its likes: lines that
    move change nothing.
    """
    seen: Counter[str] = Counter()
    prints = []
    for located in report.findings:
        finding = located.finding
        identity = "\0".join((finding.rule, report.prefix + finding.path, finding.message))
        text = f"{identity}\0{seen[identity]}"
        seen[identity] += 1
        prints.append(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest())
    return prints
