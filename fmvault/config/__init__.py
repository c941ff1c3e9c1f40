"""The configuration: ``fmvault.toml`` or ``[tool.fmvault]``, the command line over it, and where each value came from.

Nothing here opens a file: texts are handed in, and the names of rules and formats too.
"""

from fmvault.config.in_force import Config, Entry, KindSettings, Level, RelationSettings, Selection
from fmvault.config.known import Known, OptionLike, RuleLike, nearest, unknown
from fmvault.config.read import ConfigError, Mistake, load
from fmvault.config.site import SiteSettings, fault_in_url

__all__ = [
    "Config",
    "ConfigError",
    "Entry",
    "KindSettings",
    "Known",
    "Level",
    "Mistake",
    "OptionLike",
    "RelationSettings",
    "RuleLike",
    "Selection",
    "SiteSettings",
    "fault_in_url",
    "load",
    "nearest",
    "unknown",
]
