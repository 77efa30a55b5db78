"""Everything that two people can bring about, by kind of subject and action."""

from __future__ import annotations

from risk import releases
from risk.approvals import Registry

EFFECTS: Registry = {
    **releases.EFFECTS,
}
