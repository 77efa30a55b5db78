"""Typologies: weights over hits about one point, and what their sum asks for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from pos_sim.domain.documents import PolicyError
from pos_sim.domain.watching import Verdict
from risk.pages import Page, RulebookError
from risk.rules import Hit
from risk.vocabulary import Outcome

FILE = "typologies.toml"
HEAVIEST = 1_000
LONGEST_DAYS = 400


class Effect(StrEnum):
    """Whether the score of a typology may stand behind stopping money."""

    BLOCKS = "blocks"
    ALERT_ONLY = "alert_only"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Member:
    """What one rule weighs when it hits, and when it could not judge."""

    weight: int
    on_error: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Typology:
    """One typology; ``freeze_at`` None: it never proposes a freeze.

    ``number`` stands where alerts name a rule; it stays the same in every version.
    """

    number: str
    code: str
    title: str
    title_en: str
    members: Mapping[str, Member]
    alert_at: int
    freeze_at: int | None
    effect: Effect

    def score(self, weighed: Mapping[str, Outcome]) -> int:
        """Return the sum over the rules that spoke or failed."""
        return sum(
            member.on_error if weighed[rule] is Outcome.ERROR else member.weight
            for rule, member in self.members.items()
            if rule in weighed
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one typology makes of the hits; ``rules`` are the members that count."""

    typology: Typology
    score: int
    rules: tuple[str, ...]

    @property
    def alerts(self) -> bool:
        return self.score >= self.typology.alert_at

    @property
    def proposes_freeze(self) -> bool:
        """Whether a freeze is proposed to maker and checker; nothing freezes by itself."""
        return self.typology.freeze_at is not None and self.score >= self.typology.freeze_at

    @property
    def may_block(self) -> bool:
        return self.alerts and self.typology.effect is Effect.BLOCKS


@dataclass(frozen=True, slots=True)
class TypologySet:
    """One version of all typologies; hits of the last ``window_days`` days are weighed."""

    version: int
    window_days: int
    typologies: tuple[Typology, ...]

    def scores(self, hits: Iterable[Hit]) -> tuple[Score, ...]:
        """Weigh the hits about one point; only typologies with a score are in the answer."""
        return self.scores_of(weighed_rules(hits))

    def scores_of(self, weighed: Mapping[str, Outcome]) -> tuple[Score, ...]:
        """Weigh the rules that spoke about one point, or could not judge."""
        return tuple(
            Score(
                typology=one,
                score=score,
                rules=tuple(rule for rule in one.members if rule in weighed),
            )
            for one in self.typologies
            if (score := one.score(weighed))
        )


def weighed_rules(hits: Iterable[Hit]) -> dict[str, Outcome]:
    """Return each rule that alerted or failed, once; a hit outweighs an error.

    A hit that is only noted (R03's first one), shadowed or suppressed weighs nothing.
    """
    weighed: dict[str, Outcome] = {}
    for hit in hits:
        if hit.outcome is Outcome.HIT and hit.decision >= Verdict.ALERT:
            weighed[hit.rule_id] = Outcome.HIT
        elif hit.outcome is Outcome.ERROR:
            weighed.setdefault(hit.rule_id, Outcome.ERROR)
    return weighed


def shipped_typologies() -> TypologySet:
    """Read the typologies that come with the program.

    >>> shipped_typologies().typologies[0].title
    '套现'
    """
    return read_typologies(files("risk").joinpath(FILE).read_text("utf-8"), FILE)


def read_typologies(text: str, file: str) -> TypologySet:
    """Read one version; raises RulebookError on any mistake in it."""
    try:
        document = Page(tomllib.loads(text), file)
        result = TypologySet(
            document.whole("version", 1, 10_000),
            document.whole("window_days", 1, LONGEST_DAYS),
            tuple(_typology(page) for page in document.pages("typology")),
        )
        document.no_more()
    except PolicyError as wrong:
        raise RulebookError(file, "", wrong.field, wrong.message) from None
    except tomllib.TOMLDecodeError as reason:
        raise RulebookError(file, "", "document", str(reason)) from None
    return result


def _typology(page: Page) -> Typology:
    freeze_at = page.maybe_whole("freeze_at", 1, HEAVIEST)
    typology = Typology(
        number=page.text("number"),
        code=page.text("code"),
        title=page.text("title"),
        title_en=page.text("title_en"),
        members=_members(page),
        alert_at=page.whole("alert_at", 1, HEAVIEST),
        freeze_at=freeze_at,
        effect=page.word("effect", Effect),
    )
    if freeze_at is not None and freeze_at < typology.alert_at:
        raise page.error("freeze_at", f"{freeze_at} is below alert_at, {typology.alert_at}")
    page.no_more()
    return typology


def _members(page: Page) -> dict[str, Member]:
    members: dict[str, Member] = {}
    for row in page.pages("members"):
        rule, weight = row.text("rule"), row.whole("weight", 1, HEAVIEST)
        if rule in members:
            raise row.error("rule", f"{rule} twice")
        members[rule] = Member(weight, row.whole("on_error", 0, weight))
        row.no_more()
    return members
