"""A broken promise, and the shape of a check that looks for some."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken promise: which check, which row, and what is wrong with it."""

    check: str
    subject: str
    text: str


Check = Callable[[Connection, bytes], Iterator[Finding]]
"""Gives a finding for every row that broke its promise; the bytes are the key of the seals."""
