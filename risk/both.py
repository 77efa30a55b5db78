"""What the system itself writes into cases and logs: Chinese first, English beside it."""

from __future__ import annotations


def both(chinese: str, english: str) -> str:
    """Return a text in both languages; a page shows the half that is in its own.

    >>> both("逾期未年审", "Not reviewed in time")
    '逾期未年审 · Not reviewed in time'
    """
    return f"{chinese} · {english}"
