"""The promises that each answer must keep, as functions that return what is broken.

A worker calls them on every answer it gets: it knows what the villager had before, so it knows what
the answer must say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loadtests.pos import Body, key_text
from loadtests.scripts import APPROVED
from loadtests.village import Place, Villager

Answer = Mapping[str, Any]
REVERSAL = "reversal"


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken promise, with the request that shows it."""

    promise: str
    request: str
    detail: str

    def __str__(self) -> str:
        return f"{self.promise}: {self.request}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, who made it and what it was about. ``original`` is what a reversal undoes."""

    business: str
    body: Body
    wanted: str
    place: Place
    villager: Villager | None = None
    original: Answer | None = None
    was_frozen: bool = False
    """Whether the point was known to be frozen when the request was sent."""

    @property
    def key(self) -> str:
        return key_text(self.body)


def broken_by(asked: Asked, answer: Answer) -> Broken | None:
    """Return the first promise that an answer breaks."""
    return next((broken for check in CHECKS if (broken := check(asked, answer))), None)


def echoes(asked: Asked, answer: Answer) -> Broken | None:
    """An answer belongs to its request."""
    sent = {name: asked.body[name] for name in ("terminal_id", "batch_no", "trace_no")}
    sent |= {"business": asked.business, "service_point_id": asked.place.service_point_id}
    if "amount_fen" in asked.body:
        sent["amount_fen"] = asked.body["amount_fen"]
    for name, value in sent.items():
        if answer.get(name) != value:
            return Broken("an answer echoes its request", asked.key, differs(name, value, answer))
    return None


def has_a_code_of_its_status(asked: Asked, answer: Answer) -> Broken | None:
    """Approved or held is 00, everything else isn't."""
    is_done = answer.get("status") in ("approved", "held")
    if is_done == (answer.get("response_code") == APPROVED):
        return None
    detail = f"{answer.get('status')} with {answer.get('response_code')}"
    return Broken("status and code agree", asked.key, detail)


def has_a_fee_that_adds_up(asked: Asked, answer: Answer) -> Broken | None:
    """What is charged is the price without what is waived; a refusal costs nothing."""
    fee = answer["fee"]
    rest = fee["before_waiver_fen"] - fee["waived_fen"]
    if fee["charged_fen"] != rest or min(fee["charged_fen"], fee["waived_fen"]) < 0:
        return Broken("a fee is its price less its waiver", asked.key, str(dict(fee)))
    if not is_approved(answer) and fee["charged_fen"]:
        return Broken("a refusal costs nothing", asked.key, str(dict(fee)))
    return None


def leaves_a_balance(asked: Asked, answer: Answer) -> Broken | None:
    """No balance below its floor, and each exactly what it was less what was taken, to the fen."""
    balance = answer.get("balance_fen")
    if balance is None:
        return None
    if balance < 0:
        return Broken("no balance is below its floor", asked.key, f"balance_fen is {balance}")
    villager = asked.villager
    if villager is None or not villager.is_exclusive or not is_approved(answer):
        return None
    expected = villager.balance + change_of(asked, answer)
    if balance == expected:
        return None
    return Broken(
        "a balance is what it was, less amount and fee",
        asked.key,
        f"balance_fen is {balance}, {villager.balance} before makes it {expected}",
    )


def respects_a_freeze(asked: Asked, answer: Answer) -> Broken | None:
    """A frozen point serves nothing but reversals."""
    if not asked.was_frozen or asked.business == REVERSAL or not is_approved(answer):
        return None
    return Broken("a frozen point serves nobody", asked.key, f"{asked.business} was approved")


def gives_back_all(asked: Asked, answer: Answer) -> Broken | None:
    """A reversal mirrors amount and fee."""
    if asked.original is None or not is_approved(answer) or not is_approved(asked.original):
        return None
    given = (answer.get("amount_fen"), answer.get("fee_returned_fen"))
    taken = (asked.original.get("amount_fen"), asked.original["fee"]["charged_fen"])
    if given == taken:
        return None
    return Broken("a reversal gives back amount and fee", asked.key, f"{given} of {taken}")


CHECKS: Sequence[Callable[[Asked, Answer], Broken | None]] = (
    echoes,
    has_a_code_of_its_status,
    has_a_fee_that_adds_up,
    leaves_a_balance,
    respects_a_freeze,
    gives_back_all,
)


def is_approved(answer: Answer) -> bool:
    return answer.get("response_code") == APPROVED


def change_of(asked: Asked, answer: Answer) -> int:
    """Return by how much an approved answer changes the villager's balance, fen."""
    if asked.business == REVERSAL:
        given = asked.original is not None and is_approved(asked.original)
        return (answer["amount_fen"] or 0) + (answer["fee_returned_fen"] or 0) if given else 0
    return -(answer["amount_fen"] or 0) - int(answer["fee"]["charged_fen"])


def differs(name: str, wanted: object, answer: Answer) -> str:
    return f"{name} is {answer.get(name)!r} and not {wanted!r}"


# Which refusals may come although they were not planned


def excuse_for(asked: Asked, answer: Answer) -> str | None:
    """Return why another code than the wanted one is in order; None: it is not."""
    code = answer.get("response_code", "")
    excuse = EXCUSES.get(code)
    return excuse(asked, answer) if excuse else None


def frozen(_asked: Asked, _answer: Answer) -> str | None:
    return "frozen point"  # that the point really is frozen, the auditor checks


def watched(_asked: Asked, _answer: Answer) -> str | None:
    return "declined by the watch"


def used_before(asked: Asked, answer: Answer) -> str | None:
    """Somebody else used the card's limit today: the refusal's own figures must say so."""
    refusal = answer.get("refusal") or {}
    limit, used = refusal.get("limit_fen"), refusal.get("used_fen")
    if limit is None or used is None or used + asked.body.get("amount_fen", 0) <= limit:
        return None
    return "limit used before"


def short(asked: Asked, answer: Answer) -> str | None:
    """The operator's account is too small, or others spend from the card too."""
    if (answer.get("refusal") or {}).get("check") == "operator_balance":
        return "operator's account too small"
    villager = asked.villager
    return "shared card" if villager and not villager.is_exclusive else None


EXCUSES: Mapping[str, Callable[[Asked, Answer], str | None]] = {
    "58": frozen,
    "59": watched,
    "61": used_before,
    "51": short,
}
