"""What the pages of policies show: limits, prices and waivers in plain words, fees worked out."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.console.staff.points import fen_of, typed_yuan
from api.console.staff.policy_forms import changed_prices, changed_waivers, resourced
from api.console.staff.policy_texts import in_both
from api.console.texts import Texts
from api.models.tariff import FeeQuoteBody
from api.problems import invalid_field
from pos_sim.domain.banks import BANKS
from pos_sim.domain.cards import Product
from pos_sim.domain.fees import CHARGES, Channel, Fee, Operation, Region, fee_for
from pos_sim.domain.limits import LimitKind
from pos_sim.domain.money import in_yuan
from pos_sim.domain.policy import Policy, PolicySet
from pos_sim.domain.tariff import Price, Tier, Waiver

CARDS = (Product.DEBIT, Product.RURAL_REVITALIZATION, Product.SOCIAL_SECURITY)
PASTE = "document"


# In words ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """A policy in the words of a county clerk, in one language."""

    t: Texts

    def price(self, price: Price) -> str:
        """Return a price with its steps."""
        return self.steps(price.tiers)

    def steps(self, tiers: Sequence[Tier]) -> str:
        """Return what is asked up to which amount."""
        if len(tiers) == 1:
            return self.tier(tiers[0])
        return self.t.pick("；", "; ").join(
            self.t("policies.up_to", yuan=in_yuan(one.up_to), price=self.tier(one))
            if one.up_to is not None
            else self.t("policies.beyond", price=self.tier(one))
            for one in tiers
        )

    def tier(self, tier: Tier) -> str:
        """Return one step: what is fixed, the share of the amount, and its bounds."""
        parts = []
        if tier.fixed:
            parts.append(self.t("policies.fixed", yuan=in_yuan(tier.fixed)))
        if tier.rate:
            parts.append(self.t("policies.rate", percent=f"{tier.rate / 100:g}"))
        words = " + ".join(parts) or self.t("policies.free")
        if tier.rate and tier.minimum:
            words += self.t("policies.at_least", yuan=in_yuan(tier.minimum))
        if tier.rate and tier.maximum is not None:
            words += self.t("policies.at_most", yuan=in_yuan(tier.maximum))
        return words

    def operations(self, row: Price | Waiver) -> str:
        return self.all_of(one.value for one in Operation if one in row.operations)

    def where(self, row: Price | Waiver) -> str:
        """Return channels, banks and regions, as far as they are asked about."""
        parts = []
        if row.channels != frozenset(Channel) and not row.operations <= CHARGES:
            parts.append(self.all_of(one.value for one in Channel if one in row.channels))
        if len(row.cross_bank) == 1:
            (is_cross,) = row.cross_bank
            parts.append(self.t("policies.cross_bank" if is_cross else "policies.own_bank"))
        if row.regions != frozenset(Region):
            parts.append(self.all_of(one.value for one in Region if one in row.regions))
        return " · ".join(parts) or self.t("policies.everywhere")

    def cards(self, waiver: Waiver) -> str:
        """Return for which cards a waiver counts, and at whose terminals."""
        parts = []
        if waiver.card_banks is not None or waiver.card_products is not None:
            parts.append(self.whose(waiver.card_banks, waiver.card_products))
        if waiver.first_subsidy_withdrawal_only:
            parts.append(self.t("policies.first_subsidy"))
        if waiver.acquirer_banks is not None:
            parts.append(self.t("policies.at_banks", banks=self.banks(waiver.acquirer_banks)))
        return self.t.pick("，", ", ").join(parts) or self.t("policies.every_card")

    def whose(self, banks: Collection[str] | None, products: Collection[Product] | None) -> str:
        """Return which cards of which banks; None: of any."""
        words = self.t("policies.any_product")
        if products is not None:
            words = self.all_of(one.value for one in Product if one in products)
        if banks is None:
            return words
        return self.t("policies.cards_of", banks=self.banks(banks), products=words)

    def share(self, waiver: Waiver) -> str:
        if waiver.share == 10_000:
            return self.t("policies.share_all")
        return self.t("policies.share_part", percent=f"{waiver.share / 100:g}")

    def bank(self, bank_id: str) -> str:
        return self.t.pick(BANKS[bank_id].name, BANKS[bank_id].name_en)

    def banks(self, ids: Collection[str]) -> str:
        return self.t("approvals.comma").join(self.bank(one) for one in BANKS if one in ids)

    def all_of(self, names: Iterable[str]) -> str:
        return self.t("approvals.comma").join(self.t(f"policies.{name}") for name in names)


def sorted_waivers(policy: Policy, day: date) -> tuple[list[Waiver], list[Waiver]]:
    """Return the waivers of a version that hold on a day, and the others; the first counts."""
    ordered = sorted(policy.waivers, key=lambda one: (one.priority, one.waiver_id))
    holds = [one for one in ordered if one.is_in_force(day)]
    return holds, [one for one in ordered if not one.is_in_force(day)]


# The fee calculator -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Worked:
    """A fee that was worked out; ``others``: the same business with other cards of the bank."""

    policy: Policy
    fee: Fee
    waiver: Waiver | None
    others: list[tuple[Product, Fee]]


def quote_fields(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the form of the calculator as the body that the API takes."""
    business = form.get("business", "")
    is_charge = business in {one.value for one in CHARGES}
    product = form.get("card_product", "")
    fields: dict[str, Any] = {
        "business": business,
        "terminal_kind": form.get("terminal_kind", ""),
        "acquirer_bank_id": form.get("acquirer_bank_id", ""),
        "region": form.get("region", ""),
        "pension_credit": form.get("pension_credit", "") == "1",
        "card_product": product or None,
        "card_bank_id": (form.get("card_bank_id") or None) if product else None,
        "payee_bank_id": form.get("payee_bank_id") or None,
        "as_of": form.get("as_of") or None,
    }
    amount = form.get("amount", "").strip()
    if amount and not is_charge:
        fields["amount_fen"] = fen_of(amount, "amount")
    return fields


def worked_out(policies: PolicySet, body: FeeQuoteBody, day: date) -> Worked:
    """Return what a business would cost, by the code that prices the real ones."""
    policy, question = policies.on(day), body.question()
    fee = fee_for(policy, question, day)
    others: list[tuple[Product, Fee]] = []
    if body.card_product is not None:
        others = [
            (product, fee_for(policy, body.model_copy(update={"card_product": product}).question(),
                              day))
            for product in CARDS
            if product is not body.card_product
        ]  # fmt: skip
    return Worked(policy, fee, in_both(policy).waiver(fee.waiver_id) if fee.waiver_id else None,
                  others)  # fmt: skip


# New versions -----------------------------------------------------------------------------------


TEXTS = ("version", "title", "title_en", "effective_from")


def document_from(base: Policy, form: Mapping[str, str]) -> dict[str, Any]:
    """Return the document that a form describes: pasted whole, or a base with other numbers."""
    pasted = form.get(PASTE, "").strip()
    if pasted:
        return read_document(pasted)
    document = resourced(json.loads(base.canonical), form)
    document |= {name: form.get(name, "").strip() for name in TEXTS}
    document["limit"] = [limit_from(row, form) for row in document["limit"]]
    document["price"] = changed_prices(document, form)
    document["waiver"] = changed_waivers(document, form)
    return document


def limit_from(row: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, Any]:
    """Return the row of a limit; one that the form changes has the source of the new version."""
    name = f"limit_{row['kind']}"
    text = form.get(name, limit_text(row.get("amount_max_fen"))).strip()
    amount = fen_of(text, name) if text else None
    if amount == row.get("amount_max_fen"):
        return dict(row)
    after = resourced(row, form)
    if amount is None:
        return {key: value for key, value in after.items() if key != "amount_max_fen"}
    return after | {"amount_max_fen": amount}


def limit_text(fen: int | None) -> str:
    """Return a limit as people type it; none is empty.

    >>> limit_text(200_000), limit_text(None)
    ('2000', '')
    """
    return "" if fen is None else typed_yuan(fen)


def read_document(text: str) -> dict[str, Any]:
    """Return a pasted document, JSON or TOML; 422 where it is neither."""
    try:
        found = json.loads(text) if text.startswith("{") else tomllib.loads(text)
    except ValueError as wrong:
        where = str(wrong)[:120].replace("·", " ")
        raise invalid_field(PASTE, f"读不了：{where} · Neither JSON nor TOML: {where}") from None
    # A day is a text in JSON; TOML has its own way of writing one.
    return dict(json.loads(json.dumps(found, default=str)))


LIMIT_KINDS = tuple(kind.value for kind in LimitKind)
