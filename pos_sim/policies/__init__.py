"""The shipped policy versions: data only, read and checked by ``pos_sim.domain.policy``."""

from __future__ import annotations

from importlib.resources import files

from pos_sim.domain.policy import Fields, PolicySet, read_policy, read_waivers

VERSIONS = ("2011-177.toml", "2014-235.toml")
WAIVERS = "waivers.toml"


def shipped() -> PolicySet:
    """Read the shipped versions; every version carries the shared waivers with their own dates.

    >>> [policy.version for policy in shipped().policies]
    ['2011-177', '2014-235']
    """
    waivers = shared_waivers()
    return PolicySet.of(read_policy(_text(name), name, waivers) for name in VERSIONS)


def shared_waivers() -> list[Fields]:
    """Return the waivers that stand beside every version."""
    return read_waivers(_text(WAIVERS), WAIVERS)


def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text("utf-8")
