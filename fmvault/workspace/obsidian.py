"""What a vault's ``.obsidian`` folder says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from fmvault.vault import Settings
from fmvault.workspace.discover import Notice, reason

_TEMPLATER = "plugins/templater-obsidian/data.json"


class ObsidianFolder(Struct, frozen=True):
    """What the folder says.

    ``settings`` lack the excluded files, since the folder has only ``filters`` that tell them. ``template_files`` are
    notes that are templates though in no folder of templates. ``notices`` say what could not be read.
    """

    settings: Settings
    filters: tuple[str, ...]
    template_files: tuple[str, ...]
    notices: list[Notice]


def read_settings(read: Callable[[str], bytes], templates: Sequence[str] = ()) -> ObsidianFolder:
    """Read the vault's ``.obsidian`` folder; ``templates`` are further folders of templates.

    ``read`` gives a file's bytes for its vault path. A setting of the wrong type counts as not there.
    """
    notices: list[Notice] = []

    def section(name: str) -> dict[str, Any]:
        return _section(f".obsidian/{name}", read, notices)

    app = section("app.json")
    types = section("types.json").get("types")
    folders = [section("templates.json").get("folder"), section(_TEMPLATER).get("templates_folder"), *templates]
    files = [section("daily-notes.json").get("template"), section("zk-prefixer.json").get("template")]
    link_format = app.get("newLinkFormat")
    settings = Settings(
        attachment_folder=_text(app.get("attachmentFolderPath")),
        new_link_format=link_format if link_format in ("relative", "absolute") else "shortest",
        use_markdown_links=app.get("useMarkdownLinks") is True,
        template_folders=tuple(dict.fromkeys(_paths(folders))),
        property_types={
            name.lower(): type_ for name, type_ in (types if isinstance(types, dict) else {}).items() if _text(type_)
        },
    )
    template_files = tuple(f"{path.removesuffix('.md')}.md" for path in _paths(files))
    return ObsidianFolder(settings, tuple(_texts(app.get("userIgnoreFilters"))), template_files, notices)


def _section(path: str, read: Callable[[str], bytes], notices: list[Notice]) -> dict[str, Any]:
    try:
        source = read(path)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        notices.append(Notice(path, f"cannot be read: {reason(error)}"))
        return {}
    import msgspec

    try:
        content = msgspec.json.decode(source.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        notices.append(Notice(path, f"is not valid JSON, its settings are not followed: {error}"))
        return {}
    return content if isinstance(content, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _paths(values: Sequence[object]) -> list[str]:
    """Those that name something below the vault's root: a folder of templates that is the whole vault is none."""
    paths = [_text(value).strip().replace("\\", "/").removeprefix("./").strip("/") for value in values]
    return [path for path in paths if path and path != "."]
