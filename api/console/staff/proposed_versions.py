"""Proposals of versions: of a rule, field by field; of the policies, by name and first day."""

from __future__ import annotations

import json
from dataclasses import replace

from api.console.navigation import HOME
from api.console.staff.proposals import Change, Proposal, Reading, of_anything
from api.console.staff.rule_sides import side_by_side
from api.console.staff.rules import Words
from pos_sim.store.policy_store import all_policies
from risk.approvals import Approval
from risk.releases import published
from risk.rule_rows import read_canonical
from risk.rules import RuleVersion
from risk.store.version_rows import VersionRow, all_versions


def of_rule_version(reading: Reading, approval: Approval, bare: Proposal) -> Proposal:
    """A version of a rule: each field that differs from the version that it follows."""
    t, payload = reading.t, approval.payload
    rows = all_versions(reading.connection)
    rule_id, number = payload["rule_id"], payload["version"]
    row = next(one for one in rows if (one.rule_id, one.version) == (rule_id, number))
    made = read_canonical(row.canonical, approval.kind)
    base = followed(rows, row, is_decided=approval.choice is not None)
    found = side_by_side(base, made, Words(t)) if base else []
    changes = [
        Change(one.label, one.before, one.after)
        for one in found
        if one.differs and one.field != "version"
    ]
    against = f"?a={base.version}&b={number}" if base else ""
    return replace(
        bare,
        subject=f"{rule_id} {t.pick(made.title, made.title_en)} · {number}",
        href=f"{HOME}/rules/{rule_id}{against}#versions",
        changes=changes or of_anything(reading, approval, bare).changes,
    )


def followed(rows: list[VersionRow], row: VersionRow, *, is_decided: bool) -> RuleVersion | None:
    """Return the version that one follows: in force on its first day, as things stand or stood.

    What was decided is told as it was asked, so a version that was proposed later is none of it.
    """
    own = [one for one in rows if one.rule_id == row.rule_id]
    if is_decided:
        own = [one for one in own if one.version < row.version]
    return published(own).in_force(row.effective_from).get(row.rule_id)


def of_policy(reading: Reading, approval: Approval, bare: Proposal) -> Proposal:
    """A version of the policies; its own page shows what differs."""
    rows = all_policies(reading.connection)
    document = next(json.loads(row.canonical) for row in rows if row.version == approval.subject_id)
    title = reading.t.pick(document["title"], document["title_en"])
    named = replace(approval, payload={**approval.payload, "title": title})
    told = of_anything(reading, named, bare)
    return replace(told, href=f"{HOME}/policies/{approval.subject_id}")
