"""What every answer of the console wears, and how its files are kept."""

from __future__ import annotations

import gzip
import re

import pytest

from api.console.assets import Assets
from tests.api.console.browser import Browser

ASSET = re.compile(r"/console/static/[0-9a-f]{12}/[\w./-]+")


@pytest.mark.parametrize("path", ["/console/sign-in", "/console/no-such-page", "/console"])
def test_a_page_loads_nothing_but_our_own_files(browser: Browser, path: str) -> None:
    page = browser.get(path)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert " style=" not in page.text
    assert not re.search(r"<script(?![^>]*(src=|application/json))", page.text)
    assert not re.search(r"(href|src|action)=\"https?:", page.text)


def test_the_api_wears_its_own(browser: Browser) -> None:
    assert "content-security-policy" not in browser.get("/health/live").headers


def test_files_are_kept_for_good_under_their_hash(browser: Browser) -> None:
    page = browser.get("/console/sign-in")
    for address in set(ASSET.findall(page.text)):
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["cache-control"]


def test_a_file_of_another_version_is_not_kept(browser: Browser) -> None:
    answer = browser.get("/console/static/000000000000/console.css")
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.css", "../base.html", "%2e%2e/gate.py"])
def test_only_our_files_are_served(browser: Browser, name: str) -> None:
    assert browser.get(f"/console/static/000000000000/{name}").status_code == 404


def test_files_travel_packed_to_those_who_can_unpack(browser: Browser) -> None:
    url = Assets().url("console.css")
    with browser.http.stream("GET", url) as packed:
        raw = b"".join(packed.iter_raw())
        assert packed.headers["content-encoding"] == "gzip"
    plain = browser.http.get(url, headers={"Accept-Encoding": "identity"})
    assert gzip.decompress(raw) == plain.content
