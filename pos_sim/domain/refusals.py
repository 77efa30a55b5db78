"""What a villager is told when a check says no: why, in plain words, and what to do next.

One sentence pair a check, keyed by the name that ``refusal.check`` carries; the order is that of
the checks. Figures (limit, used, reset time) come beside the sentence, never inside it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RefusalText:
    """One refusal: the check that said no, its answer code, and the words for the villager."""

    check: str
    code: str
    text: str
    text_en: str


REFUSALS: dict[str, RefusalText] = {
    refusal.check: refusal
    for refusal in (
        RefusalText(
            "tombstoned",
            "94",
            "这笔交易已被撤销，不会扣款。需要办理请重新发起一笔。",
            "This was reversed before and takes no money. Start a new one if it is still wanted.",
        ),
        RefusalText(
            "terminal_unknown",
            "97",
            "这台机器还没有在银行登记，暂时不能用。请店主联系银行客户经理。",
            "The bank does not know this machine. The shop should call its bank.",
        ),
        RefusalText(
            "point_not_open",
            "03",
            "这个服务点现在不办理业务。请到附近的服务点或银行网点办理。",
            "This service point is not open. Please use another one nearby or a bank branch.",
        ),
        RefusalText(
            "point_frozen",
            "58",
            "这个服务点已暂停业务。请到附近的服务点或银行网点办理，您的钱不受影响。",
            "This service point is suspended; your money is safe. Please use another one nearby.",
        ),
        RefusalText(
            "business_off",
            "12",
            "这里暂不办理这项业务。请到附近的服务点或银行网点办理。",
            "This service is not offered here. Please use another service point or a bank branch.",
        ),
        RefusalText(
            "card_unknown",
            "14",
            "没有找到这张卡。请核对卡号再试，还不行请联系发卡银行。",
            "This card was not found. Check the number and try again, or ask the card's bank.",
        ),
        RefusalText(
            "issuer_unknown",
            "15",
            "这张卡的银行不在服务范围内。请换一张卡，或到发卡银行网点办理。",
            "This card's bank is not served here. Use another card, or go to one of its branches.",
        ),
        RefusalText(
            "issuer_down",
            "91",
            "发卡银行暂时没有应答，没有扣款。请过一会儿再试。",
            "The card's bank does not answer. No money was taken; try again a little later.",
        ),
        RefusalText(
            "card_lost",
            "41",
            "这张卡已经挂失，不能使用。请带身份证到发卡银行网点解挂或补卡。",
            "This card was reported lost. Take your ID to its bank to clear or replace it.",
        ),
        RefusalText(
            "card_stolen",
            "43",
            "这张卡已报被盗，不能使用。请带身份证到发卡银行网点处理。",
            "This card was reported stolen. Take your ID to a branch of its bank.",
        ),
        RefusalText(
            "card_expired",
            "54",
            "这张卡已过有效期。请带身份证到发卡银行网点换新卡，卡里的钱还在。",
            "This card has expired; your money is still there. Take your ID to its bank.",
        ),
        RefusalText(
            "card_restricted",
            "62",
            "这张卡被限制使用。请带身份证到发卡银行网点问明原因。",
            "This card is restricted. Take your ID to a branch of its bank and ask why.",
        ),
        RefusalText(
            "credit_card",
            "57",
            "助农取款只受理借记卡，信用卡不能用。请换一张借记卡。",
            "Only debit cards can be used at a service point. Please use a debit card.",
        ),
        RefusalText(
            "pin_wrong",
            "55",
            "密码不对。请想好再输，同一天输错三次会锁住。",
            "Wrong PIN. Take your time: three wrong PINs on one day lock the card.",
        ),
        RefusalText(
            "pin_locked",
            "75",
            "今天密码输错次数太多，已锁住。请明天再试，忘了密码请带身份证到发卡银行网点重置。",
            "Too many wrong PINs today. Try tomorrow, or take your ID to the card's bank.",
        ),
        RefusalText(
            "amount_granularity",
            "13",
            "这个金额付不出整张钞票。请按这里的起取金额和整数倍重新输入。",
            "This cannot be paid in notes. Enter a multiple of the smallest amount paid here.",
        ),
        RefusalText(
            "bill_unknown",
            "25",
            "没有查到这张账单。请核对缴费单位和账单号。",
            "No such bill was found. Check the company and the bill number.",
        ),
        RefusalText(
            "bill_paid",
            "94",
            "这张账单已经缴过了，不用再缴。",
            "This bill has been paid already; nothing more is due.",
        ),
        RefusalText(
            "bill_amount",
            "13",
            "金额和账单不一致。请先查询账单，再按应缴金额缴费。",
            "The amount differs from the bill. Look the bill up first and pay what it says.",
        ),
        RefusalText(
            "payee_unknown",
            "42",
            "没有找到可以收款的账户。请和收款人核对账号。",
            "There is no such account that can receive money. Check the number with the payee.",
        ),
        RefusalText(
            "payee_name",
            "A3",
            "收款人姓名和账号对不上，没有转出。请和收款人核对姓名和账号。",
            "The payee's name does not match the account; nothing was sent. Check them both.",
        ),
        RefusalText(
            "amount_limit",
            "61",
            "超过了今天的限额。请减少金额，或明天再办，急用请到银行网点。",
            "This would pass today's limit. Ask for less, come tomorrow, or go to a branch.",
        ),
        RefusalText(
            "count_limit",
            "65",
            "今天办理的次数已满。请明天再办，急用请到银行网点。",
            "Today's number of transactions is used up. Come tomorrow, or go to a branch.",
        ),
        RefusalText(
            "balance",
            "51",
            "卡里的余额不够（含手续费）。请先查询余额，再减少金额。",
            "The balance does not cover amount and fee. Check the balance and ask for less.",
        ),
        RefusalText(
            "operator_balance",
            "51",
            "服务点的结算账户余额不够，暂时办不了。请减少金额，或换一个服务点。",
            "The service point's account is too low for this. Ask for less, or go to another.",
        ),
        # Neutral on purpose: it must not tell which rule was hit.
        RefusalText(
            "risk",
            "59",
            "本笔交易未能通过，请联系开户行",
            "This transaction could not be approved. Please contact your bank.",
        ),
        RefusalText(
            "original_unknown",
            "25",
            "没有找到要冲正的原交易。不用再冲正，请核对流水号。",
            "The original was not found. Check the trace number; do not reverse it again.",
        ),
        RefusalText(
            "not_reversible",
            "12",
            "这类交易没有动账，不能冲正，也不用冲正。",
            "Nothing was moved by this kind of transaction, so there is nothing to reverse.",
        ),
    )
}
