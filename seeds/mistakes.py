"""What can be wrong with a wish for test data. The family:

Mistake             the wish cannot be fulfilled as it stands: ``field`` and ``message`` say why
└── AlreadyThere    what shall be made exists
"""

from __future__ import annotations


class Mistake(ValueError):
    """A wish that cannot be fulfilled; ``message`` is Chinese first, English beside it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class AlreadyThere(Mistake):
    """What shall be made exists already."""
