"""The six workflows, each one literal table."""

from __future__ import annotations

from risk.workflow import CaseKind, Workflow
from risk.workflows.annual_review import ANNUAL_REVIEW
from risk.workflows.exit import EXIT
from risk.workflows.freeze import FREEZE
from risk.workflows.idle_visit import IDLE_VISIT
from risk.workflows.rectification import RECTIFICATION
from risk.workflows.verification import VERIFICATION

WORKFLOWS: dict[CaseKind, Workflow] = {
    workflow.kind: workflow
    for workflow in (VERIFICATION, ANNUAL_REVIEW, RECTIFICATION, FREEZE, EXIT, IDLE_VISIT)
}
