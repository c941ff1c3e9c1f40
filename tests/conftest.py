"""What holds for all tests."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest
from hypothesis import settings

# How long a test takes tells of the machine that runs it.
settings.register_profile("fmvault", deadline=None)
settings.load_profile("fmvault")


def pytest_configure(config: pytest.Config) -> None:
    """Let no test, and no program that it starts, read or write the user's own cache."""
    # Before any module of tests takes down the environment that it hands to programs.
    os.environ["FMVAULT_CACHE_DIR"] = tempfile.mkdtemp(prefix="fmvault-test-cache-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Delete what was kept meanwhile."""
    shutil.rmtree(os.environ.pop("FMVAULT_CACHE_DIR"), ignore_errors=True)
