"""What the routes of the watch share: who may act, and what a refusal of the work is called."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, TypeVar

from fastapi import Depends
from sqlalchemy import Connection

from api.auth import key_with
from api.problems import Problem, invalid_field, invalid_fields
from pos_sim.domain.mistakes import NotPossible
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.keys import ApiKey
from risk.approvals import AlreadyProposed, OwnApproval, StaleApproval
from risk.case_mistakes import AlreadyOpen, IllegalMove, Mistakes
from risk.mistakes import AlreadyThere, Mistaken
from risk.pages import RulebookError
from risk.refusal_words import in_chinese
from risk.working_alerts import IllegalAction

T = TypeVar("T")

ActingKey = Annotated[ApiKey, Depends(key_with(frozenset({"maker", "checker"})))]

WAITS = "已有申请等待复核 · A proposal waits for a second person already"


async def doing(sandbox: Sandbox, work: Callable[[Connection], T]) -> T:
    """Do what staff asked for, in one transaction; what cannot be done becomes its problem."""
    with refusals():
        return await sandbox.database.run(work)


@contextmanager
def refusals() -> Iterator[None]:
    """Let what cannot be done become its problem."""
    try:
        yield
    except LookupError:
        raise Problem("not-found") from None
    except OwnApproval:
        raise Problem("own-approval") from None
    except StaleApproval as stale:
        raise Problem("stale-approval", stale.reason) from None
    except AlreadyProposed:
        raise Problem("illegal-action", WAITS, more={"available_actions": []}) from None
    except IllegalAction as illegal:
        available = [action.value for action in illegal.available]
        raise Problem("illegal-action", more={"available_actions": available}) from None
    except NotPossible as wrong:
        more = {"available_actions": wrong.available, "missing": wrong.missing}
        raise Problem("illegal-action", more=more) from None
    except IllegalMove as illegal:
        more = {"available_actions": illegal.available}
        raise Problem("illegal-action", illegal.reason, more=more) from None
    except Mistakes as mistakes:
        raise invalid_fields(mistakes.fields) from None
    except AlreadyOpen as there:
        raise Problem("already-there", more={"case_id": there.case_id}) from None
    except AlreadyThere:
        raise Problem("already-there") from None
    except Mistaken as mistaken:
        field, message = masked(mistaken.field)[:80], masked(mistaken.message)[:300]
        raise invalid_field(field, message) from None
    except RulebookError as wrong:
        raise invalid_rule(wrong) from None


LIKE_A_CARD = re.compile(r"[0-9]{13,}")


def invalid_rule(wrong: RulebookError) -> Problem:
    """Return the 422 for a version that cannot be used: what, which rule, which field, and why.

    Numbers as long as a card's are not repeated.
    """
    field = wrong.field if wrong.field in ("mode", "effective_from") else f"params.{wrong.field}"
    message = f"规则手册不接受：{in_chinese(wrong.message)} · {wrong}"
    return invalid_field(masked(field)[:80], masked(message)[:300])


def masked(text: str) -> str:
    """Hide what could be a card number.

    >>> masked("params.9900010000000017: none of day, week")
    'params.****: none of day, week'
    """
    return LIKE_A_CARD.sub("****", text)
