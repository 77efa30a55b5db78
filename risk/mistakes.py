"""What somebody asked for and cannot have, told by field."""

from __future__ import annotations


class Mistaken(Exception):
    """A field whose value cannot be: which, and why, in words for whoever sent it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class AlreadyThere(Exception):
    """What shall be made exists."""
