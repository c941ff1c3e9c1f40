"""Builds what browsers run, with npm, before it is put into a wheel or a source distribution."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The oldest that esbuild and the TypeScript compiler run on.
_NODE = 18


class NpmBuildHook(BuildHookInterface[Any]):
    """Runs ``npm ci`` where packages are missing, then ``npm run build``.

    A source distribution has what was built in it; from there nothing is run.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        built = [root / "fmvault_site" / name for name in ("explorer/explorer.js", "assets/page.js")]
        if (root / "PKG-INFO").is_file() and all(each.is_file() for each in built):
            return
        npm, node = shutil.which("npm"), shutil.which("node")
        if npm is None or node is None:
            missing = " and ".join(name for name, found in (("node", node), ("npm", npm)) if found is None)
            raise SystemExit(f"fmvault-site is built with npm and Node.js {_NODE} or newer; not found: {missing}")
        if not (root / "node_modules").is_dir():
            self._run([npm, "ci", "--no-audit", "--no-fund"], root)
        self._run([npm, "run", "--silent", "build"], root)

    def _run(self, command: list[str], root: Path) -> None:
        done = subprocess.run(
            command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"npm {' '.join(command[1:])} failed:\n{done.stdout}")
        self.app.display_debug(done.stdout)
