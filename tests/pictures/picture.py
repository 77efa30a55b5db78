"""What a picture is, and the poses that most pages share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from playwright.sync_api import Page

from tests.api.console.chromium import LAPTOP, PHONE

Pose = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class Picture:
    """One file of docs/img: how to get there, who looks, on which screen."""

    name: str
    pose: Pose
    who: str = "demo-maker"
    size: tuple[int, int] = LAPTOP
    language: str = "zh"
    is_long: bool = False
    """The whole page, not only what is on the screen."""
    forgiven: str = "\0"
    """What the browser may complain about while it is posed."""

    def on_phone(self) -> Picture:
        return replace(self, name=f"{self.name}-phone", size=PHONE)

    def in_english(self) -> Picture:
        return replace(self, name=f"{self.name}-en", language="en")


def at(path: str) -> Pose:
    """Just open a page, and wait until it is live where it listens."""

    def pose(page: Page) -> None:
        page.goto(path)
        page.wait_for_selector("body[data-ready]", state="attached")
        if page.locator("#link").count():
            page.wait_for_selector("#link[data-state=open]")

    return pose


def first(path: str, link: str) -> Pose:
    """Open the first page that a list leads to."""

    def pose(page: Page) -> None:
        page.goto(path)
        found = page.locator(link).first.get_attribute("href")
        at(found or path)(page)

    return pose
