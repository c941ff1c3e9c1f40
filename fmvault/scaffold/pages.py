"""What publishes a vault whenever it changes: a workflow of GitHub Pages, a job of GitLab Pages."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping

# Where each host looks for it, from the top of the repository.
PATHS: Mapping[str, str] = {"github": ".github/workflows/pages.yml", "gitlab": ".gitlab-ci.yml"}
# What is to be replaced by the address of fmvault's own repository.
PLACEHOLDER = "REPOSITORY"

# The vault's name reaches the shell as a variable alone, so that nothing in it is run.
_GITHUB = """\
# Publishes the vault with GitHub Pages. Under Settings, Pages, 'GitHub Actions' has to be the source.
name: Pages
on:
  push:
    branches: [main, master]
  workflow_dispatch:
permissions:
  contents: read
concurrency:
  group: pages
jobs:
  build:
    runs-on: ubuntu-latest
    permissions:
      contents: read
      pages: read
    env:
      FMVAULT: git+REPOSITORY # the address of fmvault's repository
      VAULT: {vault}
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0 # all of it, since git tells when notes were written
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install --quiet "fmvault[site] @ $FMVAULT" "fmvault-site @ $FMVAULT#subdirectory=site"
      - id: pages
        uses: actions/configure-pages@v5
      - run: fmvault build "$VAULT" --strict -o "$RUNNER_TEMP/public" --base-url "$URL"
        env:
          URL: ${{{{ steps.pages.outputs.base_url }}}}
      - uses: actions/upload-pages-artifact@v3
        with:
          path: ${{{{ runner.temp }}}}/public
  deploy:
    needs: build
    runs-on: ubuntu-latest
    permissions:
      pages: write
      id-token: write
    environment:
      name: github-pages
      url: ${{{{ steps.deployment.outputs.page_url }}}}
    steps:
      - id: deployment
        uses: actions/deploy-pages@v4
"""
_GITLAB = """\
pages:
  image: python:3.12
  variables:
    GIT_DEPTH: "0" # all of it, since git tells when notes were written
    FMVAULT: git+REPOSITORY # the address of fmvault's repository
    VAULT: {vault}
  script:
    - apt-get -q update && apt-get -qy install --no-install-recommends nodejs npm # they build what browsers run
    - pip install --quiet "fmvault[site] @ $FMVAULT" "fmvault-site @ $FMVAULT#subdirectory=site"
    - fmvault build "$VAULT" --strict -o public --base-url "$CI_PAGES_URL"
  artifacts:
    paths:
      - public
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
"""
_JOB = re.compile(r"""^(['"]?)pages\1[ \t]*:""", re.MULTILINE)


def workflow(host: str, vault: str) -> str:
    """The file for a host; ``vault`` is the vault's folder in the repository, "." for its top."""
    return _GITHUB.format(vault=_quoted(vault)) if host == "github" else f"# Publishes the vault.\n{job(vault)}"


def job(vault: str) -> str:
    """What a ``.gitlab-ci.yml`` that is there lacks."""
    return _GITLAB.format(vault=_quoted(vault, dollar="$$"))


def is_published(content: str) -> bool:
    """Whether a ``.gitlab-ci.yml`` has a job that publishes pages."""
    return _JOB.search(content) is not None


def _quoted(vault: str, dollar: str = "$") -> str:
    """The vault's folder as a value in YAML; GitLab reads ``$`` in values of its own."""
    import yaml

    dumped = yaml.safe_dump(
        [vault.replace("$", dollar)], default_flow_style=True, allow_unicode=True, width=sys.maxsize
    )
    value = dumped.strip()[1:-1]
    # On GitHub ``${{`` begins an expression, wherever it stands.
    return value.replace("${{", "$ {{") if dollar == "$" else value
