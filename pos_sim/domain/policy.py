"""One dated policy document: limits, notes, prices, waivers; and the version in force on a day.

The files are in ``pos_sim/policies``. This room opens none of them: it is given their text.
"""

from __future__ import annotations

import json
import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from hashlib import sha256
from itertools import pairwise, product
from typing import TypeAlias

from pos_sim.domain.documents import PolicyError, Row
from pos_sim.domain.limits import Granularity, Limit, LimitKind
from pos_sim.domain.policy_rows import (
    granularity_row,
    limit_row,
    origin_of,
    price_row,
    waiver_row,
)
from pos_sim.domain.tariff import Channel, Operation, Origin, Price, Region, Waiver

__all__ = [
    "Fields",
    "Policy",
    "PolicyError",
    "PolicySet",
    "PriceKey",
    "read_policy",
    "read_waivers",
]

PriceKey: TypeAlias = tuple[Operation, Channel, bool, Region]
"""Where a price is looked up; the flag says whether the operation leaves the bank (跨行)."""

PRICE_KEYS: tuple[PriceKey, ...] = tuple(product(Operation, Channel, (False, True), Region))


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the rules; everything that a transaction asks is one look-up away.

    ``canonical`` is the whole document with its waivers as JSON text, the same text for the same
    content; ``read_policy`` reads it back. ``checksum`` is its SHA-256.
    """

    version: str
    title: str
    title_en: str
    effective_from: date
    origin: Origin
    limits: Mapping[LimitKind, tuple[Limit, Origin]]
    granularities: Mapping[Channel, tuple[Granularity, Origin]]
    prices: tuple[Price, ...]
    waivers: tuple[Waiver, ...]
    canonical: str = field(repr=False)
    checksum: str
    _price_at: Mapping[PriceKey, Price] = field(repr=False)
    _waivers_at: Mapping[PriceKey, tuple[Waiver, ...]] = field(repr=False)

    def limit(self, kind: LimitKind) -> Limit:
        """Return what one business date may use."""
        return self.limits[kind][0]

    def granularity(self, channel: Channel) -> Granularity:
        """Return the notes that a channel pays out."""
        return self.granularities[channel][0]

    def price_at(self, key: PriceKey) -> Price:
        """Return the one price row for ``key``; there always is one."""
        return self._price_at[key]

    def waivers_at(self, key: PriceKey) -> tuple[Waiver, ...]:
        """Return the waivers that may apply at ``key``, the strongest first."""
        return self._waivers_at[key]

    def waiver(self, waiver_id: str) -> Waiver:
        """Return a waiver to show it; KeyError where this version has none of that id."""
        for waiver in self.waivers:
            if waiver.waiver_id == waiver_id:
                return waiver
        raise KeyError(waiver_id)


@dataclass(frozen=True, slots=True)
class PolicySet:
    """All published versions, the oldest first."""

    policies: tuple[Policy, ...]
    _days: tuple[date, ...] = field(repr=False)

    @classmethod
    def of(cls, policies: Iterable[Policy]) -> PolicySet:
        """Put versions in order; none at all, or two of one name or day, are a PolicyError."""
        ordered = tuple(sorted(policies, key=lambda policy: policy.effective_from))
        if not ordered:
            raise PolicyError("policies", "version", "a set needs at least one")
        for earlier, later in pairwise(ordered):
            if earlier.effective_from == later.effective_from:
                message = f"{earlier.version} starts on the same day"
                raise PolicyError(later.version, "effective_from", message)
        if len({policy.version for policy in ordered}) < len(ordered):
            raise PolicyError("policies", "version", "the same version twice")
        return cls(ordered, tuple(policy.effective_from for policy in ordered))

    def on(self, day: date) -> Policy:
        """Return the version in force on ``day``; before the first version, the first."""
        return self.policies[max(bisect_right(self._days, day) - 1, 0)]

    def version(self, version: str) -> Policy | None:
        """Return a version by its name, None where there is none."""
        return next((policy for policy in self.policies if policy.version == version), None)


Fields: TypeAlias = dict[str, object]


def read_policy(text: str, name: str, waivers: Sequence[Fields] = ()) -> Policy:
    """Read one policy document, TOML or JSON; ``name`` is what errors call it.

    ``waivers`` are the shared rows that ``read_waivers`` gave; a waiver of the document itself
    replaces the shared one of the same id. Raises PolicyError on anything missing, unknown, of a
    wrong type or out of bounds.
    """
    fields = _parsed(text, name)
    if waivers:
        fields["waiver"] = _with_shared(fields.get("waiver", []), waivers)
    document = Row(fields, name)
    canonical = _canonical(fields)
    prices = tuple(price_row(row) for row in document.rows("price"))
    own_waivers = _waivers(document) if document.has("waiver") else ()
    policy = Policy(
        version=_version(document),
        title=document.text("title"),
        title_en=document.text("title_en"),
        effective_from=document.day("effective_from"),
        origin=origin_of(document),
        limits=_limits(document),
        granularities=_granularities(document),
        prices=prices,
        waivers=own_waivers,
        canonical=canonical,
        checksum=sha256(canonical.encode()).hexdigest(),
        _price_at=_price_index(prices, name),
        _waivers_at=_waiver_index(own_waivers),
    )
    document.no_more()
    return policy


def read_waivers(text: str, name: str) -> list[Fields]:
    """Check a file of waivers and return its rows, to be shared by several policies."""
    fields = _parsed(text, name)
    document = Row(fields, name)
    _waivers(document)
    document.no_more()
    rows = fields["waiver"]
    assert isinstance(rows, list)
    return rows


def _parsed(text: str, name: str) -> Fields:
    try:
        fields = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as reason:
        raise PolicyError(name, "document", str(reason)) from None
    assert isinstance(fields, dict)
    return fields


def _with_shared(own: object, shared: Sequence[Fields]) -> object:
    """Return own rows and the shared ones they don't replace; what is no list stays as it is."""
    if not isinstance(own, list):
        return own
    replaced = [row.get("id") for row in own if isinstance(row, dict)]
    return own + [row for row in shared if row["id"] not in replaced]


def _canonical(fields: Fields) -> str:
    """Return the same text for the same content, whatever order or layout it came in."""
    return json.dumps(
        fields, default=str, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )


def _version(document: Row) -> str:
    """Read the name of the version; it stands in URLs."""
    version = document.text("version")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", version):
        raise document.error("version", "expected up to 32 letters, digits, dots, dashes")
    return version


def _limits(document: Row) -> dict[LimitKind, tuple[Limit, Origin]]:
    limits: dict[LimitKind, tuple[Limit, Origin]] = {}
    for row in document.rows("limit"):
        kind, limit, origin = limit_row(row)
        if kind in limits:
            raise row.error("kind", f"{kind.value} twice")
        limits[kind] = (limit, origin)
    if missing := [kind.value for kind in LimitKind if kind not in limits]:
        raise document.error("limit", f"no row for {', '.join(missing)}")
    return limits


def _granularities(document: Row) -> dict[Channel, tuple[Granularity, Origin]]:
    granularities: dict[Channel, tuple[Granularity, Origin]] = {}
    for row in document.rows("granularity"):
        channel, granularity, origin = granularity_row(row)
        if channel in granularities:
            raise row.error("channel", f"{channel.value} twice")
        granularities[channel] = (granularity, origin)
    if missing := [channel.value for channel in Channel if channel not in granularities]:
        raise document.error("granularity", f"no row for {', '.join(missing)}")
    return granularities


def _waivers(document: Row) -> tuple[Waiver, ...]:
    """Read the waivers, the strongest first."""
    waivers: dict[str, Waiver] = {}
    for row in document.rows("waiver"):
        waiver = waiver_row(row)
        if waiver.waiver_id in waivers:
            raise row.error("id", f"{waiver.waiver_id} twice")
        waivers[waiver.waiver_id] = waiver
    return tuple(sorted(waivers.values(), key=lambda waiver: (waiver.priority, waiver.waiver_id)))


def _price_index(prices: Sequence[Price], name: str) -> dict[PriceKey, Price]:
    """Give each key its price; a key with two prices or none is an error, not a choice."""
    index: dict[PriceKey, Price] = {}
    for number, price in enumerate(prices, start=1):
        for key in filter(partial(_applies, price), PRICE_KEYS):
            if key in index:
                raise PolicyError(name, f"price[{number}]", f"a second price for {_shown(key)}")
            index[key] = price
    for key in PRICE_KEYS:
        if key not in index:
            raise PolicyError(name, "price", f"no row for {_shown(key)}")
    return index


def _waiver_index(waivers: Sequence[Waiver]) -> dict[PriceKey, tuple[Waiver, ...]]:
    return {key: tuple(waiver for waiver in waivers if _applies(waiver, key)) for key in PRICE_KEYS}


def _applies(row: Price | Waiver, key: PriceKey) -> bool:
    operation, channel, crosses_banks, region = key
    return (
        operation in row.operations
        and channel in row.channels
        and crosses_banks in row.cross_bank
        and region in row.regions
    )


def _shown(key: PriceKey) -> str:
    operation, channel, crosses_banks, region = key
    banks = "across banks" if crosses_banks else "within a bank"
    return f"{operation.value} at {channel.value}, {banks}, {region.value}"
