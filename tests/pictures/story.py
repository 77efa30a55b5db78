"""What happened in the village before the pictures are taken."""

from __future__ import annotations

from datetime import timedelta

from tests.api.console.staff.office import high_alert, medium_alert
from tests.api.village import GRCU_POS, MOBILE, OTHER_POS, POS
from tests.api.watched import Watched

BUSINESSES = ("withdrawal", "balance_inquiry", "withdrawal", "transfer", "bill_payment",
              "withdrawal", "cash_remittance")  # fmt: skip
TERMINALS = (POS, OTHER_POS, GRCU_POS, MOBILE)
ROUNDS = 8


def live(watched: Watched) -> None:
    """Let eight days pass and a card draw at three points, then a busy morning with two alerts."""
    watched.counter.do("withdrawal")
    watched.pass_time(days=8)
    watched.spread()
    watched.pass_time(hours=(34 - watched.clock.now().hour) % 24)
    for hour in range(ROUNDS):
        for number, business in enumerate(BUSINESSES):
            terminal_id = TERMINALS[(hour + number) % len(TERMINALS)]
            watched.counter.do(business, terminal_id=terminal_id)
        watched.pass_time(minutes=10 + hour)
    high_alert(watched)
    medium_alert(watched)
    office_work(watched)


def office_work(watched: Watched) -> None:
    """Cases of several kinds, a control, and what waits for a second person."""
    for kind, terminal_id, reason in (
        ("rectification", OTHER_POS, "公示牌缺失，登记簿未及时登记"),
        ("idle_visit", MOBILE, "近三个月业务很少"),
        ("annual_review", POS, "按计划年审"),
    ):
        body = {"kind": kind, "service_point_id": point(watched, terminal_id), "reason": reason}
        done = watched.send("/v1/cases", body)
        assert done.status_code in (201, 409), done.text
    freeze(watched, GRCU_POS, "终端疑似外借，现场核实不在登记地点")
    close(watched, POS, "transfer", "核查期间暂停转账")
    stricter(watched, "R06", "先试一周，看误报多少")


def close(watched: Watched, terminal_id: str, business: str, why: str) -> None:
    """Take a business from a point for a month."""
    until = f"{watched.clock.now() + timedelta(days=30):%Y-%m-%dT00:00:00+08:00}"
    body = {"business": business, "allowed": False, "reason": why, "until": until}
    done = watched.send(f"/v1/service-points/{point(watched, terminal_id)}/controls", body)
    assert done.status_code in (200, 201), done.text


def stricter(watched: Watched, rule_id: str, why: str) -> None:
    """Propose a version of a rule whose first band begins one later and only alerts."""
    params = watched.ask(f"/v1/risk/rules/{rule_id}")["versions"][0]["params"]
    clause = next(name for name, one in params.items() if "band" in dict(one))
    body = {
        "params": {clause: {"band": [{"from": params[clause]["band"][0]["from"] + 1}]}},
        "mode": "alert_only",
        "effective_from": f"{watched.clock.now():%Y-%m-%d}",
        "note": why,
    }
    done = watched.send(f"/v1/risk/rules/{rule_id}/versions", body)
    assert done.status_code in (200, 201, 202), done.text


def freeze(watched: Watched, terminal_id: str, why: str) -> None:
    """Propose to freeze a point; nobody approves it."""
    body = {"kind": "freeze", "service_point_id": point(watched, terminal_id), "reason": why}
    opened = watched.send("/v1/cases", body)
    assert opened.status_code in (201, 409), opened.text  # the watch may have opened it already
    path = f"/v1/cases/{opened.json()['case_id']}/actions"
    done = watched.send(path, {"action": "freeze", "note": why})
    assert done.status_code in (200, 202), done.text


def point(watched: Watched, terminal_id: str) -> str:
    return str(watched.ask(f"/v1/terminals/{terminal_id}")["service_point_id"])
