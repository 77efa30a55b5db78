"""Everything that two people can bring about, by kind of subject and action."""

from __future__ import annotations

from risk import (
    cases,
    controls,
    listing,
    onboarding,
    policy_drafts,
    releases,
    suppressing,
    working_alerts,
)
from risk.approvals import Registry

EFFECTS: Registry = {
    **releases.EFFECTS,
    **working_alerts.EFFECTS,
    **suppressing.EFFECTS,
    **listing.EFFECTS,
    **onboarding.EFFECTS,
    **policy_drafts.EFFECTS,
    **cases.EFFECTS,
    **controls.EFFECTS,
}
