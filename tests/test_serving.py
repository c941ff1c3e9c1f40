"""``fmvault serve``: what is handed out, to whom, and when a page is told to load itself again."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPResponse
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fmvault.workspace import WorkspaceError, serving, watch
from fmvault.workspace.serving import Server, with_reload

ROOT = Path(__file__).parents[1]
needs_posix = pytest.mark.skipif(os.name != "posix", reason="needs symbolic links and signals")
PAGE = (
    '<!doctype html><html><head><meta charset="utf-8">'
    '<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; script-src &#39;self&#39;">'
    "<title>Home</title></head><body><p>Home.</p></body></html>"
)
SITE = {
    "index.html": PAGE,
    "404.html": "<title>Missing</title>",
    "notes/index.html": "<p>Notes</p>",
    "notes/größe.html": "<p>Größe</p>",
    "assets/page.css": "a {}",
    "assets/page.js": "1",
    "files/sound.mp3": "0123456789",
    "files/picture.svg": "<svg/>",
    "files/strange.exe": "MZ",
    ".hidden": "secret",
    ".fmvault-build/0.part": "secret",
}


def put(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    put(tmp_path, {"outside.html": "secret"})
    return put(tmp_path / "site", SITE)


@pytest.fixture
def server(site: Path) -> Iterator[Server]:
    with serving.serving(site, 0) as server:
        yield server


class Answer:
    """What a server answers."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()


def get(server: Server, path: str, method: str = "GET", **headers: str) -> Answer:
    """What is answered to a request whose path goes out as it stands."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)) as connection:
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        return Answer(connection.getresponse())


def raw(server: Server, request: str) -> bytes:
    """All that is answered to bytes."""
    with closing(socket.create_connection(("127.0.0.1", server.server_port), timeout=20)) as connection:
        connection.sendall(request.encode("latin-1"))
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


# -- what is handed out -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "type", "body"),
    [
        ("/notes/", "text/html; charset=utf-8", "Notes"),
        ("/notes/index.html", "text/html; charset=utf-8", "Notes"),
        ("/notes/gr%C3%B6%C3%9Fe.html", "text/html; charset=utf-8", "Größe"),
        ("/notes/index.html?q=x#y", "text/html; charset=utf-8", "Notes"),
        ("/assets/page.css", "text/css; charset=utf-8", "a {}"),
        ("/assets/page.js", "text/javascript; charset=utf-8", "1"),
        ("/files/sound.mp3", "audio/mpeg", "0123456789"),
        ("/files/picture.svg", "image/svg+xml", "<svg/>"),
        ("/files/strange.exe", "application/octet-stream", "MZ"),
    ],
)
def test_the_files_of_the_site_are_handed_out_as_what_they_are(server: Server, path: str, type: str, body: str) -> None:
    answer = get(server, path)
    assert (answer.status, answer.headers["content-type"]) == (200, type)
    assert body in answer.body.decode()
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert int(answer.headers["content-length"]) == len(answer.body)
    head = get(server, path, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == answer.headers["content-length"]


def test_a_folder_is_led_to_by_its_name_alone(server: Server) -> None:
    answer = get(server, "/notes")
    assert (answer.status, answer.headers["location"]) == (301, "/notes/")


def test_a_part_of_a_file_is_handed_out_as_players_ask_for_it(server: Server) -> None:
    for asked, part, told in [
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
    ]:
        answer = get(server, "/files/sound.mp3", Range=asked)
        assert (answer.status, answer.body, answer.headers["content-range"]) == (206, part, told)
    for asked in ("bytes=99-", "bytes=-", "bytes=5-2", "lines=1-2", "bytes=0-1,3-4"):
        answer = get(server, "/files/sound.mp3", Range=asked)
        assert (answer.status, answer.body) == (200, b"0123456789")


WAYS_OUT = [
    "/missing.html",
    "/index.html/",
    "/../outside.html",
    "/notes/../../outside.html",
    "/%2e%2e/outside.html",
    "/..%2foutside.html",
    "/%2e%2e%2foutside.html",
    "/%252e%252e/outside.html",
    "/..%5coutside.html",
    "/..\\outside.html",
    "/notes/..%c0%afoutside.html",
    "/.hidden",
    "/%2ehidden",
    "/.fmvault-build/0.part",
    "/notes//index.html",
    "/./index.html",
    "/index.html%00",
    "/index.html%00.css",
    "/index.html::$DATA",
    "/C:/Windows/win.ini",
    "/%ff.html",
    "/etc/hostname",
    "//etc/hostname",
    "///etc/hostname",
    "/link.html",
    "/linked/outside.html",
    "/_fmvault/",
    "/_fmvault/other.js",
]


@needs_posix
@pytest.mark.parametrize("path", WAYS_OUT)
def test_no_way_leads_out_of_the_site_or_to_what_is_hidden(site: Path, server: Server, path: str) -> None:
    (site / "link.html").symlink_to(site.parent / "outside.html")
    (site / "linked").symlink_to(site.parent)
    answer = get(server, path)
    assert answer.status == 404
    assert b"<title>Missing</title>" in answer.body
    assert b"secret" not in answer.body


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*"/.\\%:", "..", "%2e", "%2f", "%5c", "notes", "outside.html", "site"]), max_size=8))
def test_whatever_is_asked_for_nothing_outside_is_told(server: Server, parts: list[str]) -> None:
    answer = get(server, "/" + "".join(parts))
    assert b"secret" not in answer.body
    assert answer.status in (200, 301, 404)
    assert not answer.headers.get("location", "/").startswith("//")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_nothing_but_reading_is_answered(server: Server, method: str) -> None:
    assert get(server, "/index.html", method).status == 501


def test_before_there_is_a_site_a_page_says_so_and_waits(tmp_path: Path) -> None:
    with serving.serving(tmp_path, 0) as server:
        answer = get(server, "/")
        assert answer.status == 404
        assert b"/_fmvault/reload.js" in answer.body


# -- to whom ----------------------------------------------------------------------------------------------------------


def test_it_answers_to_this_machine_alone(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert server.url == f"http://127.0.0.1:{server.server_port}/"


def test_a_name_that_is_not_this_machines_is_refused(server: Server) -> None:
    port = server.server_port
    for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}", f"LOCALHOST:{port}"):
        assert get(server, "/", Host=host).status == 200
    for host in (
        f"example.org:{port}",
        f"localhost.example.org:{port}",
        f"127.0.0.1.example.org:{port}",
        "localhost",
        "127.0.0.1:1",
        f"0.0.0.0:{port}",
        f"user@localhost:{port}",
        "",
        "[::1]",
    ):
        for path in ("/", "/_fmvault/events", "/_fmvault/reload.js"):
            answer = get(server, path, Host=host)
            assert answer.status == 421, host
            assert b"Home" not in answer.body


def test_without_a_name_or_with_two_there_is_no_answer(server: Server) -> None:
    port = server.server_port
    assert b" 421 " in raw(server, "GET / HTTP/1.0\r\n\r\n")
    two = f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\nHost: example.org\r\nConnection: close\r\n\r\n"
    assert b" 421 " in raw(server, two)


def test_what_comes_with_a_request_is_not_taken_for_the_next(server: Server) -> None:
    inner = f"GET /assets/page.css HTTP/1.1\r\nHost: localhost:{server.server_port}\r\n\r\n"
    outer = f"GET / HTTP/1.1\r\nHost: localhost:{server.server_port}\r\nContent-Length: {len(inner)}\r\n\r\n{inner}"
    assert raw(server, outer).count(b"HTTP/1.1 ") == 1


def test_a_port_that_is_taken_is_told_and_without_one_the_next_is_tried(
    site: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(WorkspaceError, match=f"cannot serve on port {server.server_port}: address already in use"):
        serving.serving(site, server.server_port).__enter__()
    monkeypatch.setattr(serving, "PORT", server.server_port)
    with serving.serving(site, None) as other:
        assert server.server_port < other.server_port < server.server_port + 100
    monkeypatch.setattr(serving, "_TRIED", 1)
    with pytest.raises(WorkspaceError, match=r"no port from .* is free; name another with '--port'"):
        serving.serving(site, None).__enter__()


# -- changes ----------------------------------------------------------------------------------------------------------


def test_a_page_gets_the_script_that_waits_and_a_policy_that_lets_it() -> None:
    page = with_reload(PAGE.encode(), "v1").decode()
    script = '<script src="/_fmvault/reload.js" data-version="v1" defer></script>'
    assert page.endswith(f"<p>Home.</p>{script}</body></html>")
    policy = re.search('Security-Policy" content="([^"]*)"', page)
    assert policy
    assert policy[1] == "default-src &#39;none&#39;; script-src &#39;self&#39;; connect-src 'self'"
    assert page.replace(script, "").replace("; connect-src 'self'", "") == PAGE
    assert with_reload(b"<p>no body", "v1").decode() == f"<p>no body{script}"


def test_a_policy_that_lets_nothing_be_run_but_what_is_in_the_page_lets_the_script_be() -> None:
    page = b"""<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-x='">"""
    assert b"""content="default-src 'none'; script-src 'self' 'sha256-x='; connect-src 'self'">""" in with_reload(
        page, ""
    )


def test_what_is_no_page_is_served_as_it_was_written(server: Server) -> None:
    assert get(server, "/files/picture.svg").body == b"<svg/>"
    assert b"EventSource" in get(server, "/_fmvault/reload.js").body


@contextmanager
def events(server: Server) -> Iterator[Callable[[], str]]:
    """What gives the next event that a page is told."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    with closing(connection):
        connection.request("GET", "/_fmvault/events")
        response = connection.getresponse()
        assert response.headers["content-type"] == "text/event-stream"

        def following() -> str:
            lines = iter(lambda: response.readline().decode().strip(), "")
            return dict(line.split(": ", 1) for line in lines).get("data", "")

        yield following


def version_of(page: bytes) -> str:
    found = re.search(rb'data-version="([^"]*)"', page)
    assert found
    return found[1].decode()


def test_a_page_that_is_open_is_told_when_the_site_has_changed(server: Server) -> None:
    page = get(server, "/").body
    with events(server) as one, events(server) as other:
        assert one() == other() == version_of(page)
        server.changed()
        told = one()
        assert told == other() != version_of(page)
    assert version_of(get(server, "/").body) == told


def test_another_server_has_another_version(site: Path, server: Server) -> None:
    with serving.serving(site, 0) as other:
        assert other.version != server.version


def test_the_server_ends_though_pages_are_open(site: Path) -> None:
    before = threading.active_count()
    with serving.serving(site, 0) as server, events(server) as following:
        following()
    assert server.socket.fileno() == -1
    # What waits for changes has been told.
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and "process_request" in thread.name:
            thread.join(20)
    assert threading.active_count() == before


def test_what_changes_before_it_is_watched_is_not_missed(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles")
    put(tmp_path, {"a.md": "read"})
    changes = watch(tmp_path, catching_up=True)
    put(tmp_path, {"a.md": "changed after it was read"})
    next(changes)
    put(tmp_path, {"a.md": "changed once more"})
    next(changes)


# -- the command ------------------------------------------------------------------------------------------------------


@contextmanager
def serve(vault: Path, temporary: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``fmvault serve`` in a process of its own, with its temporary files in a folder, and where it serves."""
    temporary.mkdir()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    environment |= {"TMPDIR": str(temporary), "NO_COLOR": "1"}
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "fmvault", "serve", str(vault), "--port", "0"],
        env=environment,
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process, until(process, r"at (http://127\.0\.0\.1:\d+/); Ctrl-C ends it")
    finally:
        process.kill()
        process.communicate()


def until(process: subprocess.Popen[str], pattern: str) -> str:
    """What a pattern finds in the first line that it finds something in."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if match := re.search(pattern, line):
            return match[1] if match.groups() else match[0]
    raise AssertionError("".join(lines))


def page(url: str, path: str) -> str:
    host, port = url.removeprefix("http://").rstrip("/").split(":")
    with closing(http.client.HTTPConnection(host, int(port), timeout=20)) as connection:
        connection.request("GET", f"/{path}")
        return connection.getresponse().read().decode()


def test_a_port_that_is_taken_is_told_before_anything_is_built(tmp_path: Path, server: Server) -> None:
    pytest.importorskip("fmvault_site")
    vault = put(tmp_path / "zoo", {"fmvault.toml": "", "Cat.md": "See [[Wolf]].\n"})
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(
        [sys.executable, "-m", "fmvault", "serve", str(vault), "--port", str(server.server_port)],
        env=environment,
        text=True,
        capture_output=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(rf"fmvault: cannot serve on port {server.server_port}: [^\n]+\n", done.stderr)


@needs_posix
def test_where_the_site_will_be_is_no_matter_while_it_is_served(tmp_path: Path) -> None:
    pytest.importorskip("fmvault_site")
    vault = put(tmp_path / "zoo", {"fmvault.toml": "[site]\nurl = 'https://example.org/'\n", "Cat.md": "A cat.\n"})
    with serve(vault, tmp_path / "temporary") as (_, url):
        assert "example.org" not in page(url, "404.html")
        # A page that is not there may be asked for at any depth.
        assert f'href="{url}assets/page.css' in page(url, "404.html")
        assert "example.org" not in page(url, "cat.html")


@needs_posix
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_a_vault_is_served_built_again_when_it_changes_and_leaves_nothing_behind(
    tmp_path: Path, end: signal.Signals
) -> None:
    pytest.importorskip("fmvault_site")
    vault = put(tmp_path / "zoo", {"fmvault.toml": "", "Cat.md": "A cat. See [[Dog]].\n", "Dog.md": "A dog.\n"})
    before = sorted(path.name for path in vault.rglob("*"))
    with serve(vault, tmp_path / "temporary") as (process, url):
        assert "A cat." in page(url, "cat.html")
        assert len(list((tmp_path / "temporary").iterdir())) == 1
        version = version_of(page(url, "cat.html").encode())
        put(vault, {"Cat.md": "A tiger. See [[Dog]].\n"})
        until(process, r"\d+ pages?: .* written")
        assert "A tiger." in page(url, "cat.html")
        assert version_of(page(url, "cat.html").encode()) != version
        # What cannot be built is told, and what there was stays.
        put(vault, {"fmvault.toml": "slect = []"})
        until(process, "unknown key 'slect'")
        until(process, "the site is as it was")
        assert "A tiger." in page(url, "cat.html")
        put(vault, {"fmvault.toml": "", "Dog.md": "A dog. See [[Wolf]].\n"})
        until(process, r"broken-note.* no note is named 'Wolf'")
        process.send_signal(end)
        assert process.wait(30) == 0
    assert list((tmp_path / "temporary").iterdir()) == []
    assert sorted(path.name for path in vault.rglob("*")) == before
