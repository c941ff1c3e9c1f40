"""A page in the system's Chromium, without a network, and what it says there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any, BinaryIO

import pytest

# Where systems put it.
_NAMES = ("chromium", "chromium-browser", "google-chrome")
# A page that takes longer hangs.
_SECONDS = 60
# A page and all it needs is there.
LOADED = "location.href !== 'about:blank' && document.readyState === 'complete'"
# The explorer says of itself that its map is there.
DRAWN = "document.documentElement?.classList.contains('ready')"
# A browser reads from its file 3 and writes to its file 4. Both may be taken by what is to be put there.
_START = """
import fcntl, os, sys
given, told = (fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3])
os.dup2(given, 3)
os.dup2(told, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Page:
    """A page that is open, spoken to by the browser's own protocol (https://chromedevtools.github.io/devtools-protocol).

    ``trouble`` are the errors and warnings of its console, requests that failed, and those for anything but itself and
    what lies ``within`` an address.
    """

    def __init__(self, given: BinaryIO, told: BinaryIO) -> None:
        self.trouble: list[str] = []
        self._given, self._told = given, told
        self._number = 0
        self._session = ""
        self._target = ""
        self._url = ""
        self._within: str | None = None

    def open(
        self, url: str, *, until: str = DRAWN, seconds: float = _SECONDS, within: str | None = None, first: str = ""
    ) -> None:
        """Open an address, with the network off, and wait until an expression comes true: until the map is drawn.

        ``first`` is a script that runs in it before all others. What was open before is closed.
        """
        self._within = within
        self._session = ""
        if self._target:
            self.call("Target.closeTarget", targetId=self._target)
        self._target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=self._target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)
        self._url = url
        if first:
            self.call("Page.addScriptToEvaluateOnNewDocument", source=first)
        self.call("Page.navigate", url=url)
        begun = monotonic()
        # Not one promise for it, which would be lost with the empty page.
        while not self.ask(until):
            assert monotonic() - begun < seconds, f"the page is not ready: {self.trouble}"
            sleep(0.02)

    def ask(self, expression: str) -> Any:
        """The value of an expression, or what its promise comes to."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def call(self, method: str, **parameters: Any) -> Any:
        """What the browser answers to a call."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._given.write(json.dumps(message).encode() + b"\0")
        self._given.flush()
        while True:
            told = self._read()
            if told.get("id") == self._number:
                assert "error" not in told, told["error"]
                return told["result"]
            self._note(told.get("method"), told.get("params", {}))

    def _read(self) -> Any:
        found = bytearray()
        while (byte := self._told.read(1)) != b"\0":
            assert byte, "the browser is gone"
            found += byte
        return json.loads(found)

    def _note(self, method: str | None, told: Any) -> None:
        if method == "Runtime.exceptionThrown":
            self.trouble.append(str(told["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.trouble.append(str(told["args"]))
        # What drivers say when there is no graphics card is no fault of the page.
        elif method == "Log.entryAdded" and told["entry"]["level"] == "error" and "GL Driver" not in str(told):
            self.trouble.append(told["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            url = told["request"]["url"]
            known = url.startswith(("data:", "blob:")) or url.partition("#")[0] == self._url.partition("#")[0]
            if not known and not (self._within is not None and url.startswith(self._within)):
                self.trouble.append(f"request: {url}")
        elif method == "Network.loadingFailed" and not told.get("canceled"):
            self.trouble.append(f"failed: {told['errorText']} {told.get('blockedReason', '')}")


@contextmanager
def opened(file: Path, profile: Path) -> Iterator[Page]:
    """A file, open in the browser. The test is skipped where there is no Chromium."""
    with started(profile) as page:
        page.open(file.as_uri())
        yield page


@contextmanager
def started(profile: Path) -> Iterator[Page]:
    """A browser that has opened nothing yet. The test is skipped where there is no Chromium."""
    browser = next(filter(None, map(shutil.which, _NAMES)), None)
    if browser is None:
        pytest.skip("there is no Chromium to open the page")
    read_by_it, given = os.pipe()
    told, written_by_it = os.pipe()
    command = [browser, "--headless=new", "--no-sandbox", "--remote-debugging-pipe", f"--user-data-dir={profile}"]
    command += ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--host-resolver-rules=MAP * ~NOTFOUND"]
    command += ["--window-size=1400,900", "--no-first-run", "--disable-dev-shm-usage"]
    with os.fdopen(given, "wb") as ours, os.fdopen(told, "rb") as theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", _START, str(read_by_it), str(written_by_it), *command],
            pass_fds=(read_by_it, written_by_it),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_by_it)
        os.close(written_by_it)
        with process:
            try:
                yield Page(ours, theirs)
            finally:
                process.kill()
