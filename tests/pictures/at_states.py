"""States of the staff's pages: other roles, nothing there, refused, done, waiting for somebody.

What is done here is done for good, so these come after the pages as they are in the morning.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from playwright.sync_api import Page, expect

from tests.pictures.at_office import ALERT, CASE, operations
from tests.pictures.picture import Picture, Pose, at, first

NOBODY = "nobody-is-called-this"
HIGH = "main tbody tr:has(.badge.bad) a[href^='/console/alerts/']"
MEDIUM = "main tbody tr:has(.badge.warn) a[href^='/console/alerts/']"
PAPER = (794, 560)
"""An A4 sheet across, as the print view lays it out; pixels."""


@contextmanager
def another(page: Page, who: str) -> Iterator[Page]:
    """Give a second person at another computer."""
    assert page.context.browser is not None
    context = page.context.browser.new_context(base_url=page.url.partition("/console")[0])
    other = context.new_page()
    other.goto("/console/sign-in")
    other.click(f"form:has(input[value='{who}']) button")
    yield other
    context.close()


def with_wrong_key(page: Page) -> None:
    page.goto("/console/sign-in")
    page.fill("#f-api_key", "not-a-key")
    page.click("form:has(#f-api_key) button")
    expect(page.locator(".flash.refused")).to_be_visible()


def province(page: Page) -> None:
    operations(page)
    page.select_option("#zoom", "")
    page.wait_for_timeout(800)


def signed_out(page: Page) -> None:
    """The line is gone and so is the session; in a browser without shared workers."""
    page.add_init_script("delete globalThis.SharedWorker")
    page.route("**/console/stream*", lambda one: one.fulfill(status=401))
    page.route("**/console/session", lambda one: one.fulfill(status=401))
    page.goto("/console")
    page.wait_for_selector("#map[data-ready]")
    page.wait_for_selector("#link[data-state=signed-out]")


def do(page: Page, move: str, note: str, **choices: str) -> None:
    """Do one of the things that a page offers, by its form."""
    form = page.locator(f"#move-{move}")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    for name, value in choices.items():
        form.locator(f"[name={name}][value={value}]").check()
    form.locator("textarea[name=note]").fill(note)
    form.locator("button[type=submit]").last.click()
    page.wait_for_load_state()
    page.wait_for_selector("body[data-ready]", state="attached")


def refused(pose: Pose, move: str) -> Pose:
    """Send a form whose note is nothing but blanks."""

    def posed(page: Page) -> None:
        pose(page)
        do(page, move, "   ")
        expect(page.locator(".wrong").first).to_be_visible()

    return posed


def taken(page: Page) -> None:
    first("/console/alerts?state=new", MEDIUM)(page)
    do(page, "assign", "由我核查")
    expect(page.locator(".flash")).to_be_visible()


def changed_by_another(page: Page) -> None:
    """Somebody does something about the alert that is being read."""
    first("/console/alerts?state=new", MEDIUM)(page)
    with another(page, "demo-maker-2") as other:
        other.goto(page.url)
        do(other, "assign", "我在辖内，由我核查")
        expect(page.locator("#toast")).to_be_visible()


def proposed_to_close(page: Page) -> None:
    first("/console/alerts", HIGH)(page)
    if page.locator("#move-investigate").count():
        do(page, "investigate", "电话联系持卡人")
    if page.locator("#move-close").count():
        do(page, "close", "持卡人忘记密码，已核实身份", verdict="false_alarm")
    expect(page.locator("[data-part=pending]")).to_be_visible()


def closed(page: Page) -> None:
    """A second person agreed."""
    proposed_to_close(page)
    alert = page.url
    with another(page, "demo-checker") as checker:
        checker.goto("/console/approvals")
        mine = checker.locator(f"article:has(a[href='{alert[alert.index('/console') :]}'])")
        mine.locator("textarea").fill("同意，情况清楚")
        mine.locator("button[value=approve]").click()
        checker.wait_for_selector(".flash")
    page.goto(alert)
    page.wait_for_selector("#link[data-state=open]")


def decided(page: Page) -> None:
    """The second person agrees to the freeze, and sees it said."""
    page.goto("/console/approvals")
    freeze = page.locator("article:has(a[href*='/cases/FZ-'])")
    freeze.locator("textarea").fill("同意冻结，速去现场")
    freeze.locator("button[value=approve]").click()
    expect(page.locator(".flash")).to_be_visible()
    page.wait_for_selector("#link[data-state=open]")


def sent_empty(path: str, field: str) -> Pose:
    """Send a form of its own page without what it needs."""

    def posed(page: Page) -> None:
        at(path)(page)
        page.locator("main form[method=post] [required]").evaluate_all(
            "all => all.forEach((one) => one.removeAttribute('required'))"
        )
        page.locator(f"main form[method=post]:has([name={field}]) button[type=submit]").last.click()
        expect(page.locator(".wrong, .flash.refused").first).to_be_visible()

    return posed


def paper_of_case(page: Page) -> None:
    CASE(page)
    at(f"{page.url[page.url.index('/console') :]}/papers/0")(page)


def on_paper(pose: Pose) -> Pose:
    """As the printer gets it."""

    def posed(page: Page) -> None:
        pose(page)
        page.emulate_media(media="print")

    return posed


def printed(name: str, pose: Pose, who: str = "demo-maker") -> Picture:
    return Picture(name, on_paper(pose), who, size=PAPER, is_long=True)


def long(name: str, pose: Pose) -> Picture:
    return replace(seen(name, pose), is_long=True)


def seen(name: str, pose: Pose, who: str = "demo-maker", forgiven: str = "\0") -> Picture:
    return Picture(f"console-{name}", pose, who, forgiven=forgiven)


PICTURES = (
    Picture("sign-in-en", at("/console/sign-in"), who="", language="en"),
    Picture("sign-in-wrong-key", with_wrong_key, who="", forgiven="401"),
    Picture("operations-province", province),
    Picture("operations-signed-out", signed_out, forgiven="401"),
    seen("not-found", at("/console/alerts/R99-0-1"), forgiven="404"),
    seen("forbidden", at("/console/alerts"), "demo-terminal", forgiven="403"),
    seen("alerts-none-mine", at("/console/alerts?mine=1")),
    seen("alerts-none-found", at(f"/console/alerts?place={NOBODY}")),
    seen("cases-none-closed", at("/console/cases?way=closed")),
    seen("approvals-none", at("/console/approvals?state=rejected"), "demo-checker"),
    seen("points-none-found", at(f"/console/points?q={NOBODY}")),
    seen("rules-none-found", at(f"/console/rules?q={NOBODY}")),
    seen("alert-auditor", ALERT, "demo-auditor"),
    seen("case-auditor", CASE, "demo-auditor"),
    seen("clock-reader", at("/console/clock")),
    seen("clock-holidays", at("/console/clock?month=2026-10"), "demo-admin"),
    long("case-whole", CASE),
    seen("case-paper", paper_of_case),
    printed("console-case-paper-printed", paper_of_case),
    seen("point-frozen", at("/console/points/SP520121-0011")),
    long("point-trial", at("/console/points/SP520121-0005")),
    seen("point-new-county", at("/console/points/new")),
    seen("point-new-refused", sent_empty("/console/points/new?county=520121", "name"),
         forgiven="422"),
    long("rule-whole", at("/console/rules/R06")),
    seen("rule", at("/console/rules/R09")).in_english(),
    seen("policy-new", at("/console/policies/new")),
    seen("policy-new-refused", sent_empty("/console/policies/new", "version"), forgiven="422"),
    seen("policy", at("/console/policies/2014-235")).in_english(),
    seen("policy", at("/console/policies/2014-235")).on_phone(),
    seen("calculator-new", at("/console/policies/calculator")),
    seen("alert-refused", refused(ALERT, "assign"), forgiven="422"),
    seen("alert-taken", taken),
    seen("alert-changed-by-another", changed_by_another),
    seen("alert-waits-for-another", proposed_to_close),
    seen("alert-closed", closed),
    seen("approvals-decided", decided, "demo-checker"),
    seen("approvals-approved", at("/console/approvals?state=approved"), "demo-checker"),
)  # fmt: skip
