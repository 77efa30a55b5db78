"""Rules of the watch, their versions and what they did, as staff see them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.models.fields import NO_CONTROLS, Body
from risk.facts import Kind
from risk.overrides import params_of
from risk.releases import Change
from risk.rules import Band, Clause, RuleVersion
from risk.store.rule_figures import AlertFigures, HitFigures, RuleFigures
from risk.store.version_rows import REJECTED, VersionRow
from risk.templates.parameters import Spec, specs
from risk.vocabulary import DECISIONS, Mode

DECISION_NAMES = {verdict: name for name, verdict in DECISIONS.items()}

Note = Annotated[
    str,
    Field(min_length=1, max_length=500, pattern=NO_CONTROLS, description="说明 Why, for others",
          examples=["试行一周，看误报"]),
]  # fmt: skip
RuleId = Annotated[str, Field(pattern="^[0-9A-Za-z]{1,8}$", description="规则号", examples=["R01"])]

EXAMPLE: dict[str, Any] = {
    "params": {"days_near_limit": {"each_of_limit": 8_500, "band": [{"from": 3}]}},
    "mode": "shadow",
    "effective_from": "2026-03-03",
    "note": "试行一周，看误报",
}


class VersionBody(Body):
    """新版本 What changes against the version in force on the first day."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    params: dict[str, JsonValue] = Field(
        description="By clause, in the words of the rulebook: parameters, `band`, `guard`, `above`,"
        " `scaled`, `proposes`; beside them `tiers` and `on_error`. What is left out stays as it"
        " is; `{}` changes the mode only. The params of any version can be sent as they are shown",
        max_length=20,
    )
    mode: Mode = Field(description="`shadow` · `alert_only` · `enforce`")
    effective_from: date = Field(description="First business date; not in the past")
    note: Note

    def change(self, rule_id: str) -> Change:
        """Return the change as the releases take it."""
        return Change(
            rule_id=rule_id,
            params=self.params,
            mode=self.mode,
            effective_from=self.effective_from,
            note=self.note,
        )


class ParameterShown(BaseModel):
    """参数 One number or name of a clause, with what a form needs."""

    name: str
    label: str
    label_en: str
    value: Any
    unit: str | None = Field(description="`fen` · `bp` · `count` · `min` · … ; null: a name")
    low: int | None = Field(description="Smallest value; null: a name")
    high: int | None
    loosens: str | None = Field(description="Which way lets more pass: `up` · `down`")
    scales: bool = Field(description="Moves with the tier of the point 差异化")

    @classmethod
    def of(cls, name: str, value: Any, spec: Spec) -> Self:
        is_number = isinstance(value, int) and not spec.kinds
        return cls(
            name=name,
            label=spec.label,
            label_en=spec.label_en,
            value=list(value) if isinstance(value, tuple) else value,
            unit=spec.unit.value if spec.unit else None,
            low=spec.low if is_number else None,
            high=spec.high if is_number else None,
            loosens=spec.loosens.value if spec.loosens else None,
            scales=spec.scales,
        )


class BandShown(BaseModel):
    """分段 From an edge to the next: how grave, and what is done."""

    model_config = ConfigDict(populate_by_name=True)

    from_: int = Field(serialization_alias="from", description="Edge, in the unit of the clause")
    to: int | None = Field(description="null: no end")
    severity: str
    decision: str = Field(description="`allow` · `alert` · `hold` · `decline`")
    reason: str
    reason_en: str

    @classmethod
    def of(cls, band: Band) -> Self:
        return cls(
            from_=band.start,
            to=band.end,
            severity=band.severity.value,
            decision=DECISION_NAMES[band.decision],
            reason=band.reason.text,
            reason_en=band.reason_en.text,
        )


class ClauseShown(BaseModel):
    """One way to hit: a template with parameters, conditions and bands; values of tier B."""

    name: str
    template: str
    template_title: str
    template_title_en: str
    unit: str
    scope: str = Field(description="About whom it speaks")
    parameters: list[ParameterShown]
    guards: list[str] = Field(description="Conditions that must all hold")
    bands: list[BandShown]
    is_above: bool = Field(description="true: a band begins above its edge")

    @classmethod
    def of(cls, clause: Clause) -> Self:
        return cls(
            name=clause.name,
            template=clause.template.name,
            template_title=clause.template.label,
            template_title_en=clause.template.label_en,
            unit=Kind(clause.unit).value,
            scope=clause.scope.value,
            parameters=[
                ParameterShown.of(one.name, getattr(clause.params, one.name), spec)
                for one, spec in specs(type(clause.params))
            ],
            guards=[f"{one.fact} {one.op} {one.value}" for one in clause.guards],
            bands=[BandShown.of(band) for band in clause.bands],
            is_above=clause.is_above,
        )


VersionStatus = Literal["in_force", "upcoming", "superseded", "pending", "rejected"]


class VersionShown(BaseModel):
    """版本 One version; a published one never changes."""

    version: int
    status: VersionStatus
    mode: Mode
    effective_from: date
    is_shipped: bool = Field(description="It came with the program")
    maker: str | None
    checker: str | None
    note: str
    checksum: str = Field(description="SHA-256 of its whole text")
    approval_id: str | None = Field(description="Where it waits for a second person")
    params: dict[str, Any] = Field(description="As a proposal takes them")

    @classmethod
    def of_shipped(cls, version: RuleVersion, status: VersionStatus) -> Self:
        return cls(
            version=version.version,
            status=status,
            mode=version.mode,
            effective_from=version.effective_from,
            is_shipped=True,
            maker=None,
            checker=None,
            note="",
            checksum=version.checksum,
            approval_id=None,
            params=params_of(orjson.loads(version.canonical)),
        )

    @classmethod
    def of_row(cls, row: VersionRow, status: VersionStatus, approval_id: str | None) -> Self:
        return cls(
            version=row.version,
            status="rejected" if row.status == REJECTED else status,
            mode=Mode(row.mode),
            effective_from=row.effective_from,
            is_shipped=False,
            maker=row.maker,
            checker=row.checker,
            note=row.note,
            checksum=row.checksum,
            approval_id=approval_id,
            params=params_of(orjson.loads(row.canonical)),
        )


class NewVersion(VersionShown):
    """A draft that waits for a second person, with the approval that it waits for."""

    rule_id: str


class HitsShown(BaseModel):
    """命中 Hits by outcome; `held` and `declined` are among them."""

    hit: int
    shadow: int
    suppressed: int
    error: int = Field(description="The rule could not judge")
    held: int
    declined: int

    @classmethod
    def of(cls, hits: HitFigures) -> Self:
        return cls(**{name: getattr(hits, name) for name in cls.model_fields})


class AlertsCounted(BaseModel):
    """预警 Alerts of all time."""

    open: int
    confirmed: int = Field(description="属实")
    false_alarm: int = Field(description="误报")
    undetermined: int = Field(description="无法认定")
    confirmed_share_bp: int | None = Field(
        description="Confirmed ones of those found true or false, basis points; null: none yet"
    )

    @classmethod
    def of(cls, alerts: AlertFigures) -> Self:
        return cls(
            open=alerts.open,
            confirmed=alerts.confirmed,
            false_alarm=alerts.false_alarm,
            undetermined=alerts.undetermined,
            confirmed_share_bp=alerts.confirmed_share,
        )


class StatisticsShown(BaseModel):
    """统计 What the rule did."""

    last_24h: HitsShown
    last_7d: HitsShown
    last_30d: HitsShown
    alerts: AlertsCounted

    @classmethod
    def of(cls, figures: RuleFigures) -> Self:
        spans: dict[str, Any] = {name: HitsShown.of(hits) for name, hits in figures.hits.items()}
        return cls(alerts=AlertsCounted.of(figures.alerts), **spans)


class RuleSummary(BaseModel):
    """规则 One rule with the version in force today."""

    rule_id: str
    title: str
    title_en: str
    intent: str
    intent_en: str
    lane: str = Field(description="`inline` decides · `post` alerts only · `batch` daily patrol")
    businesses: list[str] = Field(description="Empty: it judges points and not requests")
    feeds: list[str] = Field(description="TC 业务控制 · FV 后督核查 · AR 年审 · FP 冻结 · IV 走访")
    version: int
    mode: Mode
    effective_from: date
    is_dropped: bool = Field(description="熔断 The circuit breaker lets it alert only")
    statistics: StatisticsShown


class RuleShown(RuleSummary):
    """One rule: the version in force clause by clause, and all versions."""

    clauses: list[ClauseShown]
    versions: list[VersionShown]


class RuleList(BaseModel):
    """All rules, in order."""

    items: list[RuleSummary]
    next_cursor: None = None
