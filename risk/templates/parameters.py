"""What a parameter is: its unit, its bounds, its names, and in which direction it loosens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias, TypeVar

from pos_sim.domain.money import BasisPoints, Fen, share
from risk.facts import Kind

ALL_OF_IT = 10_000
"""Basis points of the whole."""

MOST = 1_000_000_000
"""No count and no amount of a rule needs to be larger."""


class Loosens(StrEnum):
    """In which direction a parameter lets more pass."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One parameter as a form shows it and as a rulebook is checked.

    ``kinds`` is set where the parameter names a fact. A parameter that ``scales`` moves with the
    tier of the point, so it must have a direction.
    """

    label: str
    label_en: str
    unit: Kind | None = None
    low: int = 0
    high: int = MOST
    loosens: Loosens | None = None
    scales: bool = False
    kinds: frozenset[Kind] = frozenset()


class Finding(NamedTuple):
    """What a template saw, in the unit of its bands; and what is usual here, where it knows.

    ``threshold`` is set where the edge that counted is not the one of the band.
    """

    observed: int | float
    baseline: int | float | None = None
    threshold: int | float | None = None


Floors: TypeAlias = Mapping[str, int]
"""Facts and the least values that count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """What all templates share: ``edge`` is where the lowest band begins."""

    edge: int = 1

    def floors(self) -> Floors:
        """Return what must be reached by each of these facts, or the template says nothing.

        A list counts by its length; what may be None reaches nothing then.
        """
        return {}


P = TypeVar("P", bound=Params)


def a_fact(label: str, label_en: str, *kinds: Kind, optional: bool = False) -> Any:
    """Declare a parameter that names a fact of one of ``kinds``."""
    spec = Spec(label=label, label_en=label_en, kinds=frozenset(kinds))
    return field(default="" if optional else MISSING, metadata={"spec": spec})


def number(
    label: str,
    label_en: str,
    unit: Kind | None,
    loosens: Loosens | None,
    *,
    low: int = 0,
    high: int = MOST,
    scales: bool = False,
    default: Any = MISSING,
) -> Any:
    """Declare a whole number with its bounds; both ends are allowed."""
    spec = Spec(
        label=label,
        label_en=label_en,
        unit=unit,
        low=low,
        high=high,
        loosens=loosens,
        scales=scales,
    )
    return field(default=default, metadata={"spec": spec})


def words(label: str, label_en: str) -> Any:
    """Declare a list of words."""
    return field(metadata={"spec": Spec(label=label, label_en=label_en)})


def specs(params: type[Params]) -> Iterator[tuple[Field[Any], Spec]]:
    """Give the declared parameters of a template, in order."""
    return ((one, one.metadata["spec"]) for one in fields(params) if "spec" in one.metadata)


def scaled(params: P, factor: BasisPoints) -> P:
    """Return the parameters for a tier: looser with a factor above the whole."""
    changes = {
        one.name: scaled_value(getattr(params, one.name), spec, factor)
        for one, spec in specs(type(params))
        if spec.scales
    }
    return replace(params, **changes)


def scaled_value(value: int, spec: Spec, factor: BasisPoints) -> int:
    """Return one number for a tier, halves rounded up, never out of its bounds or to nothing."""
    if value == 0:
        return 0
    used = factor if spec.loosens is Loosens.UP else BasisPoints(ALL_OF_IT * ALL_OF_IT // factor)
    return min(max(share(Fen(value), used), spec.low, 1), spec.high)


def fact_names(params: type[Params]) -> tuple[str, ...]:
    """Return the parameters that name facts."""
    return tuple(one.name for one, spec in specs(params) if spec.kinds)


def facts_of(params: Params) -> tuple[str, ...]:
    """Return the facts that these parameters name."""
    named = (getattr(params, name) for name in fact_names(type(params)))
    return tuple(name for name in named if name)


Moves = tuple[tuple[int, int], ...]
"""Moments in microseconds with amounts in fen, in the order in which they were decided."""

Facts = Mapping[str, Any]
