"""Policies: the version in force on a day, what is shipped, and the canonical text."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from pos_sim.domain.fees import Channel
from pos_sim.domain.limits import Granularity, Limit, LimitKind
from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.policy import Policy, PolicyError, PolicySet, read_policy
from pos_sim.domain.tariff import Certainty, Origin
from pos_sim.policies import shipped

POLICIES = shipped()
OLD, NEW = POLICIES.policies

Document = dict[str, Any]

CHINESE = re.compile(r"[\u3400-\u9fff]")


def document() -> Document:
    """A valid document to be spoilt in one place."""
    fields = json.loads(NEW.canonical)
    assert isinstance(fields, dict)
    return fields


# The version in force --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(1999, 1, 1), "2011-177"),  # before the first version: the first
        (date(2011, 7, 20), "2011-177"),
        (date(2011, 7, 21), "2011-177"),
        (date(2014, 9, 9), "2011-177"),
        (date(2014, 9, 10), "2014-235"),
        (date(2026, 3, 2), "2014-235"),
        (date(9999, 12, 31), "2014-235"),
    ],
)
def test_the_version_of_a_day(day: date, version: str) -> None:
    assert POLICIES.on(day).version == version


def test_versions_may_come_in_any_order() -> None:
    assert PolicySet.of([NEW, OLD]) == PolicySet.of([OLD, NEW]) == POLICIES


def test_a_version_is_found_by_its_name() -> None:
    assert POLICIES.version("2011-177") is OLD
    assert POLICIES.version("1999-1") is None


def test_two_versions_cannot_start_on_one_day() -> None:
    twin = read_policy(json.dumps(document() | {"version": "twin"}), "twin.toml")
    with pytest.raises(PolicyError, match=r"effective_from: .* starts on the same day"):
        PolicySet.of([OLD, NEW, twin])


def test_two_versions_cannot_share_a_name() -> None:
    later = read_policy(json.dumps(document() | {"effective_from": "2027-01-01"}), "later.toml")
    with pytest.raises(PolicyError, match="the same version twice"):
        PolicySet.of([OLD, NEW, later])


def test_a_set_needs_a_version() -> None:
    with pytest.raises(PolicyError, match="at least one"):
        PolicySet.of([])


# What is shipped -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("withdrawal", yuan(1_000), yuan(2_000)),
        ("cash_remittance", Fen(0), yuan(2_000)),
        ("transfer", yuan(5_000), yuan(200_000)),
        ("bill_payment", Fen(0), None),
        ("atm_withdrawal", yuan(20_000), yuan(20_000)),
    ],
)
def test_the_limits_of_both_versions(kind: str, old: Fen | None, new: Fen | None) -> None:
    assert OLD.limit(LimitKind(kind)) == Limit(old, None)
    assert NEW.limit(LimitKind(kind)) == Limit(new, None)


@pytest.mark.parametrize(("channel", "notes"), [("pos", 10), ("mobile", 10), ("atm", 100)])
def test_the_notes_that_are_paid_out(channel: str, notes: int) -> None:
    for policy in POLICIES.policies:
        assert policy.granularity(Channel(channel)) == Granularity(yuan(notes), yuan(notes))


def test_no_figure_from_memory_names_a_regulation_as_its_source() -> None:
    for policy in POLICIES.policies:
        memories = [row for row in origins(policy) if row.certainty is Certainty.FROM_MEMORY]
        assert not [row for row in memories if "银发" in row.source or "Yinfa" in row.source_en]


def origins(policy: Policy) -> list[Origin]:
    return [
        policy.origin,
        *(origin for _, origin in policy.limits.values()),
        *(origin for _, origin in policy.granularities.values()),
        *(price.origin for price in policy.prices),
        *(waiver.origin for waiver in policy.waivers),
    ]


def test_whatever_is_shipped_says_where_it_comes_from_in_both_languages() -> None:
    for policy in POLICIES.policies:
        pairs = [
            *((one.source, one.source_en) for one in origins(policy)),
            *((one.note, one.note_en) for one in origins(policy) if one.note),
            *((one.granted_by, one.granted_by_en) for one in policy.waivers),
        ]
        assert [pair for pair in pairs if not CHINESE.search(pair[0])] == []
        assert [pair for pair in pairs if CHINESE.search(pair[1])] == []


def test_a_text_in_one_language_stands_for_both() -> None:
    fields = document()
    for name in ("source_en", "note_en"):
        del fields[name]
        del fields["waiver"][2][name]
    fields["waiver"][2] |= {"granted_by_en": ""}
    policy = read_policy(json.dumps(fields), "one.toml")
    waiver = policy.waiver(fields["waiver"][2]["id"])
    for origin in (policy.origin, waiver.origin):
        assert (origin.source_en, origin.note_en) == (origin.source, origin.note)
    assert waiver.granted_by_en == waiver.granted_by == "贵阳银行"


def test_every_version_carries_every_shared_waiver() -> None:
    assert OLD.waivers == NEW.waivers
    assert [waiver.waiver_id for waiver in NEW.waivers] == [
        "W1-charges", "W1-cross-bank", "W1-cross-region", "W5-1", "W5-2", "W5-3", "W5-4",
        "W3-own-cards", "W3-own-points", "W2", "W4", "first-subsidy-withdrawal",
    ]  # fmt: skip


def test_an_unknown_waiver_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        NEW.waiver("W9")


# The canonical text ----------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [OLD, NEW], ids=["2011-177", "2014-235"])
def test_the_canonical_text_reads_back_as_the_same_policy(policy: object) -> None:
    original = OLD if policy is OLD else NEW
    assert read_policy(original.canonical, "again") == original


def test_layout_does_not_change_the_checksum_and_content_does() -> None:
    loose = json.dumps(dict(reversed(document().items())), indent=4)
    assert read_policy(loose, "loose").checksum == NEW.checksum
    changed = document()
    changed["limit"][0]["amount_max_fen"] += 1
    assert read_policy(json.dumps(changed), "changed").checksum != NEW.checksum


def test_a_waiver_of_the_document_replaces_the_shared_one() -> None:
    shared = document()["waiver"]
    own = next(row for row in deepcopy(shared) if row["id"] == "W2") | {"until": "2026-12-31"}
    text = json.dumps(document() | {"waiver": [own]})
    policy = read_policy(text, "own", shared)
    assert policy.waiver("W2").until == date(2026, 12, 31)
    assert len(policy.waivers) == len(shared)


def test_a_waiver_ends_with_its_last_day() -> None:
    waiver = NEW.waiver("W2")
    fields = document()
    row = next(row for row in fields["waiver"] if row["id"] == "W2")
    row["until"] = "2026-12-31"
    ended = read_policy(json.dumps(fields), "ended").waiver("W2")
    assert waiver.is_in_force(date(2027, 1, 1))
    assert ended.is_in_force(date(2026, 12, 31))
    assert not ended.is_in_force(date(2027, 1, 1))


def test_a_document_may_have_no_waiver_at_all() -> None:
    fields = document()
    del fields["waiver"]
    assert read_policy(json.dumps(fields), "bare").waivers == ()
