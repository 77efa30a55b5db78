"""What differs between two policies in the words of a clerk: 每日限额 · 代理缴费 · 金额上限.

A change names its field by a path, ``limit[bill_payment].amount_max_fen``. Each text stands in a
document twice; a page tells the one that is in its language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from api.console.staff.policies import Words
from api.console.texts import Texts
from pos_sim.domain.money import in_yuan
from pos_sim.domain.policy import Policy
from pos_sim.domain.policy_changes import Change
from pos_sim.domain.tariff import Tier

IN_A_TABLE = re.compile(r"(\w+)\[(.*)\]\.(\w+)")
TEXTS = ("source", "note", "title", "granted_by")
"""Fields that a document has in both languages."""


@dataclass(frozen=True, slots=True)
class Told:
    """One change in words; empty: it does not stand there."""

    label: str
    before: str
    after: str


def told(t: Texts, policies: Sequence[Policy], changes: Sequence[Change]) -> Iterator[Told]:
    """Give the changes between policies, without the texts of the other language."""
    fields = Fields(t, policies)
    hidden = tuple(t.pick(f"{name}_en", name) for name in TEXTS)
    for one in changes:
        if one.field.rpartition(".")[2] not in hidden:
            yield Told(
                fields.label(one.field),
                fields.value(one.field, one.before),
                fields.value(one.field, one.after),
            )


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of policies, in one language."""

    t: Texts
    policies: Sequence[Policy]

    def label(self, path: str) -> str:
        """Return what a field is called, its row before it."""
        found = IN_A_TABLE.fullmatch(path)
        if not found:
            return self._name(path)
        table, row, field = found.groups()
        return " · ".join((self.t(TABLES[table]), self._row(table, row),
                           self._name(field)))  # fmt: skip

    def value(self, path: str, value: Any) -> str:
        """Return what stands in a field."""
        name = path.rpartition(".")[2]
        if value is None:
            return ""
        if name.endswith("_fen"):
            return self.t("policies.fixed", yuan=in_yuan(value))
        if name.endswith("_bp"):
            return self.t("policies.rate", percent=f"{value / 100:g}")
        if name == "tiers":
            return self._price(value)
        if isinstance(value, bool):
            return self.t("base.yes" if value else "base.no")
        many = value if isinstance(value, list) else [value]
        return self.t("approvals.comma").join(self._word(name, one) for one in many)

    def _name(self, field: str) -> str:
        own = field.removesuffix("_en")
        return self.t.under("policy_fields").get(own, field)

    def _row(self, table: str, row: str) -> str:
        if table == "limit":
            return self.t(f"policies.limit_{row}")
        if table == "waiver":
            every = (one for policy in self.policies for one in policy.waivers)
            named = (one for one in every if one.waiver_id == row)
            waiver = next(named, None)
            return self.t.pick(waiver.title, waiver.title_en) if waiver else row
        comma = self.t("approvals.comma")
        return " · ".join(
            comma.join(self._word("", one) for one in part.split(",")) for part in row.split("/")
        )

    def _word(self, field: str, value: Any) -> str:
        """Return a word of the document as people say it; texts of people stay."""
        if field.removesuffix("_en") in TEXTS:
            return str(value)
        if field.endswith("_banks"):
            return Words(self.t).bank(str(value))
        return self.t.under("policies").get(str(value), str(value))

    def _price(self, tiers: list[dict[str, Any]]) -> str:
        steps = [
            Tier(
                fixed=one.get("fixed_fen", 0),
                rate=one.get("rate_bp", 0),
                minimum=one.get("min_fen", 0),
                maximum=one.get("max_fen"),
                up_to=one.get("up_to_fen"),
            )
            for one in tiers
        ]
        return Words(self.t).steps(steps)


TABLES = {
    "limit": "policies.limits",
    "granularity": "policies.notes",
    "price": "policy_fields.price",
    "waiver": "policies.waiver",
}
"""The tables of a document, and the texts that name them."""
