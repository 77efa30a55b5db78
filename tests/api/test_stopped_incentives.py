"""Freeze and control stop what a point is paid, in the months in which they held, and no others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.settings import Settings
from tests.api.back_office import BackOffice, back_office
from tests.api.village import GRCU_POS, POS, Village


@pytest.fixture(scope="module")
def office(settings: Settings, world: Village) -> Iterator[BackOffice]:
    with back_office(settings, world) as opened:
        yield opened


def stops(office: BackOffice, point: str, month: str) -> list[str]:
    asked = {"service_point_id": point, "month": month}
    (item,) = office.get("/v1/reports/incentives", **asked)["items"]
    return [stop["reason"] for stop in item["stops"]]


def test_only_the_months_of_a_freeze_and_a_control_are_stopped(office: BackOffice) -> None:
    frozen, controlled = office.point_of(POS), office.point_of(GRCU_POS)
    case = office.open("freeze", frozen)
    office.both(case, "freeze")
    control = {
        "business": "transfer",
        "allowed": False,
        "reason": "核查",
        "until": office.hence(days=40),
    }
    office.done(f"/v1/service-points/{controlled}/controls", control)
    office.pass_time(days=35)
    office.both(case, "unfreeze")
    office.pass_time(days=30)
    months = ("2026-02", "2026-03", "2026-04", "2026-05")
    assert [stops(office, frozen, month) for month in months] == [[], ["frozen"], ["frozen"], []]
    assert [stops(office, controlled, month) for month in months] == [
        [], ["controlled"], ["controlled"], [],
    ]  # fmt: skip
