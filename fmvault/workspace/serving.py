"""Serving a site to the browsers of this machine, and telling them when it has changed.

Nothing but the site's own files is handed out, and to nobody but pages of this very server: a name that a stranger has
made lead to this machine is refused, and so is every way out of the folder. The pages are served as they were written,
but for a script that waits for changes.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from urllib.parse import quote, unquote_to_bytes

from fmvault.workspace.discover import WorkspaceError, reason

HOST = "127.0.0.1"
PORT = 8000
# So many ports are tried after that.
_TRIED = 100
_NAMES = ("127.0.0.1", "localhost", "[::1]")
_SCRIPT_PATH, _EVENTS_PATH = "/_fmvault/reload.js", "/_fmvault/events"
# Browsers keep few connections to one server, so that a page nobody looks at gives its own up.
_SCRIPT = b"""\
(() => {
  "use strict";
  // What is framed is loaded again with the page that frames it.
  if (window !== window.top) return;
  const { version } = document.currentScript.dataset;
  let source;
  const stop = () => {
    source?.close();
    source = undefined;
  };
  const listen = () => {
    if (source || document.hidden) return;
    source = new EventSource("/_fmvault/events");
    source.addEventListener("version", (event) => {
      if (event.data === version) return;
      stop();
      location.reload();
    });
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
  addEventListener("pagehide", stop);
  addEventListener("pageshow", listen);
  listen();
})();
"""
_POLICY = re.compile(rb'(?<=<meta http-equiv="Content-Security-Policy" content=")[^"]*(?=")', re.IGNORECASE)
_SCRIPTS_OF_OURS = re.compile(rb"script-src[^;]*(?:'|&#39;)self")
_NOTHING = (
    b'<!doctype html><html lang="en"><meta charset="utf-8"><title>Nothing here</title>'
    b"<body><h1>Nothing here</h1><p>The terminal may tell why.</p></body></html>"
)
# What a browser is told of a file does not depend on what else is installed.
_TYPES = {
    f".{ending}": type
    for type, endings in {
        "text/html; charset=utf-8": "html",
        "text/css; charset=utf-8": "css",
        "text/javascript; charset=utf-8": "js",
        "text/plain; charset=utf-8": "txt",
        "text/markdown; charset=utf-8": "md",
        "text/csv; charset=utf-8": "csv",
        "application/json": "json canvas",
        "application/xml": "xml",
        "application/pdf": "pdf",
        "image/svg+xml": "svg",
        "image/png": "png",
        "image/jpeg": "jpg jpeg",
        "image/gif": "gif",
        "image/webp": "webp",
        "image/avif": "avif",
        "image/bmp": "bmp",
        "image/x-icon": "ico",
        "audio/mpeg": "mp3",
        "audio/wav": "wav",
        "audio/mp4": "m4a",
        "audio/ogg": "ogg oga opus",
        "audio/flac": "flac",
        "video/3gpp": "3gp",
        "video/mp4": "mp4 m4v",
        "video/webm": "webm",
        "video/ogg": "ogv",
        "video/quicktime": "mov",
        "video/x-matroska": "mkv",
        "font/woff2": "woff2",
        "font/woff": "woff",
        "font/ttf": "ttf",
        "font/otf": "otf",
    }.items()
    for ending in endings.split()
}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
# In seconds: for a request to come, and between two signs of life to a page that waits for changes.
_PATIENCE, _BEAT = 30, 15


class Server(ThreadingHTTPServer):
    """Serves the folder ``site``; ``changed`` has the pages that are open load themselves again."""

    daemon_threads = True
    # On Windows two programs could share the port.
    allow_reuse_address = os.name == "posix"
    block_on_close = False

    def __init__(self, site: Path, port: int) -> None:
        self.site = os.path.realpath(site)
        # A page of a server that has been started again is to load itself again, too.
        self.begun = os.urandom(4).hex()
        self.changes = 0
        self.waiting = threading.Condition()
        self.is_over = False
        super().__init__((HOST, port), _Handler)

    def server_bind(self) -> None:
        # Not HTTPServer's, which asks the network for this machine's name.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.socket.getsockname()[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that has gone is nothing to tell of."""

    @property
    def url(self) -> str:
        """The address to open."""
        return f"http://{HOST}:{self.server_port}/"

    @property
    def version(self) -> str:
        """What differs from one state of the site to the next."""
        return f"{self.begun}-{self.changes}"

    def changed(self) -> None:
        """Tell the pages that are open."""
        with self.waiting:
            self.changes += 1
            self.waiting.notify_all()


@contextmanager
def serving(site: Path, port: int | None) -> Iterator[Server]:
    """Serve the folder ``site`` to this machine, as long as it is wanted.

    Without a ``port`` it is 8000 or the next that is free. Raises ``WorkspaceError`` where there is none.
    """
    server = _bound(site, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        with server.waiting:
            server.is_over = True
            server.waiting.notify_all()
        server.shutdown()
        thread.join()
        server.server_close()


def _bound(site: Path, port: int | None) -> Server:
    for each in [port] if port is not None else range(PORT, PORT + _TRIED):
        try:
            return Server(site, each)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or port is not None:
                raise WorkspaceError(f"cannot serve on port {each}: {reason(error)}") from None
    raise WorkspaceError(f"no port from {PORT} to {PORT + _TRIED - 1} is free; name another with '--port'")


class _Handler(BaseHTTPRequestHandler):
    """Answers a request. Whatever is not a plain address of a file of the site is not found."""

    server: Server
    server_version = "fmvault"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, format: str, *arguments: object) -> None:
        """What is asked for is nobody's business."""

    def _answer(self) -> None:
        # Asked before a file is read: a page that changes meanwhile is then loaded once more.
        self._version = self.server.version
        if not {"content-length", "transfer-encoding"}.isdisjoint(name.lower() for name in self.headers):
            self.close_connection = True
        if not self._is_for_us():
            self._send(HTTPStatus.MISDIRECTED_REQUEST, b"This server answers to localhost alone.\n", "text/plain")
            return
        path = self.path.partition("#")[0].partition("?")[0]
        if path == _SCRIPT_PATH:
            self._send(HTTPStatus.OK, _SCRIPT, _TYPES[".js"])
        elif path == _EVENTS_PATH:
            self._tell_changes()
        elif (address := _address(path)) is None:
            self._send_missing()
        else:
            self._send_file(address)

    def _is_for_us(self) -> bool:
        """Whether the request names this machine: not so where somebody else's name was made to lead here."""
        hosts = self.headers.get_all("Host") or []
        if len(hosts) != 1:
            return False
        name, colon, port = hosts[0].strip().lower().rpartition(":")
        if not colon or port.endswith("]"):
            name, port = hosts[0].strip().lower(), "80"
        return name in _NAMES and port == str(self.server.server_port)

    # -- files -------------------------------------------------------------------------------------------------------

    def _send_file(self, address: str) -> None:
        is_folder = self.path.partition("?")[0].endswith("/")
        real = os.path.join(self.server.site, *address.split("/")) if address else self.server.site
        # There are no links in a site, so that what is one leads somewhere else.
        if os.path.realpath(real) != real:
            self._send_missing()
        elif os.path.isdir(real):
            if address and not is_folder:
                self._send(HTTPStatus.MOVED_PERMANENTLY, b"", "text/plain", location=f"/{quote(address)}/")
            else:
                self._send_content(f"{address}/index.html" if address else "index.html")
        elif is_folder:
            self._send_missing()
        else:
            self._send_content(address)

    def _send_content(self, address: str) -> None:
        content = _read(os.path.join(self.server.site, *address.split("/")))
        if content is None:
            self._send_missing()
        else:
            type = _TYPES.get(os.path.splitext(address)[1].lower(), "application/octet-stream")
            self._send(HTTPStatus.OK, content, type)

    def _send_missing(self) -> None:
        content = _read(os.path.join(self.server.site, "404.html"))
        self._send(HTTPStatus.NOT_FOUND, _NOTHING if content is None else content, _TYPES[".html"])

    def _send(self, status: HTTPStatus, content: bytes, type: str, *, location: str = "") -> None:
        if type == _TYPES[".html"]:
            content = with_reload(content, self._version)
        part = self._part(len(content)) if status == HTTPStatus.OK else None
        self.send_response(HTTPStatus.PARTIAL_CONTENT if part else status)
        self._send_headers(type)
        if location:
            self.send_header("Location", location)
        if part:
            self.send_header("Content-Range", f"bytes {part.start}-{part.stop - 1}/{len(content)}")
            content = content[part.start : part.stop]
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _send_headers(self, type: str) -> None:
        self.send_header("Content-Type", type)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Accept-Ranges", "bytes")
        # A page of another site is to see nothing of this one, which may not be public yet.
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Content-Security-Policy", "frame-ancestors 'self'")
        self.send_header("Referrer-Policy", "same-origin")

    def _part(self, size: int) -> range | None:
        """The part of a file that is asked for, as players of sound and video do; None for all of it."""
        match = _RANGE.fullmatch(self.headers.get("Range", ""))
        if match is None or not any(match.groups()):
            return None
        first, last = match.groups()
        start = int(first) if first else max(size - int(last), 0)
        end = min(int(last) + 1, size) if first and last else size
        return range(start, end) if start < end else None

    # -- changes -----------------------------------------------------------------------------------------------------

    def _tell_changes(self) -> None:
        """Tell the page that asks of every change, until one of us has gone."""
        server = self.server
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self._send_headers("text/event-stream")
        self.end_headers()
        if self.command == "HEAD":
            return
        told = ""
        with suppress(OSError):
            while not server.is_over:
                with server.waiting:
                    if told == server.version:
                        server.waiting.wait(_BEAT)
                    version, over = server.version, server.is_over
                if over:
                    break
                line = f"event: version\ndata: {version}\n\n" if version != told else ": still here\n\n"
                self.wfile.write(line.encode())
                self.wfile.flush()
                told = version


def _address(path: str) -> str | None:
    """The address in a site that the path of a request means; None if it can mean none."""
    if not path.startswith("/"):
        return None
    try:
        text = unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        return None
    parts = text[1:].removesuffix("/").split("/") if text != "/" else []
    if any(not part or part.startswith(".") for part in parts):
        return None
    if any(char in "\\:" or ord(char) < 32 for char in text):
        return None
    return "/".join(parts)


def _read(path: str) -> bytes | None:
    """The bytes of a file; None if there is none."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError):
        return None
    with open(descriptor, "rb") as file:
        return file.read() if stat.S_ISREG(os.fstat(descriptor).st_mode) else None


def with_reload(page: bytes, version: str) -> bytes:
    """A page with the script that has it load itself again, and a policy that lets it."""
    added = f'<script src="{_SCRIPT_PATH}" data-version="{version}" defer></script>'.encode()
    page = _POLICY.sub(lambda match: _allowing(match[0]), page, count=1)
    head, body, rest = page.rpartition(b"</body>")
    return head + added + body + rest if body else page + added


def _allowing(policy: bytes) -> bytes:
    """A policy that lets the script be run and ask this server."""
    # The map's own lets nothing be run but what is in the page.
    if not _SCRIPTS_OF_OURS.search(policy):
        policy = policy.replace(b"script-src ", b"script-src 'self' ", 1)
    return policy + b"; connect-src 'self'"
