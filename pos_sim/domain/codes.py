"""The answer codes (ISO 8583 field 39) as one table: meaning, display, and whether to try again.

Codes, meanings, category letters and displays: UnionPay POS answer-code table as two independent
POS clients give it (Q/CUP 009.1-2015); A1 to A7 from one of them. English is our own. Codes 10,
11, A1 and A3 have no display in the sources: theirs is our own wording too. The meaning of A7 is
from memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from pos_sim.domain.refusals import REFUSALS, RefusalText

__all__ = ["CODES", "REFUSALS", "AnswerCode", "RefusalText"]


class Display(NamedTuple):
    """What the POS shows."""

    text: str
    text_en: str


@dataclass(frozen=True, slots=True)
class AnswerCode:
    """One answer code.

    ``category``: A approved, B retry or correct, C declined, D pick up or administrative,
    E system failure; empty where the sources give none. ``may_retry``: asking again under a new
    trace number can help, as it is or with what the customer corrects (PIN, card number, amount).
    False where only another person, bank or day can help. After 68 and 98 the first try may have
    moved the money: reverse it first. 94 says that the answer was given before, so a new trace
    would pay twice; 12 and 30 would be refused again, whatever the display says.
    """

    code: str
    meaning: str
    category: str
    text: str
    text_en: str
    may_retry: bool


APPROVED = Display("交易成功", "Approved")
PARTLY = Display("部分成功，请核对金额", "Approved in part. Check the amount")
ASK_IF_DONE = Display("交易成功，请向发卡行确认", "Approved. Confirm with the card issuer")
ASK_ISSUER = Display("交易失败，请联系发卡行", "Failed. Contact the card issuer")
ASK_ACQUIRER = Display("交易失败，请联系收单行或银联", "Failed. Contact the acquirer or UnionPay")
AGAIN = Display("交易失败，请重试", "Failed. Try again")
LATER = Display("交易失败，请稍后重试", "Failed. Try again later")
TIMED_OUT = Display("交易超时，请重试", "Timed out. Try again")
WRONG_STEP = Display("操作有误，请重试", "Operated wrongly. Try again")
NOT_REGISTERED = Display("商户未登记", "Merchant not registered")
BAD_TERMINAL = Display(
    "终端无效，请联系收单行或银联", "Terminal not valid. Contact the acquirer or UnionPay"
)
UNKNOWN_TERMINAL = Display(
    "终端未登记，请联系收单行或银联", "Terminal not registered. Contact the acquirer or UnionPay"
)
SIGN_IN = Display("请向网络中心签到", "Sign in to the network first")
SIGN_IN_AGAIN = Display("校验错，请重新签到", "Check failed. Sign in again")
SEND_OFFLINE = Display("POS终端重传脱机数据", "Send the offline transactions again")
SWITCH_TROUBLE = Display(
    "拒绝，交换中心异常，请稍后重试", "Declined. Trouble at the switch, try again later"
)
KEEP_CARD = Display("没收卡，请联系收单行", "Keep the card. Contact the acquirer")
CARD_KEPT = Display("没收卡", "Keep the card")
OTHER_CARD = Display("此卡有误，请换卡重试", "Something is wrong with this card. Use another one")
BAD_CARD_NO = Display("无效卡号，请联系发卡行", "Card number not valid. Contact the card issuer")
NOT_ACCEPTED = Display("此卡不能受理", "This card is not accepted")
EXPIRED = Display("过期卡，请联系发卡行", "Card expired. Contact the card issuer")
USE_CHIP = Display("请插卡交易或联系客服", "Insert the chip card, or contact customer service")
WRONG_PIN = Display("密码错，请重试", "Wrong PIN. Try again")
PIN_LOCKED = Display("密码错误次数超限", "Too many wrong PINs")
OTHER_AMOUNT = Display("交易金额超限，请重试", "Amount not allowed. Try again")
TOO_MUCH = Display("金额太大", "Amount too large")
TOO_OFTEN = Display("超出取款次数限制", "Too many withdrawals")
SHORT_OF_MONEY = Display("余额不足，请查询", "Not enough money. Check the balance")
NO_ACCOUNT = Display("交易失败，请联系发卡方", "Failed. Contact the account's bank")
WRONG_ACCOUNT = Display("交易失败，账户不符", "Failed. The account does not match")
OTHER_CURRENCY = Display("交易失败，币种不一致", "Failed. The currencies differ")


def _row(code: str, meaning: str, category: str, display: Display, may_retry: bool) -> AnswerCode:
    return AnswerCode(code, meaning, category, display.text, display.text_en, may_retry)


CODES: dict[str, AnswerCode] = {
    row.code: row
    for row in (
        _row("00", "承兑或交易成功", "A", APPROVED, False),
        _row("01", "查发卡行", "C", ASK_ISSUER, False),
        _row("02", "查发卡行的特殊条件", "C", ASK_ISSUER, False),
        _row("03", "无效商户", "C", NOT_REGISTERED, False),
        _row("04", "没收卡", "D", KEEP_CARD, False),
        _row("05", "不予承兑", "C", ASK_ISSUER, False),
        _row("06", "出错", "E", ASK_ISSUER, False),
        _row("07", "特殊条件下没收卡", "D", KEEP_CARD, False),
        _row("09", "请求正在处理中", "B", AGAIN, True),
        _row("10", "部分承兑（来源未给文字）", "", PARTLY, False),
        _row("11", "有缺陷的成功（来源未给文字）", "", ASK_IF_DONE, False),
        _row("12", "无效交易", "C", AGAIN, False),
        _row("13", "无效金额", "B", OTHER_AMOUNT, True),
        _row("14", "无效卡号", "B", BAD_CARD_NO, True),
        _row("15", "无此发卡行", "C", NOT_ACCEPTED, False),
        _row("19", "重新送入交易", "C", ASK_ISSUER, True),
        _row("20", "无效应答", "C", ASK_ISSUER, False),
        _row("21", "不做任何处理", "C", ASK_ISSUER, False),
        _row("22", "怀疑操作有误（POS状态与中心不符，可重新签到）", "C", WRONG_STEP, True),
        _row("23", "不可接受的交易费", "C", ASK_ISSUER, False),
        _row("25", "未能找到文件上记录", "C", ASK_ISSUER, False),
        _row("30", "格式错误", "C", AGAIN, False),
        _row("31", "银联不支持的银行", "C", NOT_ACCEPTED, False),
        _row("33", "过期的卡（可没收）", "D", EXPIRED, False),
        _row("34", "有作弊嫌疑（可没收）", "D", KEEP_CARD, False),
        _row("35", "受卡方与安全保密部门联系", "D", KEEP_CARD, False),
        _row("36", "受限制的卡", "D", OTHER_CARD, False),
        _row("37", "受卡方呼受理方安全保密部门", "D", KEEP_CARD, False),
        _row("38", "超过允许的PIN试输入", "D", PIN_LOCKED, False),
        _row("39", "无此信用卡账户", "C", ASK_ISSUER, False),
        _row("40", "请求的功能尚不支持", "C", ASK_ISSUER, False),
        _row("41", "丢失卡（挂失）", "D", KEEP_CARD, False),
        _row("42", "无此账户", "B", NO_ACCOUNT, True),
        _row("43", "被窃卡", "D", KEEP_CARD, False),
        _row("44", "无此投资账户", "C", ASK_ISSUER, False),
        _row("45", "请使用IC卡（降级交易拒绝）", "", USE_CHIP, True),
        _row("51", "无足够的存款", "C", SHORT_OF_MONEY, False),
        _row("52", "无此支票账户", "C", ASK_ISSUER, False),
        _row("53", "无此储蓄卡账户", "C", ASK_ISSUER, False),
        _row("54", "过期的卡", "C", EXPIRED, False),
        _row("55", "不正确的PIN", "C", WRONG_PIN, True),
        _row("56", "无此卡记录", "C", ASK_ISSUER, False),
        _row("57", "不允许持卡人进行的交易", "C", ASK_ISSUER, False),
        _row("58", "不允许终端进行的交易", "C", BAD_TERMINAL, False),
        _row("59", "有作弊嫌疑", "C", ASK_ISSUER, False),
        _row("60", "受卡方与安全保密部门联系", "C", ASK_ISSUER, False),
        _row("61", "超出取款金额限制", "C", TOO_MUCH, False),
        _row("62", "受限制的卡", "C", ASK_ISSUER, False),
        _row("63", "违反安全保密规定", "C", ASK_ISSUER, False),
        _row("64", "原始金额不正确", "C", ASK_ISSUER, False),
        _row("65", "超出取款次数限制", "C", TOO_OFTEN, False),
        _row("66", "受卡方呼受理方安全保密部门", "C", ASK_ACQUIRER, False),
        _row("67", "捕捉（没收卡）", "C", CARD_KEPT, False),
        _row("68", "收到的回答太迟", "C", TIMED_OUT, True),
        _row("75", "允许的输入PIN次数超限", "C", PIN_LOCKED, False),
        _row("77", "需要向网络中心签到", "D", SIGN_IN, True),
        _row("79", "脱机交易对账不平", "C", SEND_OFFLINE, False),
        _row("90", "日期切换正在处理", "C", LATER, True),
        _row("91", "发卡行或银联不能操作", "C", LATER, True),
        _row("92", "机构或网络设施找不到", "C", LATER, True),
        _row("93", "交易违法、不能完成", "C", ASK_ISSUER, False),
        _row("94", "重复交易", "C", LATER, False),
        _row("95", "调节控制错", "C", LATER, False),
        _row("96", "系统异常、失效", "C", LATER, True),
        _row("97", "POS终端号找不到", "D", UNKNOWN_TERMINAL, False),
        _row("98", "银联收不到发卡行应答", "E", TIMED_OUT, True),
        _row("99", "PIN格式错", "B", SIGN_IN_AGAIN, True),
        _row("A0", "MAC校验错", "B", SIGN_IN_AGAIN, True),
        _row("A1", "转账货币不一致", "", OTHER_CURRENCY, False),
        _row("A2", "有缺陷的成功", "", ASK_IF_DONE, False),
        _row("A3", "账户不正确", "", WRONG_ACCOUNT, False),
        _row("A4", "有缺陷的成功", "", ASK_IF_DONE, False),
        _row("A5", "有缺陷的成功", "", ASK_IF_DONE, False),
        _row("A6", "有缺陷的成功", "", ASK_IF_DONE, False),
        _row("A7", "安全处理失败", "", SWITCH_TROUBLE, True),
    )
}
"""Every answer code by itself; 00 is the only clean success."""
