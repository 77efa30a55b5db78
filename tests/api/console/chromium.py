"""A real Chromium for tests: found on this machine, never downloaded.

Where there is none, the tests of a developer skip and say so; with ``CI`` set that is an error. One
browser a module: Playwright's loop must be gone before the next module's coroutines run.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LAPTOP = (1366, 768)
PHONE = (390, 844)


def found() -> str:
    """Return where Chromium is; skip where it is not, and fail where it must be."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    told = f"no Chromium here (looked for {', '.join(NAMES)}): browser tests did not run"
    if os.environ.get("CI"):
        pytest.fail(told)
    pytest.skip(told)


@contextmanager
def started(*more: str) -> Iterator[Browser]:
    """Give one headless Chromium, with ``more`` flags for who wants them."""
    path = found()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *more])
        yield browser
        browser.close()


@contextmanager
def screen(
    browser: Browser,
    address: str,
    who: str = "",
    *,
    size: tuple[int, int] = LAPTOP,
    language: str = "zh",
    touch: bool = False,
    forgiven: str = "\0",
) -> Iterator[Page]:
    """Give a page in a context of its own, signed in.

    Anything on the console's log is an error, unless it holds what is ``forgiven``, and so is a
    request to another host.
    """
    context = browser.new_context(
        base_url=address,
        viewport={"width": size[0], "height": size[1]},
        locale="zh-CN",
        has_touch=touch,
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "request",
        lambda one: None if one.url.startswith((address, "data:")) else said.append(one.url),
    )
    page.goto(f"/console/language/{language}?next=/console/sign-in")
    if who:
        page.click(f"form:has(input[value='{who}']) button")
    try:
        yield page
    except Exception as error:
        error.add_note(f"the console's log: {said}")
        raise
    finally:
        context.close()
    assert not [text for text in said if forgiven not in text], said


def violations(page: Page) -> list[str]:
    """Return what axe finds: the rule, and where."""
    found: dict[str, Any] = Axe().run(page).response
    return [
        f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]
    ]


IN_PLACE = """async (address) => {
  const answer = await fetch(address, { redirect: "follow" });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.documentElement.lang = fresh.documentElement.lang;
  document.title = fresh.title;
  const parts = [...fresh.body.children].filter((one) => one.tagName !== "SCRIPT");
  document.body.replaceChildren(...parts);
}"""


def violations_in_english(page: Page) -> list[str]:
    """Return what axe finds on the same page in the other language, put in place of this one.

    The styles stay, nothing is loaded anew, and afterwards the browser speaks Chinese again.
    """
    page.evaluate(IN_PLACE, page.locator("a[hreflang]").get_attribute("href"))
    found = violations(page)
    page.evaluate("fetch(document.querySelector('a[hreflang]').href).then((one) => one.ok)")
    return found


def scrolls_sideways(page: Page) -> bool:
    """Say whether the page is wider than the screen."""
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )


def without_cache(page: Page) -> None:
    """Fetch everything anew each time, as a browser does that has never been here."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})


TRAVELLED = """() => {
  const all = [...performance.getEntriesByType("navigation"),
               ...performance.getEntriesByType("resource")];
  return {
    bytes: [...new Map(all.map((one) => [one.name, one.transferSize])).values()]
      .reduce((sum, size) => sum + size, 0),
    hosts: [...new Set(all.map((one) => new URL(one.name).host))],
  };
}"""


def travelled(page: Page) -> dict[str, Any]:
    """Return the bytes on the wire of this page and all it fetched, and the hosts it asked.

    What is fetched twice counts once: with its cache a browser asks for it once.
    """
    found: dict[str, Any] = page.evaluate(TRAVELLED)
    return found


def soon_ms(milliseconds: float) -> float:
    """Return a time on a machine that does nothing else; a busy one gets as much more."""
    return milliseconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def first_paint(page: Page) -> float:
    """Return when the first content was seen, milliseconds."""
    paint: float = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    )
    return paint


JUMPED = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 100);
})"""


def jumped(page: Page) -> float:
    """Return the sum of all layout shifts that nobody caused by pressing something."""
    found: float = page.evaluate(JUMPED)
    return found
