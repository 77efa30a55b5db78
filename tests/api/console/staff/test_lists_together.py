"""Lists that many pages follow: what is shared between people, what is not, and when it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2
import pytest

from api.console import together
from api.console.staff.desk import AGAIN
from tests.api.console.browser import HTML, hidden
from tests.api.console.staff.office import Clerk, high_alert, words
from tests.api.counter import Json
from tests.api.watched import Watched

ALERTS = "/console/alerts?rule=R13"


@pytest.fixture
def auditor(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clerk]:
    """Somebody whose page is open, on a day when what the watch does may be minutes old."""
    monkeypatch.setattr(together, "SHARED_EACH_S", 300.0)
    monkeypatch.setattr(together, "SHARED_MOST_S", 300.0)
    clerk = Clerk(address, "demo-auditor")
    with clerk.http.stream("GET", "/console/stream") as stream:
        heard = stream.iter_raw()
        next(heard)  # and it stays open as long as this name has it
        yield clerk
    clerk.close()


def read_again(clerk: Clerk, path: str = ALERTS) -> httpx2.Response:
    """Read a page as it reads itself."""
    return clerk.http.get(path, headers=HTML | {AGAIN: "1"})


def take(clerk: Clerk, alert: Json) -> None:
    clerk.send(f"/console/alerts/{alert['alert_id']}", do="assign", note="由我核查")


def test_what_the_watch_raised_may_wait_but_not_for_whoever_opens_the_page(
    auditor: Clerk, maker: Clerk, village: Watched
) -> None:
    before = read_again(auditor)
    alert = high_alert(village)
    again = read_again(auditor)
    assert alert["alert_id"] not in again.text
    assert ("Age" in before.headers, "Age" in again.headers) == (False, True)
    assert alert["alert_id"] in maker.get(ALERTS).text
    assert alert["alert_id"] in read_again(auditor).text  # it gets what the maker's page read


@pytest.mark.parametrize("path", [ALERTS, "/console/cases?kind=verification"])
def test_what_a_clerk_did_is_seen_by_everybody_at_once(
    auditor: Clerk, maker: Clerk, checker: Clerk, village: Watched, path: str
) -> None:
    alert = high_alert(village)
    everybody = (auditor, maker, checker)
    for clerk in everybody:
        read_again(clerk, path)
    if path == ALERTS:
        take(maker, alert)
        wanted = "demo-maker"
    else:
        fields = {"do": "open_case", "kind": "verification", "note": f"看{alert['alert_id']}"}
        maker.send(f"/console/alerts/{alert['alert_id']}", **fields)
        wanted = fields["note"]
    assert all(wanted in words(read_again(clerk, path)) for clerk in everybody)


def test_what_is_shared_is_the_list_and_never_who_reads_it(
    auditor: Clerk, maker: Clerk, address: str, village: Watched
) -> None:
    take(maker, high_alert(village))
    english = Clerk(address, "demo-checker")
    english.get("/console/language/en?next=/console")
    pages = [read_again(clerk) for clerk in (auditor, maker, english)]
    english.close()
    assert [name_on(page) for page in pages] == ["demo-auditor", "demo-maker", "demo-checker"]
    assert len({hidden(page)["csrf"] for page in pages}) == 3
    mine = [int(re.findall(r"(?:我办理的|Mine) (\d+)", words(page))[0]) for page in pages]
    assert mine[1] > mine[0] == mine[2] == 0
    assert ["等级" in words(page) for page in pages] == [True, True, False]
    assert "Age" in pages[1].headers


def test_a_list_of_ones_own_is_nobody_elses(auditor: Clerk, maker: Clerk, village: Watched) -> None:
    alert = high_alert(village)
    take(maker, alert)
    own = "/console/alerts?mine=1"
    assert alert["alert_id"] in read_again(maker, own).text
    assert alert["alert_id"] not in read_again(auditor, own).text


def name_on(page: httpx2.Response) -> str:
    return page.text.split('data-who="')[1].split('"')[0]
