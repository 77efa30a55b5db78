"""Bad policy documents: the error names file, row and field."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from pos_sim.domain.policy import PolicyError, read_policy, read_waivers
from pos_sim.policies import shipped

Document = dict[str, Any]
Change = Callable[[Document], object]

CANONICAL = shipped().policies[-1].canonical


def document() -> Document:
    """A valid document to be spoilt in one place."""
    fields = json.loads(CANONICAL)
    assert isinstance(fields, dict)
    return fields


def put(*path: str | int, value: object) -> Change:
    """Return a change that writes ``value`` at ``path``."""

    def change(fields: Document) -> None:
        place: Any = fields
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


def drop(*path: str | int) -> Change:
    """Return a change that takes away what stands at ``path``."""

    def change(fields: Document) -> None:
        place: Any = fields
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


def repeat(table: str) -> Change:
    """Return a change that writes the first row of ``table`` twice."""
    return lambda fields: fields[table].append(deepcopy(fields[table][0]))


BAD: list[tuple[str, Change, str, str]] = [
    # unknown
    ("a word nobody knows", put("colour", value="red"), "colour", "unknown key"),
    ("in a row", put("limit", 1, "per_week", value=1), "limit[2].per_week", "unknown key"),
    ("in a tier", put("price", 2, "tiers", 0, "tax", value=1), "price[3].tiers[1].tax", "unknown"),
    ("a limit kind", put("limit", 0, "kind", value="loan"), "limit[1].kind", "'loan' is none of"),
    ("a channel", put("price", 0, "channels", value=["fax"]), "price[1].channels", "'fax' is none"),
    ("a bank", put("waiver", 0, "card_banks", value=["xyz"]), "waiver[1].card_banks", "no bank"),
    ("a product", put("waiver", 0, "card_products", value=["gold"]),
     "waiver[1].card_products", "'gold' is none of"),
    ("a bearer", put("waiver", 0, "bearer", value="nobody"), "waiver[1].bearer", "is none of"),
    ("a certainty", put("limit", 0, "certainty", value="sure"), "limit[1].certainty", "is none of"),
    # missing
    ("a title", drop("title"), "title", "missing"),
    ("a day", drop("effective_from"), "effective_from", "missing"),
    ("all limits", drop("limit"), "limit", "missing"),
    ("one limit", drop("limit", 0), "limit", "no row for withdrawal"),
    ("one channel", drop("granularity", 3), "granularity", "no row for counter"),
    ("a source", drop("price", 0, "source"), "price[1].source", "missing"),
    ("a price", drop("price", -1), "price", "no row for sms_notice at pos, within a bank, local"),
    ("tiers", drop("price", 0, "tiers"), "price[1].tiers", "missing"),
    ("operations", drop("price", 0, "operations"), "price[1].operations", "missing"),
    ("a start", drop("waiver", 0, "since"), "waiver[1].since", "missing"),
    # of a wrong type
    ("a number as text", put("limit", 0, "amount_max_fen", value="2000"),
     "limit[1].amount_max_fen", "expected a whole number, found str '2000'"),
    ("a fraction", put("limit", 0, "amount_max_fen", value=2000.5),
     "limit[1].amount_max_fen", "expected a whole number, found float"),
    ("a flag for a number", put("limit", 0, "count_max", value=True),
     "limit[1].count_max", "expected a whole number, found bool"),
    ("a number for a flag", put("price", 0, "cross_bank", value=0),
     "price[1].cross_bank", "expected true or false"),
    ("a number for a text", put("version", value=2014), "version", "expected text, found int"),
    ("no day", put("effective_from", value="soon"), "effective_from", "expected a date"),
    ("a number for a day", put("effective_from", value=20140910), "effective_from", "a date"),
    ("a table for a list", put("limit", value={"kind": "withdrawal"}), "limit", "expected a list"),
    ("a text for a row", put("limit", 0, value="none"), "limit[1]", "expected a table"),
    ("a text for a list", put("price", 0, "channels", value="pos"), "price[1].channels", "a list"),
    ("a list of numbers", put("price", 0, "channels", value=[1]), "price[1].channels", "of texts"),
    ("waivers that are no list", put("waiver", value="all"), "waiver", "expected a list"),
    # out of bounds
    ("blank", put("title", value="  "), "title", "expected 1 to"),
    ("a version that is no word of a URL", put("version", value="2014/235"), "version", "letters"),
    ("endless", put("title", value="x" * 1_001), "title", "expected 1 to"),
    ("below zero", put("limit", 0, "amount_max_fen", value=-1),
     "limit[1].amount_max_fen", "-1 is not between 0 and 999999999999"),
    ("thirteen digits", put("limit", 0, "amount_max_fen", value=10**12),
     "limit[1].amount_max_fen", "is not between"),
    ("a step of nothing", put("granularity", 0, "step_fen", value=0),
     "granularity[1].step_fen", "0 is not between 1"),
    ("more than all", put("price", 2, "tiers", 0, "rate_bp", value=10_001),
     "price[3].tiers[1].rate_bp", "10001 is not between 0 and 10000"),
    ("a waiver of nothing", put("waiver", 0, "share_bp", value=0), "waiver[1].share_bp", "between"),
    ("a cap below the floor",
     put("price", 2, "tiers", value=[{"rate_bp": 50, "min_fen": 2, "max_fen": 1}]),
     "price[3].tiers[1].max_fen", "1 is below min_fen, 2"),
    ("an end before the start", put("waiver", 0, "until", value="2011-07-20"),
     "waiver[1].until", "before the start"),
    ("an empty list", put("price", 0, "channels", value=[]), "price[1].channels", "an empty list"),
    # in conflict with itself
    ("tiers without an end", put("price", 0, "tiers", value=[{"up_to_fen": 5}]),
     "price[1].tiers", "the last tier must have no up_to_fen"),
    ("two last tiers", put("price", 0, "tiers", value=[{"fixed_fen": 1}, {"fixed_fen": 2}]),
     "price[1].tiers", "only the last tier"),
    ("tiers that go back", put("price", 0, "tiers",
     value=[{"up_to_fen": 5}, {"up_to_fen": 5}, {"fixed_fen": 1}]),
     "price[1].tiers", "each tier must reach further"),
    ("a limit twice", repeat("limit"), "limit[6].kind", "withdrawal twice"),
    ("a channel twice", repeat("granularity"), "granularity[5].channel", "pos twice"),
    ("a waiver twice", repeat("waiver"), "waiver[13].id", "twice"),
    ("a price twice", repeat("price"), "price[26]",
     "a second price for withdrawal at pos, within a bank, local"),
    ("a word twice", put("price", 0, "channels", value=["pos", "pos"]),
     "price[1].channels", "the same word twice"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field", "message"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_a_bad_document_names_file_row_and_field(change: Change, field: str, message: str) -> None:
    fields = document()
    change(fields)
    with pytest.raises(PolicyError) as caught:
        read_policy(json.dumps(fields), "draft.toml")
    assert (caught.value.file, caught.value.field) == ("draft.toml", field)
    assert message in caught.value.message
    assert str(caught.value) == f"draft.toml: {field}: {caught.value.message}"


@pytest.mark.parametrize("text", ["version = ", "{", "[[limit]\n", '{"a": ' * 20_000])
def test_what_is_no_document_at_all_is_a_policy_error(text: str) -> None:
    with pytest.raises(PolicyError, match=r"broken\.toml: document: "):
        read_policy(text, "broken.toml")


def test_a_bad_file_of_waivers_is_named_itself() -> None:
    text = 'surprise = 1\n[[waiver]]\nid = "W1"\n'
    with pytest.raises(PolicyError, match=r"^waivers\.toml: waiver\[1\]\.title: missing"):
        read_waivers(text, "waivers.toml")
