"""Somebody without a mouse: Tab, Space, Enter and the arrows, and where the focus is seen."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page

FOCUSED = """(wanted) => {
  const one = document.activeElement;
  if (!one || one === document.body) return { is_it: false, seen: true, what: "body" };
  const style = getComputedStyle(one);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const seen = outlined || style.boxShadow !== "none";
  return { is_it: one.matches(wanted), seen, what: one.outerHTML.slice(0, 120) };
}"""
FAR = 160


@dataclass(frozen=True)
class Keyboard:
    """The keys of one page; whatever has the focus on the way must be seen to have it."""

    page: Page

    def to(self, wanted: str, *, back: bool = False) -> Keyboard:
        """Press Tab until what is wanted has the focus."""
        passed = []
        for _ in range(FAR):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            found = self.page.evaluate(FOCUSED, wanted)
            assert found["seen"], f"the focus is not seen on {found['what']}"
            if found["is_it"]:
                return self
            passed.append(found["what"])
        raise AssertionError(f"no way to {wanted} by keyboard; passed {passed[-12:]}")

    def press(self, *keys: str) -> Keyboard:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def write(self, wanted: str, text: str) -> Keyboard:
        """Go to a field and type over what stands in it."""
        self.to(wanted).press("Control+A")
        self.page.keyboard.type(text)
        return self

    def go(self, wanted: str) -> Keyboard:
        """Go to a link or button and press it; wait for the page that it leads to."""
        self.to(wanted)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.page.wait_for_selector("body[data-ready]", state="attached")
        return self

    def unfold(self, move: str) -> Keyboard:
        """Open a move unless it is open."""
        if self.page.locator(f"#move-{move}").get_attribute("open") is None:
            self.to(f"#move-{move} summary").press("Enter")
        return self

    def has_focus(self, wanted: str) -> bool:
        return bool(self.page.evaluate(FOCUSED, wanted)["is_it"])

    def sign_in(self, who: str) -> Keyboard:
        self.page.goto("/console/sign-in")
        return self.go(f"form:has(input[value='{who}']) button")
