"""What really happened to a key, and what a good client does now."""

from __future__ import annotations

from typing import NamedTuple

from api.models.sim import PostingShown, TruthShown
from pos_sim.domain.transactions import Status
from pos_sim.store.query_truth import Truth


class Advice(NamedTuple):
    """The same advice in two languages."""

    text: str
    text_en: str

    def __str__(self) -> str:
        return f"{self.text} · {self.text_en}"


NEVER_SEEN = Advice(
    "银行没有收到这笔交易，没有动账。用同一流水号、同样内容重发；不办了就发冲正。",
    "The bank has never seen this key and moved nothing. Send it again with the same key and the"
    " same content, or reverse it if it is not wanted any more.",
)
BURIED = Advice(
    "这笔交易已先被冲正，银行不会再受理。需要办理请换新流水号。",
    "This key was reversed before it came and will be answered 94. Use a new key if it is wanted.",
)
ADVICE: dict[Status, Advice] = {
    Status.APPROVED: Advice(
        "交易已成功入账。没有收到应答就用同一流水号重发取回原应答；钞票没有付出才发冲正。",
        "Done and posted. If the answer was lost, send the same key again to get it; reverse it"
        " only if the cash was not handed over.",
    ),
    Status.DECLINED: Advice(
        "交易已被拒绝，没有动账。按拒绝原因处理，再办请换新流水号。",
        "Declined, nothing moved. Act on the refusal, and use a new key to try again.",
    ),
    Status.HELD: Advice(
        "交易已受理，款项暂存待转出。到时自动入账，期间可冲正或由复核员撤销，不要重办。",
        "Accepted, the money waits in suspense and goes on by itself. Until then it can be"
        " reversed or cancelled. Do not do it again.",
    ),
    Status.REVERSED: Advice(
        "交易已冲正或撤销，款项和手续费已退回。需要办理请换新流水号。",
        "Reversed or cancelled, money and fee are back. Use a new key if it is still wanted.",
    ),
}


def truth_shown(truth: Truth) -> TruthShown:
    """Return the truth as it is shown."""
    transaction = truth.transaction
    is_undone = transaction is not None and not transaction.stands
    return TruthShown(
        seen=transaction is not None,
        answered=transaction is not None,
        status=transaction.status.value if transaction else None,
        response_code=transaction.response_code if transaction else None,
        postings=[
            PostingShown(
                account_no=leg.account_no,
                kind=leg.kind,
                side=leg.side.value,
                amount_fen=leg.amount,
                bank_id=leg.bank_id,
            )
            for leg in truth.legs
        ],
        till_delta_fen=truth.till_delta,
        reversed_by=transaction.ended_by if transaction and is_undone else None,
        tombstoned=truth.is_tombstoned,
        advice=str(advice_of(truth)),
    )


def advice_of(truth: Truth) -> Advice:
    """Return what a good client does now."""
    if truth.transaction is not None:
        return ADVICE[truth.transaction.status]
    return BURIED if truth.is_tombstoned else NEVER_SEEN
