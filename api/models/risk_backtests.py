"""Back-tests: what is asked, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.models.fields import Body
from api.models.risk_alerts import ScopeShown
from api.models.risk_rules import DECISION_NAMES, RuleId
from pos_sim.domain.calendar import in_local_time
from pos_sim.store.rows import from_us
from risk.backtest import Question, Result
from risk.comparison import Case
from risk.replay import Heard
from risk.rules import Hit

MOST_SHOWN = 500

EXAMPLE: dict[str, Any] = {
    "rule_id": "R09",
    "params": {"day": {"band": [{"from": 4}]}},
    "from": "2026-02-01",
    "to": "2026-02-28",
}


class BacktestBody(Body):
    """回测 Which rule, with which changes, over which business dates."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    rule_id: RuleId
    params: dict[str, JsonValue] = Field(
        max_length=20,
        description="As a proposal takes them: what changes against the version in force at the"
        " end of the period; `{}` judges that version again",
    )
    from_: date = Field(alias="from", description="First business date")
    to: date = Field(description="Last business date, included; at most 366 days")

    def question(self) -> Question:
        return Question(rule_id=self.rule_id, params=self.params, first=self.from_, last=self.to)


class Said(BaseModel):
    """What one version says about an event, as if it were enforced."""

    version: int
    clause: str
    severity: str
    decision: str = Field(description="`allow` · `alert` · `hold` · `decline`")
    observed: float | int | None = Field(description="In `unit`")
    threshold: float | int | None
    unit: str | None
    explanation: str
    explanation_en: str

    @classmethod
    def of(cls, hit: Hit | None) -> Self | None:
        if hit is None:
            return None
        return cls(
            version=hit.version,
            clause=hit.clause,
            severity=hit.severity.value,
            decision=DECISION_NAMES[hit.decision],
            observed=hit.observed,
            threshold=hit.threshold,
            unit=hit.unit.value if hit.unit else None,
            explanation=hit.reason,
            explanation_en=hit.reason_en,
        )


class CaseShown(BaseModel):
    """One transaction about which one of the two speaks, or both."""

    transaction_id: str = Field(description="With the daily patrol: the point and the day")
    at: str = Field(description="RFC 3339, +08:00")
    service_point_id: str | None
    scope: ScopeShown
    before: Said | None = Field(description="What was in force that day")
    after: Said | None = Field(description="With the changes")
    verdict: str | None = Field(
        description="What investigations of any alert about it found: `confirmed` ·"
        " `undetermined` · `false_alarm`"
    )

    @classmethod
    def of(cls, case: Case) -> Self:
        hit = case.after or case.before
        assert hit is not None
        return cls(
            transaction_id=case.event_id,
            at=in_local_time(from_us(case.at_us)),
            service_point_id=case.point,
            scope=ScopeShown(kind=hit.scope.value, value=hit.scope_value),
            before=Said.of(case.before),
            after=Said.of(case.after),
            verdict=case.verdict.value if case.verdict else None,
        )


class CasesShown(BaseModel):
    """How many, what investigations found about them, and the first 500 in order of time."""

    count: int
    confirmed: int = Field(description="属实")
    false_alarm: int = Field(description="误报")
    undetermined: int = Field(description="无法认定")
    items: list[CaseShown]

    @classmethod
    def of(cls, cases: Iterable[Case]) -> Self:
        cases = list(cases)
        found = Counter(case.verdict.value for case in cases if case.verdict)
        return cls(
            count=len(cases),
            confirmed=found["confirmed"],
            false_alarm=found["false_alarm"],
            undetermined=found["undetermined"],
            items=[CaseShown.of(case) for case in cases[:MOST_SHOWN]],
        )


class HeardShown(BaseModel):
    """How often one of the two was asked, spoke, or could not judge."""

    judged: int = Field(description="Requests, or evenings of points")
    hits: int
    errors: int
    first_error: str | None
    exits: dict[str, int] = Field(
        description="Neither hit nor miss: `not_reported` · `not_applicable` · `no_history`"
    )

    @classmethod
    def of(cls, heard: Heard) -> Self:
        exits: Counter[str] = Counter()
        for (_, reason), count in heard.exits.items():
            exits[reason.value] += count
        return cls(
            judged=heard.judged,
            hits=len(heard.hits),
            errors=heard.errors,
            first_error=heard.first_error,
            exits=dict(exits),
        )


class BacktestShown(BaseModel):
    """回测结果 What the changes would have gained, lost and kept."""

    model_config = ConfigDict(populate_by_name=True)

    rule_id: str
    from_: date = Field(serialization_alias="from")
    to: date
    versions: list[int] = Field(description="In force during the period")
    days_needed: int = Field(description="Its longest window, days")
    history_from: date = Field(description="Where history begins")
    transactions_read: int = Field(description="Those before the period fill the windows")
    recorded: int = Field(
        description="Events about which the rule spoke at the time; less than `before.hits` where"
        " the watch, or the rule, was not there yet"
    )
    before: HeardShown
    after: HeardShown
    gained: CasesShown
    lost: CasesShown
    kept: CasesShown
    changed: int = Field(description="Of those kept: another severity or decision")

    @classmethod
    def of(cls, body: BacktestBody, result: Result) -> Self:
        cases = result.cases
        return cls(
            rule_id=body.rule_id,
            from_=body.from_,
            to=body.to,
            versions=list(result.versions),
            days_needed=result.days_needed,
            history_from=result.history_from,
            transactions_read=result.read,
            recorded=result.recorded,
            before=HeardShown.of(result.before),
            after=HeardShown.of(result.after),
            gained=CasesShown.of(cases.gained),
            lost=CasesShown.of(cases.lost),
            kept=CasesShown.of(cases.kept),
            changed=sum(case.has_changed for case in cases.kept),
        )
