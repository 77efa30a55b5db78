"""The village under watch with its staff at the console, one for each module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.settings import Settings
from tests.api.console.staff.office import Clerk, manned
from tests.api.village import Village
from tests.api.watched import Watched


@pytest.fixture(scope="module")
def office(settings: Settings, world: Village) -> Iterator[tuple[Watched, str]]:
    with manned(settings, world) as opened:
        yield opened


@pytest.fixture(scope="module")
def village(office: tuple[Watched, str]) -> Watched:
    return office[0]


@pytest.fixture(scope="module")
def address(office: tuple[Watched, str]) -> str:
    return office[1]


@pytest.fixture
def maker(address: str) -> Iterator[Clerk]:
    clerk = Clerk(address, "demo-maker")
    yield clerk
    clerk.close()


@pytest.fixture
def checker(address: str) -> Iterator[Clerk]:
    clerk = Clerk(address, "demo-checker")
    yield clerk
    clerk.close()
