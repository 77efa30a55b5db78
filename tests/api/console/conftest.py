"""Browsers of the console, one fresh each test."""

from __future__ import annotations

from collections.abc import Iterator

import playwright.sync_api as playwright
import pytest

from tests.api.console.browser import Browser
from tests.api.console.chromium import started


@pytest.fixture(scope="module", params=("sqlite",))
def kind(request: pytest.FixtureRequest) -> str:
    """Pages ask the database through functions that have their own tests on both."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def browser(address: str) -> Iterator[Browser]:
    """A browser that has never been here."""
    browser = Browser(address)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[playwright.Browser]:
    """One real browser for the tests of a module."""
    with started() as browser:
        yield browser
