"""The banks of the network: names, numbers, and the accounts that each keeps for itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bank:
    """One bank; ``number`` is its place in card numbers and account numbers."""

    bank_id: str
    number: int
    name: str
    name_en: str


BANKS: dict[str, Bank] = {
    bank.bank_id: bank
    for bank in (
        Bank("gyb", 1, "贵阳银行", "Bank of Guiyang"),
        Bank("grcu", 2, "贵州农商联合银行", "Guizhou Rural Commercial United Bank"),
        Bank("ccb", 3, "建设银行", "China Construction Bank"),
        Bank("abc", 4, "农业银行", "Agricultural Bank of China"),
        Bank("psbc", 5, "邮储银行", "Postal Savings Bank of China"),
        Bank("gzb", 6, "贵州银行", "Bank of Guizhou"),
        Bank("out", 7, "省外银行", "A bank outside the province"),
    )
}

BANK_OF_NUMBER: dict[int, Bank] = {bank.number: bank for bank in BANKS.values()}
