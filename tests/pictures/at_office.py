"""The pages of staff: operations, alerts, cases, approvals, points, rules and policies."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import Page, expect

from tests.pictures.picture import Picture, Pose, at, first

CALCULATION = (
    "/console/policies/calculator?business=withdrawal&amount=500&card_product=debit"
    "&card_bank_id=gyb&terminal_kind=pos&acquirer_bank_id=grcu&region=local"
)
ALERT = first("/console/alerts", "main tbody a[href^='/console/alerts/']")
CASE = first("/console/cases?kind=verification", "main tbody a[href^='/console/cases/']")
REVIEW = first("/console/cases?kind=annual_review", "main tbody a[href^='/console/cases/']")
FREEZE = first("/console/cases?kind=freeze", "main tbody a[href^='/console/cases/']")
POINT = at("/console/points/SP520121-0001")


def operations(page: Page) -> None:
    page.goto("/console")
    page.wait_for_selector("#map[data-ready]")
    page.wait_for_selector("#link[data-state=open]")


def lost_connection(page: Page) -> None:
    """In a browser without shared workers: only there a test can take the line away."""
    page.add_init_script("delete globalThis.SharedWorker")
    page.route("**/console/stream*", lambda one: one.abort())
    page.goto("/console")
    page.wait_for_selector("#map[data-ready]")
    expect(page.locator("#link")).to_contain_text("连接中断")


def tried(page: Page) -> None:
    """A rule with another threshold, tried on the days that were."""
    page.goto("/console/rules/R09")
    page.fill("[name='day.band[1].from']", "2")
    page.click("button[name=do][value=backtest]")
    expect(page.locator(".is-gained strong")).to_be_visible()


def compared(page: Page) -> None:
    """Two versions of a rule side by side."""
    at("/console/rules/R06?a=1&b=2")(page)
    page.locator("#versions").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#versions').scrollIntoView()")


def family(picture: Picture, *, phone: bool = True, english: bool = False) -> list[Picture]:
    """A picture with its sisters."""
    found = [picture]
    if phone:
        found.append(picture.on_phone())
    if english:
        found.append(picture.in_english())
    return found


def seen(name: str, pose: Pose, who: str = "demo-maker") -> Picture:
    return Picture(f"console-{name}", pose, who)


PICTURES = (
    Picture("sign-in", at("/console/sign-in"), who=""),
    Picture("sign-in-expired", at("/console/sign-in?expired=1&next=/console/alerts"), who=""),
    Picture("sign-in-phone", at("/console/sign-in"), who="", size=(390, 844)),
    *family(Picture("operations", operations), english=True),
    Picture("operations-lost", lost_connection, forgiven="ERR_FAILED"),
    *family(seen("alerts", at("/console/alerts")), english=True),
    *family(seen("alert", ALERT), english=True),
    replace(seen("alert", ALERT), name="console-alert-whole", is_long=True),
    *family(seen("cases", at("/console/cases")), english=True),
    *family(seen("case", CASE), english=True),
    seen("case-review", REVIEW),
    seen("case-freeze", FREEZE),
    *family(seen("approvals", at("/console/approvals"), "demo-checker"), english=True),
    seen("approvals-own", at("/console/approvals")),
    *family(seen("points", at("/console/points")), english=True),
    *family(seen("point", POINT), english=True),
    *family(seen("point-new", at("/console/points/new?county=520121"))),
    replace(seen("point", POINT), name="console-point-whole", is_long=True),
    *family(seen("rules", at("/console/rules")), english=True),
    *family(seen("rule", at("/console/rules/R09"))),
    seen("rule-compare", compared),
    seen("backtest", tried),
    *family(seen("policies", at("/console/policies")), english=True),
    seen("policy", at("/console/policies/2014-235")),
    *family(seen("calculator", at(CALCULATION))),
)
