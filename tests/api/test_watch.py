"""Whether the watch is on is a setting."""

from __future__ import annotations

import pytest

from api.composition import open_sandbox
from api.settings import Settings
from pos_sim.engine.monitor import AllowAll
from risk.monitor import RiskMonitor


@pytest.mark.parametrize(("watch", "monitor"), [(True, RiskMonitor), (False, AllowAll)])
def test_a_sandbox_is_watched_when_its_settings_say_so(
    database_url: str, watch: bool, monitor: type
) -> None:
    sandbox = open_sandbox(Settings(database_url=database_url, watch=watch))
    assert isinstance(sandbox.monitor, monitor)
    sandbox.database.close_now()
