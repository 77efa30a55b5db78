"""What somebody could do to the tables behind the engine's back, and the check that must notice."""

from __future__ import annotations

from dataclasses import dataclass

APPROVED = (
    "select min(transaction_id) from transactions"
    " where business = 'withdrawal' and status = 'approved' and refusal is null"
)
REVERSED = "select min(transaction_id) from transactions where status = 'reversed'"
HELD = "select min(transaction_id) from transactions where status = 'held'"


@dataclass(frozen=True)
class Crime:
    """What somebody does to the tables, and the check that must notice."""

    what: str
    sql: str
    check: str


CRIMES = (
    Crime(
        "a posting vanishes",
        f"delete from postings where posting_no = (select min(posting_no) from postings"
        f" where entry_id = ({APPROVED}))",
        "balance",
    ),
    Crime(
        "a posting is written twice",
        "insert into postings (entry_id, business_date, debit_account_id, credit_account_id,"
        " amount_fen) select entry_id, business_date, debit_account_id, credit_account_id,"
        f" amount_fen from postings where entry_id = ({APPROVED})",
        "amount",
    ),
    Crime(
        "an entry belongs to nobody",
        "insert into postings (entry_id, business_date, debit_account_id, credit_account_id,"
        " amount_fen) values ('nobody', '2026-03-02', 10, 11, 5)",
        "stray",
    ),
    Crime(
        "money goes to somebody else",
        "update postings set credit_account_id = 1006 where posting_no = (select min(posting_no)"
        f" from postings where entry_id = ({APPROVED}))",
        "balance",
    ),
    Crime(
        "a clearing leg goes astray",
        "update postings set credit_account_id = 11 where posting_no = (select min(posting_no)"
        " from postings where credit_account_id = 10)",
        "clearing",
    ),
    Crime(
        "a transaction that moved money vanishes",
        f"delete from transactions where transaction_id = ({APPROVED})",
        "stray",
    ),
    Crime(
        "a refusal becomes an approval",
        "update transactions set first_status = 'approved', status = 'approved',"
        " response_code = '00' where transaction_id = (select min(transaction_id)"
        " from transactions where business = 'withdrawal' and status = 'declined')",
        "amount",
    ),
    Crime(
        "an approval becomes a refusal",
        "update transactions set first_status = 'declined', status = 'declined',"
        f" response_code = '51' where transaction_id = ({APPROVED})",
        "no_movement",
    ),
    Crime(
        "a reversed transaction stands again",
        "update transactions set status = 'approved', ended_by = null where transaction_id ="
        " (select min(original_id) from transactions where business = 'reversal'"
        " and response_code = '00' and fee_before_fen >= 0 and original_id in"
        " (select transaction_id from transactions where status = 'reversed'))",
        "reversal",
    ),
    Crime(
        "a transaction counts as reversed, and nothing was taken back",
        f"update transactions set status = 'reversed' where transaction_id = ({APPROVED})",
        "reversal",
    ),
    Crime(
        "a held transaction counts as released, and nothing went on",
        f"update transactions set status = 'approved', ended_by = transaction_id || '-release'"
        f" where transaction_id = ({HELD})",
        "hold",
    ),
    Crime(
        "a release goes to the wrong account",
        "update postings set credit_account_id = 1006 where posting_no = (select max(posting_no)"
        " from postings where entry_id = (select min(transaction_id) || '-release'"
        " from transactions where first_status = 'held' and status = 'approved'))",
        "hold",
    ),
    Crime(
        "a daily limit is forgotten",
        "delete from usage where amount_fen > 0 and kind = 'withdrawal'",
        "usage",
    ),
    Crime(
        "a daily limit counts once less",
        "update usage set count = count - 1 where count > 1",
        "usage",
    ),
    Crime(
        "a paid bill is free again",
        "update bills set paid_by = null where paid_by is not null",
        "bill",
    ),
    Crime(
        "an unpaid bill counts as paid",
        "update bills set paid_by = 'somebody' where paid_by is null",
        "bill",
    ),
    Crime(
        "the name of a payee changes on the receipt",
        "update transactions set payee_account_no = '520010000009999'"
        " where payee_account_no is not null",
        "seal",
    ),
    Crime(
        "a line of the settlement vanishes",
        "delete from settlements where business_date = '2026-03-02' and bank_id = 'gyb'",
        "settlement",
    ),
    Crime(
        "a posting moves to another day after the settlement",
        "update postings set business_date = '2026-03-01' where posting_no ="
        " (select min(posting_no) from postings where credit_account_id = 10)",
        "settlement",
    ),
)
