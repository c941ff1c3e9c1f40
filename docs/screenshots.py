"""Take the README's pictures of pages: ``python -m docs.screenshots``, from the repository's root, with Chromium."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from base64 import b64decode
from pathlib import Path

from tests.browser import DRAWN, LOADED, Page, started

DOCS = Path(__file__).parent
_WIDTH, _HEIGHT = 1280, 800


def shot(browser: Page, picture: str) -> None:
    """Write what the browser shows."""
    size = {"width": _WIDTH, "height": _HEIGHT, "deviceScaleFactor": 1, "mobile": False}
    browser.call("Emulation.setDeviceMetricsOverride", **size)
    # Names on the map are placed anew when its size changes.
    browser.ask("new Promise((done) => setTimeout(done, 1500))")
    (DOCS / picture).write_bytes(b64decode(browser.call("Page.captureScreenshot", format="png")["data"]))


def main() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        site = Path(folder, "public")
        command = [sys.executable, "-m", "fmvault", "build", "vault", "-o", str(site), "--no-history"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with started(Path(folder, "profile")) as browser:
            browser.open((site / "foundation-model.html").as_uri(), until=LOADED, within=site.as_uri())
            shot(browser, "site.png")
            browser.open((site / "graph.html").as_uri(), until=DRAWN)
            shot(browser, "graph.png")


if __name__ == "__main__":
    main()
