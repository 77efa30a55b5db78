"""Jinja2 over our templates: autoescape, no undefined names, and the filters of the counter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.console.texts import Texts
from pos_sim.domain.calendar import SHANGHAI
from pos_sim.domain.money import in_yuan


def environment() -> Environment:
    """Return the environment; every output is escaped, and a missing name is a mistake."""
    found = Environment(
        loader=FileSystemLoader(Path(str(files("api.console"))) / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    found.filters.update(
        yuan=yuan,
        count=count,
        when=when,
        clock=clock,
        day=day,
        wan=wan,
        named=named,
        numbered=numbered,
    )
    return found


def yuan(fen: int | None) -> str:
    """Return fen as yuan with separators, the way a clerk reads them.

    >>> yuan(123_456_789), yuan(None)
    ('1,234,567.89', '—')
    """
    return "—" if fen is None else in_yuan(fen)


def wan(fen: int) -> str:
    """Return fen in 万元, to a tenth.

    >>> wan(150_700_000)
    '150.7'
    """
    return f"{fen / 1_000_000:,.1f}"


def count(number: int) -> str:
    """Return a whole number with separators."""
    return f"{number:,}"


def when(moment: datetime | None) -> str:
    """Return date and minute, local time.

    >>> when(datetime(2026, 3, 2, 2, 30, tzinfo=SHANGHAI)), when(None)
    ('2026-03-02 02:30', '—')
    """
    return "—" if moment is None else f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def clock(moment: datetime) -> str:
    """Return hour, minute and second, local time."""
    return f"{moment.astimezone(SHANGHAI):%H:%M:%S}"


def day(value: date | None) -> str:
    """Return a date."""
    return "—" if value is None else value.isoformat()


def named(values: Iterable[str], t: Texts, prefix: str) -> list[tuple[str, str]]:
    """Return values with what they are called: in a file of texts, or with the start of a name.

    >>> named(["low", "high"], Texts("en"), "severity")
    [('low', 'Low'), ('high', 'High')]
    >>> named(["1"], Texts("zh"), "points.control_")
    [('1', '有控制')]
    """
    start = prefix if "." in prefix else f"{prefix}."
    return [(value, t(f"{start}{value}")) for value in values]


def numbered(values: Iterable[str], t: Texts, name: str) -> list[tuple[str, str]]:
    """Return values with the one text that names them all.

    >>> numbered(["A", "D"], Texts("en"), "points.tier_n")
    [('A', 'Tier A'), ('D', 'Tier D')]
    """
    return [(value, t(name, n=value)) for value in values]
