"""Who gets in, who stays out, and what a stolen or stale form can do: nothing."""

from __future__ import annotations

import httpx2
import pytest

from api.console.session import COOKIE, Session
from api.settings import Settings
from pos_sim.store.database import Database
from pos_sim.store.keys import ApiKey, add_key, revoke_key
from seeds.load import secrets_of
from tests.api.console.browser import Browser, hidden
from tests.api.serving import serving
from tests.api.village import SEED


def test_nobody_sees_a_page_before_signing_in(browser: Browser) -> None:
    page = browser.get("/console?day=2026-03-02", follow=False)
    assert page.status_code == 303
    assert page.headers["location"] == "/console/sign-in?next=%2Fconsole%3Fday%3D2026-03-02"


def test_after_signing_in_one_is_where_one_wanted_to_be(browser: Browser) -> None:
    page = browser.sign_in("demo-maker", next="/console?day=2026-03-02", follow=False)
    assert page.headers["location"] == "/console?day=2026-03-02"
    assert browser.get("/console").status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/v1/about", "/console//x"],
)
def test_signing_in_leads_nowhere_else(browser: Browser, elsewhere: str) -> None:
    page = browser.sign_in("demo-maker", next=elsewhere, follow=False)
    assert page.headers["location"] == "/console"


def test_a_wrong_key_stays_outside(browser: Browser) -> None:
    page = browser.sign_in("demo-nobody")
    assert page.status_code == 401
    assert "密钥无效或已撤销" in page.text
    assert browser.get("/console", follow=False).status_code == 303


def test_a_demo_world_offers_its_people(browser: Browser) -> None:
    page = browser.get("/console/sign-in")
    assert 'value="demo-maker"' in page.text
    assert 'value="demo-checker"' in page.text


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Browser) -> None:
    cookie = browser.sign_in("demo-maker", follow=False).headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=lax", "Path=/console", "Max-Age=28800"} <= set(cookie.split("; "))
    assert "demo-maker-2" not in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_stays_there(browser: Browser) -> None:
    page = browser.http.get("/console/sign-in", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in page.headers["set-cookie"].split("; ")


def test_signing_in_gives_a_session_that_nobody_had_before(browser: Browser) -> None:
    before = browser.csrf()
    browser.sign_in("demo-maker")
    assert browser.csrf() != before


def test_a_forged_session_is_none(browser: Browser) -> None:
    browser.sign_in("demo-maker")
    kept = browser.http.cookies[COOKIE]
    browser.http.cookies.set(COOKIE, kept[:-2] + ("AA" if kept[-2:] != "AA" else "BB"))
    again = browser.http.get("/console", follow_redirects=False)
    assert again.status_code == 303


def test_signing_out_forgets(browser: Browser) -> None:
    browser.sign_in("demo-maker")
    page = browser.post("/console/sign-out", {"csrf": browser.csrf()})
    assert "已退出" in page.text
    assert browser.get("/console", follow=False).status_code == 303


@pytest.mark.parametrize("token", ["", "0" * 32])
def test_a_form_without_our_token_does_nothing(browser: Browser, token: str) -> None:
    browser.sign_in("demo-maker")
    page = browser.post("/console/sign-out", {"csrf": token})
    assert page.status_code == 403
    assert browser.get("/console", follow=False).status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_form_from_another_site_does_nothing(browser: Browser, headers: dict[str, str]) -> None:
    browser.sign_in("demo-maker")
    page = browser.post("/console/sign-out", {"csrf": browser.csrf()}, headers)
    assert page.status_code == 403
    assert browser.get("/console", follow=False).status_code == 200


def test_the_token_of_another_session_is_none(address: str, browser: Browser) -> None:
    other = Browser(address)
    other.sign_in("demo-maker")
    browser.sign_in("demo-maker")
    page = browser.post("/console/sign-out", {"csrf": other.csrf()})
    other.close()
    assert page.status_code == 403


def test_a_terminal_has_no_business_on_the_page_of_staff(browser: Browser) -> None:
    browser.sign_in("demo-terminal")
    page = browser.get("/console")
    assert page.status_code == 403
    assert "密钥无权办理" in page.text


def test_a_revoked_key_is_out(browser: Browser, database_url: str) -> None:
    database = Database(database_url)
    who = ApiKey("left-the-bank", "auditor")
    secret = secrets_of(SEED).key
    database.run_now(lambda c: add_key(c, secret, "a key of one's own", who))
    browser.sign_in("a key of one's own")
    assert browser.get("/console").status_code == 200
    database.run_now(lambda c: revoke_key(c, "left-the-bank"))
    database.close_now()
    pages = (browser.get("/console", follow=False) for _ in range(2_000))
    assert any(page.status_code == 303 for page in pages)


def test_an_expired_session_says_so_and_keeps_the_place(settings: Settings) -> None:
    short = settings.model_copy(update={"console_session_s": 1.0})
    with serving(short) as address:
        browser = Browser(address)
        browser.sign_in("demo-maker")
        # A second is the finest that the signature's clock knows: an older one is expired.
        kept = browser.http.cookies[COOKIE]
        while (page := again(browser, kept)).status_code == 200:
            pass
        browser.close()
    assert page.headers["location"] == "/console/sign-in?next=%2Fconsole%3Fx%3D1&expired=1"


def again(browser: Browser, kept: str) -> httpx2.Response:
    """Ask with the cookie of the sign-in: a page renews it, and a browser keeps the new one."""
    browser.http.cookies.clear()
    return browser.http.get("/console?x=1", headers={"Cookie": f"{COOKIE}={kept}"})


def test_a_page_that_is_not_there_says_so_calmly(browser: Browser) -> None:
    browser.sign_in("demo-maker")
    page = browser.get("/console/no-such-page")
    assert page.status_code == 404
    assert "没有找到" in page.text
    assert "回到首页" in page.text


def test_a_session_of_nobody_has_no_name() -> None:
    assert Session.fresh().name == ""
    assert Session.fresh().session_id != Session.fresh().session_id


def test_the_language_is_kept_by_the_browser(browser: Browser) -> None:
    page = browser.get("/console/language/en?next=/console/sign-in")
    assert '<html lang="en">' in page.text
    assert "Demo people" in page.text
    assert hidden(page)["api_key"] == "demo-admin"


def test_the_bare_address_leads_to_the_console(browser: Browser) -> None:
    assert browser.get("/", follow=False).headers["location"] == "/console"
