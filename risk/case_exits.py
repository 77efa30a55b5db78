"""What an exit 退出 brings about: its money is paid out, its machines come back, its work ends."""

from __future__ import annotations

from datetime import date

from pos_sim.domain.calendar import business_date
from pos_sim.engine.closing import pay_out
from risk import case_papers, review_plans
from risk.audit_log import write_entry
from risk.both import both
from risk.case_mistakes import IllegalMove
from risk.case_work import Work
from risk.grading import months_before
from risk.incentive_statements import statements
from risk.incentives import told
from risk.store import case_alerts, case_rows, case_trail
from risk.store.case_trail import Entry
from risk.workflow import CaseKind


def settle(work: Work) -> None:
    """Settle what is open: nothing may be held any more, then the point's money is paid out."""
    point = work.case.service_point_id or ""
    held = case_alerts.held_at(work.connection, point)
    if held:
        raise IllegalMove((), f"尚有挂起交易 {'、'.join(held)}，到账或撤销后再清算 · Still held")
    day = business_date(work.at)
    emptied = pay_out(work.connection, point, day)
    pay = pay_due(work, day.replace(day=1))
    text = case_papers.settlement_text(work.case, work.place(), emptied, pay)
    work.file("settlement", "退出清算单", "Settlement on exit", text)
    write_entry(
        work.connection, at=work.at, actor=work.actor.name, action="pay_out",
        subject_kind="service_point", subject_id=point,
        before={account.account_no: account.balance for account in emptied},
        after={account.account_no: 0 for account in emptied}, why=work.case.case_id,
    )  # fmt: skip


def pay_due(work: Work, this: date) -> dict[date, str]:
    """Return what statements say of this month, and of the last one where there is pay to come.

    It goes on paper: pay itself is not in these books.
    """
    found: dict[date, str] = {}
    for month in (months_before(this, 1), this):
        asked = statements(work.connection, month, work.at, point=work.case.service_point_id or "")
        for one in asked.items:
            if month == this or one.statement.payable:
                found[month] = told(one.statement)[0]
    return found


def recover_terminals(work: Work) -> None:
    """Put on paper which machines came back; their bindings stay, so that history is readable."""
    terminals = case_alerts.terminals_at(work.connection, work.case.service_point_id or "")
    for terminal_id, _, serial in terminals:
        write_entry(
            work.connection,
            at=work.at,
            actor=work.actor.name,
            action="recover",
            subject_kind="terminal",
            subject_id=terminal_id,
            after={"serial": serial, "case_id": work.case.case_id},
            why=work.note,
        )
    text = case_papers.recovery_text(work.case, work.place(), terminals)
    work.file("recovery", "终端回收单", "Terminals recovered", text)


def deregister(work: Work) -> None:
    """End what else is open about the point, but for verifications: those go on."""
    point = work.case.service_point_id or ""
    review_plans.drop(work.connection, point)
    work.change(outcome="exited")
    for other in case_rows.open_at(work.connection, point):
        if other.kind is CaseKind.VERIFICATION or other.case_id == work.case.case_id:
            continue
        end(work, other.case_id)


def end(work: Work, case_id: str) -> None:
    """End another case, whose point has exited."""
    other = case_rows.lock(work.connection, case_id)
    assert other is not None
    case_rows.end(work.connection, case_id, work.at, "exited")
    line = Entry(
        case_id=case_id, at=work.at, actor=work.actor.name, what="overtaken", action="close",
        source=other.state, to_state=other.state, note=both(
            f"服务点已退出 {work.case.case_id}", f"The point has exited {work.case.case_id}"
        ),
    )  # fmt: skip
    case_trail.add_history(work.connection, [line])
