"""The options that commands share, and what they say about the configuration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import click
from msgspec import Struct

from fmvault.config import Config, Known, Level, Selection, unknown
from fmvault.lint.report import FORMATS

SEVERITIES = ("error", "warning", "info")

Command = TypeVar("Command", bound=Callable[..., Any])


@cache
def known_names() -> Known:
    from fmvault.kinds.relations import DEFAULTS
    from fmvault.lint.rules import RULES

    return Known({rule.name: rule for rule in RULES}, tuple(FORMATS), relations=DEFAULTS)


def choosing(noun: str, names: Callable[[], Collection[str]], *, many: bool = False) -> dict[str, Any]:
    """What makes an option or argument take a name that is known, or ``many`` of them with commas between.

    ``names`` is asked for them only when it is needed, since the rules are not loaded for every command.
    """

    def check(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        given = [name for words in value for word in words.split(",") if (name := word.strip())] if many else [value]
        for name in given:
            if name is not None and name not in names():
                raise click.UsageError(unknown(noun, name, names()))
        return (tuple(dict.fromkeys(given)) if value else None) if many else value

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        before, comma, begun = incomplete.rpartition(",") if many else ("", "", incomplete)
        return [before + comma + name for name in names() if name.startswith(begun)]

    return {"callback": check, "shell_complete": complete, **({"multiple": True} if many else {})}


def _levels(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    """``RULE=LEVEL`` as a mapping."""
    names = (*known_names().rules, *known_names().families)
    levels = {}
    for pair in value:
        name, equals, level = (part.strip() for part in pair.partition("="))
        if not equals:
            raise click.UsageError(f"'--severity' wants RULE=LEVEL, not '{pair}'; such as orphan-note=warning")
        if name not in names:
            raise click.UsageError(unknown("rule or family", name, names))
        if level not in (*SEVERITIES, "off"):
            raise click.UsageError(unknown("severity", level, (*SEVERITIES, "off")))
        levels[name] = level
    return levels


_PATH = click.Path(path_type=Path)
_PLACE = (
    click.option("--vault", type=_PATH, metavar="DIR", help="The vault, instead of looking for it."),
    click.option("--config", type=_PATH, metavar="FILE", help="The configuration, instead of the vault's own."),
    click.option("--no-config", is_flag=True, help="Read no configuration but Obsidian's."),
)
CACHED = click.option("--no-cache", is_flag=True, help="Do all anew, and keep nothing for the next run.")
_TRACKED = click.option("--tracked/--no-tracked", default=None, help="Look at nothing but what git tracks.")


def locating(command: Command) -> Command:
    """The options that say which vault and which configuration, for commands that ask no rules."""
    for option in reversed((*_PLACE, _TRACKED, CACHED)):
        command = option(command)
    return command


def configuring(command: Command) -> Command:
    """The options that say which vault and which configuration, and those that stand for keys of it."""
    rules = {"metavar": "RULE,...", **choosing("rule or family", lambda: known_names().selectors, many=True)}
    for option in reversed(
        (
            *_PLACE,
            click.option("--select", **rules, help="Turn on these rules or families, and no others."),
            click.option("--extend-select", **rules, help="Turn on these as well."),
            click.option("--ignore", **rules, help="Turn these off."),
            click.option(
                "--severity",
                multiple=True,
                metavar="RULE=LEVEL",
                callback=_levels,
                help="Report a rule or family as error, warning or info, or turn it off.",
            ),
            click.option(
                "--fail-on",
                metavar="LEVEL",
                **choosing("severity", lambda: SEVERITIES),
                help="Fail from this severity on: error (as by default), warning or info.",
            ),
            _TRACKED,
        )
    ):
        command = option(command)
    return command


class Asked(Struct, frozen=True, kw_only=True):
    """What the options of ``configuring`` or ``locating`` say; None where they say nothing."""

    vault: Path | None
    config: Path | None
    no_config: bool
    tracked: bool | None
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    severity: Mapping[str, Level] = {}
    fail_on: str | None = None
    format: str | None = None
    no_cache: bool = False

    def over(self, config: Config) -> Config:
        """``config`` with the command line over it."""
        lists = {"select": self.select, "extend-select": self.extend_select, "ignore": self.ignore}
        origins: dict[tuple[str, ...], str] = {(key,): f"--{key}" for key, names in lists.items() if names is not None}
        origins |= {("severity", name): "--severity" for name in self.severity}
        selection = Selection(self.select, self.extend_select or (), self.ignore or (), self.severity, origins)
        values = {"fail-on": self.fail_on, "tracked": self.tracked, "format": self.format}
        given = {key: value for key, value in values.items() if value is not None}
        return config.over(selection, given, {key: f"--{key}" for key in given})
