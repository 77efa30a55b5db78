"""Locust's own page: a run is started there, watched, and its verdict read."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import psutil
import pytest
import requests
from playwright.sync_api import expect

from loadtests.crew import ROOT
from loadtests.own_server import free_port
from tests.api.console.chromium import started
from tests.loadtests.runs import serving, until

PATIENCE_MS = 90_000


@pytest.mark.long
def test_a_run_is_started_and_judged_in_the_browser(tmp_path: Path) -> None:
    port = free_port()
    page_is_at = f"http://127.0.0.1:{port}"
    with serving(f"sqlite:///{tmp_path / 'load.db'}", tmp_path) as server, started() as browser:
        command = [sys.executable, "-m", "loadtests", "--ui", "--ui-port", str(port)]
        command += ["--url", server.host, "--users", "10", "--seconds", "5", "--out", str(tmp_path)]
        with (tmp_path / "ui.log").open("w") as log:
            load = psutil.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            until(lambda: is_listening(port), "the page is there")
            page = browser.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.goto(page_is_at)
            page.get_by_role("button", name="Start").click()
            expect(page.get_by_text("withdrawal")).to_be_visible(timeout=PATIENCE_MS)
            page.get_by_role("tab", name="Charts").click()
            expect(page.locator("canvas, svg").first).to_be_visible(timeout=PATIENCE_MS)
            until(lambda: is_judged(page_is_at), "there is a verdict")
            page.goto(f"{page_is_at}/verdict")
            expect(page.get_by_text("balance_inquiry").first).to_be_visible()
            crew = load.children(recursive=True)
        finally:
            load.terminate()
            load.wait(30)
    assert (tmp_path / "summary.json").exists()
    _, left = psutil.wait_procs(crew, timeout=10)
    assert crew
    assert left == [], "Locust must not outlive the command"


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_judged(address: str) -> bool:
    return "every promise is kept" in requests.get(f"{address}/verdict", timeout=10).text
