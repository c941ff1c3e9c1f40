"""Pictures, sound, films and papers: what is shown in a page, from the site's own files or from other hosts."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from fmvault.publish.addresses import KEPT
from fmvault.publish.markup.text import escaped, quoted

_PICTURES = frozenset({"png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "bmp", "ico", "apng"})
_SOUNDS = frozenset({"mp3", "wav", "m4a", "ogg", "oga", "opus", "3gp", "flac", "aac"})
_FILMS = frozenset({"mp4", "webm", "ogv", "mov", "mkv", "m4v"})
_SIZE = re.compile(r"\s*(\d{1,5})(?:x(\d{1,5}))?\s*\Z", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
# What else may be led to: it begins a call or a message, or opens a program that asks first, and runs nothing.
SCHEMES = (
    "mailto", "tel", "sms", "geo", "xmpp", "irc", "ircs", "sip", "sips", "matrix", "news", "message", "magnet",
    "webcal", "ftp", "zotero", "things", "bear", "drafts", "omnifocus", "todoist", "evernote", "notion", "vscode",
    "x-devonthink-item", "spotify", "slack", "facetime", "signal", "tg", "whatsapp", "bitcoin",
)  # fmt: skip
_LEADS = re.compile(
    rf"(?:https?://[^\s/?#]|obsidian://[^\s]|(?:{'|'.join(map(re.escape, SCHEMES))}):[^\s])", re.IGNORECASE
)
# What is not even shown: it runs, holds what it names, or tells of the writer's own machine.
_UNTOLD = re.compile(r"(?:javascript|data|vbscript|file|blob|about|view-source|filesystem|[a-z]):", re.IGNORECASE)
_LONGEST_TOLD = 300
_PAPER_HEIGHT = re.compile(r"(?:\A|&)height=(\d{1,4})(?:&|\Z)")
_YOUTUBE = re.compile(
    r"https?://(?:(?:www\.|m\.)?youtube(?:-nocookie)?\.com/(?:watch\?(?:\S*&)?v=|embed/|shorts/)|youtu\.be/)([\w-]{6,20})"
)


def kind_of(path: str) -> str:
    """What a file is by its ending: picture, sound, film, paper; empty for all else."""
    ending = path.rpartition(".")[2].lower()
    if ending in _PICTURES:
        return "picture"
    if ending in _SOUNDS:
        return "sound"
    if ending in _FILMS:
        return "film"
    return "paper" if ending == "pdf" else ""


def sized(label: str) -> tuple[str, str]:
    """A label's caption, and its size as attributes: ``A cat|100x50``, ``100``."""
    caption, bar, last = label.rpartition("|")
    size = _SIZE.match(last)
    if size is None:
        return label, ""
    width, height = int(size[1]), size[2]
    found = f' width="{width}"' + (f' height="{int(height)}"' if height else "")
    return (caption if bar else ""), found


def outward(url: str) -> str | None:
    """An address on the web, of mail or in Obsidian as it may be written; None for all that leads elsewhere or runs."""
    url = url.strip().replace("\t", "").replace("\n", "").replace("\r", "")
    if url.startswith("//"):
        url = f"https:{url}"
    if not _LEADS.match(url):
        return None
    return quote(url, safe=KEPT)


def told(url: str) -> str:
    """An address that is not led to, as it is shown behind the words that were to lead there; empty if it is not."""
    url = " ".join(url.split())
    if not _SCHEME.match(url) or _UNTOLD.match(url) or len(url) > _LONGEST_TOLD:
        return ""
    return url


def has_scheme(url: str) -> bool:
    """Whether an address is of another place by its form alone."""
    return bool(_SCHEME.match(url)) or url.startswith("//")


def picture(href: str, alt: str, size: str, title: str = "") -> str:
    """The attributes of a picture."""
    told = f' title="{quoted(title)}"' if title else ""
    return f' src="{quoted(href)}" alt="{quoted(alt)}"{size}{told} loading="lazy"'


def sound(href: str, name: str) -> str:
    """A player of sound."""
    return f'<audio controls preload="metadata" src="{quoted(href)}" aria-label="{quoted(name)}"></audio>'


def film(href: str, name: str, size: str) -> str:
    """A player of films."""
    return f'<video controls preload="metadata" src="{quoted(href)}"{size} aria-label="{quoted(name)}"></video>'


def paper(href: str, name: str, subpath: str) -> str:
    """A PDF in a frame, and a link to it for those whose browser shows none."""
    height = _PAPER_HEIGHT.search(subpath)
    size = f' height="{height[1]}"' if height else ""
    return (
        f'<div class="pdf"><iframe src="{quoted(href)}" title="{quoted(name)}"{size} loading="lazy"></iframe>'
        f'<p><a class="link file" href="{quoted(href)}">{escaped(name)}</a></p></div>\n'
    )


def frame(url: str) -> str:
    """A page of another host in a frame; a film of YouTube as its player."""
    film_ = _YOUTUBE.match(url)
    src = f"https://www.youtube-nocookie.com/embed/{film_[1]}" if film_ else url
    host = urlsplit(src).netloc if "[" not in src else src
    return (
        f'<iframe class="frame" src="{quoted(src)}" title="{quoted(host)}" loading="lazy" '
        'sandbox="allow-scripts allow-same-origin allow-popups" referrerpolicy="strict-origin-when-cross-origin" '
        "allowfullscreen></iframe>"
    )


def is_film_elsewhere(url: str) -> bool:
    """Whether a Markdown image leads to a film of a site that Obsidian shows in its player."""
    return bool(_YOUTUBE.match(url))
