"""What a terminal sends during one visit: the plain way, and the ways on which things go wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeAlias

from pos_sim.domain.banks import BANKS
from pos_sim.domain.cards import Pin
from pos_sim.domain.hot import hot_dataclass
from pos_sim.domain.limits import LimitKind
from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.policy import Policy
from pos_sim.domain.requests import (
    BalanceInquiry,
    Business,
    CardBillPayment,
    CashBillPayment,
    CashRemittance,
    Request,
    Reversal,
    ReversalReason,
    Transfer,
    Withdrawal,
)
from seeds.numbers import pan_of, pin_of
from seeds.traffic.habits import Misdeed, Mishap, Vain
from seeds.traffic.stock import Payee
from seeds.traffic.troubles import PAID_TO_THE_SHOP, too_much
from seeds.traffic.visits import Visit

WRONG_PIN = Pin("123456")
"""Nobody has it: see ``seeds.numbers.EASY_PINS``."""

Message: TypeAlias = partial[Any]
"""A request but for key, time and what is reported: the terminal says those when it sends.

Of which kind, only its maker knows: to a type checker a partial of one kind is none of another.
"""


class Pause(NamedTuple):
    """How long somebody takes before the next message, seconds."""

    least: int
    most: int


TYPING, RESENDING, TIMING_OUT = Pause(20, 50), Pause(10, 20), Pause(60, 75)
MUCH_LATER = Pause(400, 900)


@hot_dataclass(frozen=True, slots=True)
class Step:
    """One message; ``repeats`` and ``reverses`` count messages backward, 0 is none.

    A message that is not sent got lost on its way: its key is used up all the same.
    """

    message: Message
    pause: Pause = TYPING
    repeats: int = 0
    reverses: int = 0
    is_sent: bool = True


@hot_dataclass(frozen=True, slots=True)
class Scene:
    """A visit, its plain message, the policy of the day, and the card in hand if there is one."""

    visit: Visit
    plain: Message
    policy: Policy
    card: Mapping[str, Any]

    def with_amount(self, amount: int) -> Message:
        return partial(self.plain, amount=Fen(amount))


Script = list[Step]

REVERSAL: Message = partial(Reversal, reason=ReversalReason.TIMEOUT)


def script_of(visit: Visit, policy: Policy, seed: int) -> Script:
    """Return the messages of a visit; ``seed`` is the world's, from which card numbers follow."""
    errand, card = visit.errand, card_fields(visit, seed)
    script = SCRIPTS[visit.trouble](Scene(visit, message_of(visit, card), policy, card))
    if errand.looks_before:
        script.insert(0, look_with(card))
    if errand.looks_after:
        script.append(look_with(card))
    return script


def plainly(scene: Scene) -> Script:
    return [Step(scene.plain)]


def wrong_pin(scene: Scene) -> Script:
    return [mistyped(scene), Step(scene.plain)]


def wrong_pin_twice(scene: Scene) -> Script:
    return [mistyped(scene), mistyped(scene), Step(scene.plain)]


def odd_amount(scene: Scene) -> Script:
    return [Step(scene.with_amount(scene.visit.errand.amount + yuan(5))), Step(scene.plain)]


def over_limit(scene: Scene) -> Script:
    """Whoever has drawn something may not draw the whole limit."""
    limit = scene.policy.limit(LimitKind.WITHDRAWAL).amount_max
    assert limit is not None
    return [Step(scene.plain), Step(scene.with_amount(limit))]


def short_of_money(scene: Scene) -> Script:
    return [Step(scene.with_amount(too_much(scene.visit))), Step(scene.plain)]


def wrong_payee_name(scene: Scene) -> Script:
    name = scene.plain.keywords["payee_name"]
    return [Step(partial(scene.plain, payee_name=misheard(name))), Step(scene.plain)]


def replay(scene: Scene) -> Script:
    return [Step(scene.plain), Step(scene.plain, RESENDING, repeats=1)]


def lost_answer(scene: Scene) -> Script:
    return [Step(scene.plain), Step(REVERSAL, TIMING_OUT, reverses=1), Step(scene.plain)]


def lost_request(scene: Scene) -> Script:
    lost = Step(scene.plain, is_sent=False)
    return [lost, Step(REVERSAL, TIMING_OUT, reverses=1), Step(scene.plain)]


def late_request(scene: Scene) -> Script:
    lost, reversal, plain = lost_request(scene)
    return [lost, reversal, Step(scene.plain, RESENDING, repeats=2), plain]


def bypass(scene: Scene) -> Script:
    """Refused for the limit, somebody pays the shop the rest and wants it in cash."""
    to: dict[str, Any] = payee_fields(scene.visit.shop.operator)
    paid = partial(Transfer, **scene.card, **to, amount=PAID_TO_THE_SHOP)
    return [*over_limit(scene), Step(paid)]


def by_hand(scene: Scene) -> Script:
    undone = partial(REVERSAL, reason=ReversalReason.OTHER)
    return [Step(scene.plain), Step(undone, MUCH_LATER, reverses=1), Step(scene.plain)]


def forgotten_pin(scene: Scene) -> Script:
    return [mistyped(scene)] * 3


SCRIPTS: dict[Mishap | Misdeed | Vain | None, Callable[[Scene], Script]] = {
    None: plainly,
    Mishap.WRONG_PIN: wrong_pin,
    Mishap.WRONG_PIN_TWICE: wrong_pin_twice,
    Mishap.ODD_AMOUNT: odd_amount,
    Mishap.OVER_LIMIT: over_limit,
    Mishap.SHORT_OF_MONEY: short_of_money,
    Mishap.WRONG_PAYEE_NAME: wrong_payee_name,
    Mishap.REPLAY: replay,
    Mishap.LOST_ANSWER: lost_answer,
    Mishap.LOST_REQUEST: lost_request,
    Mishap.LATE_REQUEST: late_request,
    Misdeed.BYPASS: bypass,
    Misdeed.BY_HAND: by_hand,
    Vain.FORGOTTEN_PIN: forgotten_pin,
    Vain.CARD_NOT_IN_ORDER: plainly,
    Vain.CREDIT_CARD: plainly,
}


def mistyped(scene: Scene) -> Step:
    return Step(partial(scene.plain, pin=WRONG_PIN))


def misheard(name: str) -> str:
    """Return another name that could have been heard.

    >>> misheard("王小明"), misheard("李雷")
    ('王明小', '李小雷')
    """
    turned = name[0] + name[:0:-1]
    return turned if turned != name else f"{name[0]}小{name[1:]}"


def message_of(visit: Visit, card: Mapping[str, Any]) -> Message:
    """Return what the terminal sends when nothing goes wrong."""
    errand = visit.errand
    kinds = WITH_CASH if errand.with_cash else WITH_CARD
    fields = dict(card)
    if visit.payee is not None:
        fields |= payee_fields(visit.payee, visit.payer_name)
    if errand.bill is not None:
        fields |= {"biller_id": errand.bill.biller_id, "bill_no": errand.bill.bill_no}
    if errand.amount:
        fields["amount"] = errand.amount
    return partial(kinds[errand.business], **fields)


WITH_CARD: dict[Business, Callable[..., Request]] = {
    Business.WITHDRAWAL: Withdrawal,
    Business.TRANSFER: Transfer,
    Business.BILL_PAYMENT: CardBillPayment,
    Business.BALANCE_INQUIRY: BalanceInquiry,
}
WITH_CASH: dict[Business, Callable[..., Request]] = {
    Business.CASH_REMITTANCE: CashRemittance,
    Business.BILL_PAYMENT: CashBillPayment,
}


def look_with(card: Mapping[str, Any]) -> Step:
    """Return the message that asks for the balance."""
    return Step(partial(BalanceInquiry, **card))


def card_fields(visit: Visit, seed: int) -> Mapping[str, Any]:
    villager = visit.villager
    if villager is None:
        return {}
    return card_in_hand(seed, villager.bank_id, villager.card_id)


@lru_cache(maxsize=200_000)
def card_in_hand(seed: int, bank_id: str, card_id: int) -> Mapping[str, Any]:
    """Return number and PIN; a villager comes every other week of a year."""
    return {"pan": pan_of(seed, BANKS[bank_id], card_id), "pin": pin_of(seed, card_id)}


def payee_fields(payee: Payee, payer_name: str = "") -> dict[str, str]:
    to = {"payee_account_no": payee.account_no, "payee_name": payee.name}
    return {**to, "payer_name": payer_name} if payer_name else to
