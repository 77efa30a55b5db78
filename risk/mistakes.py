"""What somebody asked for and cannot have, told by field."""

from __future__ import annotations

from pos_sim.domain.mistakes import AlreadyThere, Mistaken

__all__ = ["AlreadyThere", "Mistaken"]
