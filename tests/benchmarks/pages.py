"""What a page of the console costs the server in CPU, opened by somebody or read again by itself.

The server is a process of its own over a seeded county in which half a minute of withdrawals raised
alerts. Sixty other consoles are open and still: so many pages share what they read again. Run:
``python -m tests.benchmarks.pages [/console/alerts /console/cases …]``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from pathlib import Path

import httpx2

from tests.benchmarks.browsers import AGAIN, FIELD, watching
from tests.benchmarks.consoles import CONSOLES, TERMINAL, Measured, drive, served

PAGES = ("/console/alerts", "/console/cases", "/console/approvals", "/console/points")
OPENED: dict[str, str] = {}
FILL_S = float(os.environ.get("FILL_S", "30"))
BATCHES, BATCH = 8, 50
"""CPU is told in hundredths of a second, so a batch is long; the best one counts."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pages")
    parser.add_argument("paths", nargs="*", default=PAGES)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR", "/var/tmp")) as name,
        served(Path(name), "sqlite") as measured,
    ):
        asyncio.run(fill(measured.address))
        with watching(measured.address, "operations", CONSOLES):
            print(f"{'page':24}{'opened, ms':>12}{'again, ms':>12}{'bytes':>9}")
            with httpx2.Client(base_url=measured.address, timeout=30) as client:
                sign_in(client)
                for path in asked.paths:
                    opened, again = (
                        cost_ms(measured, client, path, more) for more in (OPENED, AGAIN)
                    )
                    size = len(client.get(path, headers={"Accept": "text/html"}).content)
                    print(f"{path:24}{opened:>12.2f}{again:>12.2f}{size:>9,}")


async def fill(address: str) -> None:
    """Let terminals withdraw for a while; the watch finds something in it."""
    async with httpx2.AsyncClient(base_url=address, headers=TERMINAL, timeout=20) as client:
        paced = asyncio.create_task(drive(client, "000001"))
        await asyncio.sleep(FILL_S)
        paced.cancel()
        await asyncio.gather(paced, return_exceptions=True)


def sign_in(client: httpx2.Client) -> None:
    page = client.get("/console/sign-in", headers={"Accept": "text/html"})
    csrf = FIELD.findall(page.text)[0]
    client.post("/console/sign-in", data={"csrf": csrf, "api_key": "demo-auditor"})


def cost_ms(measured: Measured, client: httpx2.Client, path: str, more: dict[str, str]) -> float:
    """Return the server's CPU for one reading, in ms: the best of some batches."""
    found: list[float] = []
    for _ in range(BATCHES):
        before = measured.cpu_s()
        for _ in range(BATCH):
            answer = client.get(path, headers={"Accept": "text/html"} | more)
            answer.raise_for_status()
        found.append(1e3 * (measured.cpu_s() - before) / BATCH)
    return min(found)


if __name__ == "__main__":
    main()
