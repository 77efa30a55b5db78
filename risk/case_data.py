"""What comes with an action: read and checked before anything is changed, kept as plain JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, TypeAlias

from pos_sim.domain.calendar import SHANGHAI, in_local_time
from risk.alerts import AlertVerdict
from risk.case_mistakes import Mistakes
from risk.checklists import Finding, Result, shipped_checklist, to_json
from risk.workflow import Case, Effect, Move

LONGEST = timedelta(days=92)
"""The latest date that a deadline may get, from now."""

Data: TypeAlias = dict[str, Any]


class Measure(StrEnum):
    """What a confirmed finding leads to."""

    RECTIFICATION = "rectification"  # 限期整改
    ANNUAL_REVIEW = "annual_review"  # 提前年审
    FREEZE = "freeze"  # 冻结建议
    CLUE_REPORT = "clue_report"  # 线索报告


class Outcome(StrEnum):
    """What a visit to an idle point found."""

    RESUME = "resume"  # 恢复使用
    RELOCATE = "relocate"  # 调整布局
    PROPOSE_EXIT = "propose_exit"  # 建议退出


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent with an action on a case at a moment."""

    data: Mapping[str, Any]
    case: Case
    at: datetime

    def word(self, field: str, words: type[StrEnum]) -> str:
        """Return one of the words; `Mistakes` where it is none."""
        value = self.data.get(field)
        if value not in [word.value for word in words]:
            raise mistake(field, f"应为 {' / '.join(words)} · Expected one of these")
        return str(value)


def read_data(move: Move, case: Case, data: Mapping[str, Any], at: datetime) -> Data:
    """Return what the effects of a move need, as JSON. Raises `Mistakes`."""
    sent = Sent(data, case, at)
    known = {name for effect in move.effects for name in FIELDS.get(effect, {})}
    unknown = data.keys() - known
    if unknown:
        raise Mistakes({f"data.{name[:40]}": "没有这个字段 · Unknown field" for name in unknown})
    return {
        name: read(sent) for effect in move.effects for name, read in FIELDS.get(effect, {}).items()
    }


def verdict(sent: Sent) -> str:
    return sent.word("verdict", AlertVerdict)


def measures(sent: Sent) -> list[str] | None:
    """Return the measures in their order; None: those that are usual."""
    asked = sent.data.get("measures")
    if asked is None:
        return None
    known = [measure.value for measure in Measure]
    if not isinstance(asked, list) or any(one not in known for one in asked):
        raise mistake("measures", f"应为 {' / '.join(known)} 的列表 · Expected a list of these")
    if asked and sent.data.get("verdict") != AlertVerdict.CONFIRMED:
        raise mistake("measures", "只有属实才有处置 · Only what is confirmed has measures")
    return [one for one in known if one in asked]


def items(sent: Sent) -> Data:
    """Return the findings of a checklist; every item must be there."""
    asked = sent.data.get("items")
    if not isinstance(asked, dict):
        raise mistake("items", "缺少核验项目 · The items are missing")
    checklist = shipped_checklist()
    found = checklist.read({str(code)[:40]: finding(str(code)[:40], one)
                            for code, one in asked.items()})  # fmt: skip
    return to_json(checklist.version, found)


def finding(code: str, asked: Any) -> Finding:
    """Return one finding, sent as a word or as result, note and evidence."""
    fields = asked if isinstance(asked, dict) else {"result": asked}
    texts = [fields.get(name, "") for name in ("note", "evidence")]
    is_known = fields.keys() <= {"result", "note", "evidence"}
    results = [result.value for result in Result]
    if fields.get("result") not in results or not is_known or not all(map(is_text, texts)):
        expected = f"应为 {' / '.join(results)}，可附 note、evidence"
        raise mistake(f"items.{code}", f"{expected} · Expected one of these, with note, evidence")
    return Finding(Result(fields["result"]), *texts)


def is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 500 and "\0" not in value


def until(sent: Sent) -> str:
    """Return the later deadline that is asked for."""
    moment = moment_of(sent, "until")
    if moment is None:
        raise mistake("until", "缺少新的期限 · The new deadline is missing")
    if sent.case.due_at is not None and moment <= sent.case.due_at:
        raise mistake("until", "须晚于原期限 · Must be later than the deadline was")
    return in_local_time(moment)


def due_at(sent: Sent) -> str | None:
    """Return the deadline of the rectification, None: the usual one."""
    moment = moment_of(sent, "due_at")
    return None if moment is None else in_local_time(moment)


def moment_of(sent: Sent, field: str) -> datetime | None:
    """Return a moment that lies ahead; a date means the end of that day."""
    value = sent.data.get(field)
    if value is None:
        return None
    try:
        moment = read_moment(value)
    except (TypeError, ValueError):
        raise mistake(
            field, "应为带时区的时间或日期 · Expected a date, or a time with zone"
        ) from None
    if not sent.at < moment <= sent.at + LONGEST:
        raise mistake(field, "须在92天之内的将来 · Must lie ahead, within 92 days")
    return moment


def read_moment(value: str) -> datetime:
    if len(value) == len("2026-03-02"):
        return datetime.combine(date.fromisoformat(value), time(23, 59, 59), SHANGHAI)
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment


def outcome(sent: Sent) -> str:
    return sent.word("outcome", Outcome)


def mistake(field: str, message: str) -> Mistakes:
    return Mistakes({f"data.{field}": message})


FIELDS: dict[Effect, dict[str, Callable[[Sent], Any]]] = {
    Effect.CLOSE_ALERTS: {"verdict": verdict},
    Effect.FOLLOW_UP: {"measures": measures},
    Effect.WRITE_CHECKLIST: {"items": items},
    Effect.EXTEND: {"until": until},
    Effect.ORDER_RECTIFICATION: {"due_at": due_at},
    Effect.WRITE_OUTCOME: {"outcome": outcome},
}
"""The fields that an effect asks for; a move without any takes none."""
