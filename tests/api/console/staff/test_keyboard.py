"""Everything that staff do, by keyboard alone: no test here touches the mouse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect

from tests.api.console.chromium import screen
from tests.api.console.staff.keyboard import Keyboard
from tests.api.console.staff.office import high_alert
from tests.api.village import GRCU_POS, POS
from tests.api.watched import Watched


@contextmanager
def seat(chromium: Browser, address: str, who: str) -> Iterator[Keyboard]:
    """Give the keyboard of somebody who has just signed in with it."""
    with screen(chromium, address) as page:
        yield Keyboard(page).sign_in(who)


def test_an_alert_is_found_taken_and_concluded_by_two(
    chromium: Browser, address: str, village: Watched
) -> None:
    alert = high_alert(village)
    with seat(chromium, address, "demo-maker") as keys:
        keys.to(".skip").press("Enter")
        assert keys.has_focus("main")
        keys.press("Control+Home").go("a[href='/console/alerts']")
        keys.go(f"a.title[href$='{alert['alert_id']}']")
        keys.write("#f-assign-note", "我来看").go("#move-assign button")
        assert keys.has_focus(".flash")
        expect(keys.page.locator(".flash")).to_contain_text("已分派")
        keys.unfold("investigate").write("#f-investigate-note", "先看流水")
        keys.go("#move-investigate button").unfold("close")
        keys.to("input[name=verdict]").press("ArrowDown", "ArrowUp")
        keys.write("#f-close-note", "电话核实").go("#move-close button")
        expect(keys.page.locator("[data-part=pending]")).to_contain_text("结论")
    with seat(chromium, address, "demo-checker") as keys:
        keys.go("a[href='/console/approvals']")
        keys.write(".proposal textarea", "同意").go("button[value=approve]")
        expect(keys.page.locator(".flash")).to_contain_text("已同意")


def test_a_checklist_is_worked_through_and_a_freeze_proposed_and_approved(
    chromium: Browser, address: str, village: Watched
) -> None:
    point = village.ask(f"/v1/terminals/{POS}")["service_point_id"]
    with seat(chromium, address, "demo-maker") as keys:
        keys.go("a[href='/console/cases']")
        keys.unfold("new").to("#f-new-kind")
        keys.press("ArrowDown")
        expect(keys.page.locator("#f-new-kind")).to_have_value("annual_review")
        keys.write("input[name=service_point_id]", point)
        keys.write("[name=note]", "提前年审").go("form[action='/console/cases'] button")
        items = keys.page.locator("input[type=radio][value=pass]").evaluate_all(
            "all => all.map((one) => one.name)"
        )
        for name in items:
            keys.to(f"input[name='{name}']").press("Space")
        keys.write("#checklist textarea[name=note]", "现场核验").go("#checklist button")
        expect(keys.page.locator("[data-part=head]")).to_contain_text("已上报")
        keys.page.goto(f"/console/points/{point}")
        keys.unfold("freeze")
        keys.write("#f-freeze-note", "终端外借").go("#move-freeze button")
        expect(keys.page.locator(".flash")).to_contain_text("已提交冻结申请")
    with seat(chromium, address, "demo-checker") as keys:
        keys.go("a[href='/console/approvals']")
        keys.write(".proposal textarea", "照片已核对").go("button[value=approve]")
        expect(keys.page.locator(".flash")).to_contain_text("已同意")
    assert village.ask(f"/v1/service-points/{point}")["status"] == "frozen"


def test_a_point_is_found_and_a_fee_worked_out(
    chromium: Browser, address: str, village: Watched
) -> None:
    point = village.ask(f"/v1/terminals/{GRCU_POS}")["service_point_id"]
    with seat(chromium, address, "demo-maker") as keys:
        keys.go("a[href='/console/points']").write("#q-q", point).go(".filter-end button")
        keys.go(f"a[href='/console/points/{point}']")
        expect(keys.page.locator("[data-part=head]")).to_contain_text(point)
        keys.go("a[href='/console/rules']").go("a[href='/console/policies/calculator']")
        keys.write("#f-amount", "1000").go("form[action$=calculator] button")
        expect(keys.page.locator("#answer .charged")).to_be_visible()


def test_a_wrong_field_has_the_focus(chromium: Browser, address: str) -> None:
    with screen(chromium, address, forgiven="status of 422") as page:
        keys = Keyboard(page).sign_in("demo-maker")
        page.goto("/console/points/new?county=520121")
        keys.write("#f-village", "青山村").write("#f-latitude", "很北")
        keys.write("#f-name", "青山超市").write("#f-operator_name", "王小满")
        keys.go("form.propose button")
        assert keys.has_focus("#f-latitude[aria-invalid=true]")


def test_a_trainer_moves_the_clock_sends_a_pattern_and_opens_the_class_sheet(
    chromium: Browser, address: str
) -> None:
    with seat(chromium, address, "demo-admin") as keys:
        keys.go("a[href='/console/clock']").go("button[value=PT1H]")
        assert keys.has_focus(".flash, #went [role=status]")
        keys.go("a[href='/console/desk']").to("#pattern").press("ArrowDown", "ArrowUp")
        keys.page.set_default_timeout(40_000)
        keys.go(".send-card button.primary")
        expect(keys.page.locator(".episodes tbody tr")).not_to_have_count(0)
        keys.go("a[href='/console/class']").to("a[href='/console/class/sheet.csv']")
        with keys.page.expect_download() as sheet:
            keys.press("Enter")
        assert sheet.value.suggested_filename.endswith(".csv")
        keys.to("#print")
