"""Hands at the page of an alert on screen: opened, filled in, sent too late."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.api.counter import Json
from tests.api.watched import Watched


def go(page: Page, path: str) -> None:
    """Open a page and wait until it is live."""
    page.goto(path)
    page.wait_for_selector("body[data-live=open]")


def path_of(alert: Json) -> str:
    return f"/console/alerts/{alert['alert_id']}"


def act(village: Watched, alert: Json, key: str, **body: str) -> None:
    """Let somebody act elsewhere."""
    done = village.send(f"/v1/alerts/{alert['alert_id']}/actions", {"note": "已核实", **body}, key)
    assert done.status_code == 200, done.text


def fill_in(page: Page, move: str, note: str) -> None:
    """Open a move, write its note, and send it."""
    form = page.locator(f"#move-{move}")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    form.locator("textarea").fill(note)
    form.locator("button").click()


def sends_too_late(page: Page, alert: Json, note: str) -> None:
    """Write a note and send it when the session has ended."""
    go(page, path_of(alert))
    page.context.clear_cookies()
    page.fill("#f-assign-note", note)
    page.locator("#move-assign button").click()


def signs_in_again(page: Page, alert: Json, key: str) -> None:
    """Be led to the sign-in, and from there back to the alert."""
    page.wait_for_url(re.compile("/console/sign-in"))
    page.click(f"form:has(input[value='{key}']) button")
    page.wait_for_url(f"**{path_of(alert)}")
