/** 屏幕 What the terminal's screen says in every state: pure, Chinese first, English on request. */

import { BUSINESSES, CHORES, cashOf } from "./businesses.js";
import { yuan } from "./money.js";
import { SENDS_MAX } from "./sending.js";
import { againFrom, cashDue } from "./steps.js";

export const inLanguage = (lang) => (zh, en) => (lang === "en" ? en : zh);

/** Return {title, tone, value?, lines, rows, hint, menu?, options?} for a state. */
export function screenOf(state, lang = "zh") {
  const w = inLanguage(lang);
  const screen = (SCREENS[state.at] ?? SCREENS.off)(state, w);
  const note = state.note ? NOTES[state.note] : null;
  const plain = { tone: "plain", lines: [], rows: [], hint: "", ...screen };
  return note ? { ...plain, note: w(...note) } : plain;
}

export const titleOf = (business, w) => w(...(BUSINESSES[business]?.title ?? ["", ""]));

const NOTES = {
  choose_first: ["先选业务，再插卡", "Choose the business first, then insert the card"],
  amount_missing: ["请输入金额", "Enter an amount"],
  account_missing: ["请输入收款账号", "Enter the payee's account number"],
  name_missing: ["请输入收款人全名", "Enter the payee's full name"],
  bill_missing: ["请选一张缴费单", "Choose a bill"],
  trace_missing: ["请输入原流水号", "Enter the trace number"],
  pin_short: ["密码还没有输完", "The PIN is not complete"],
  cash_differs: ["现金和应收金额不一致，请重新点", "The banknotes do not make the amount. Count again"],
  paid_too_much: ["多付了！请重新点钞", "Too much! Count again"],
  paid_too_little: ["少付了！请重新点钞", "Too little! Count again"],
  drawer_short: ["钱箱里的钱不够付。按 取消 冲正", "The drawer cannot pay it. Cancel reverses it"],
};

const pay = (w) => w("按 确认 继续", "Press OK");

const SCREENS = {
  off: ({ problem }, w) => ({
    title: w("教学终端", "Teaching terminal"), tone: problem ? "bad" : "plain",
    lines: [problem ? troubleText(problem, w) : w("签到后开始营业", "Sign in to open the counter")],
    hint: w("按 确认 签到", "Press OK to sign in"),
  }),
  signing_in: (_state, w) => ({
    title: w("正在签到…", "Signing in…"), tone: "wait",
    lines: [w("向银行领取批次号", "Asking the bank for a batch number")],
  }),
  menu: (_state, w) => ({
    title: w("请选择业务", "Choose a business"),
    menu: [...Object.entries(BUSINESSES), ...Object.entries(CHORES)].map(([name, entry]) => ({
      name, key: entry.key, title: w(...entry.title), isChore: name in CHORES,
    })),
    hint: w("按数字键或点一下", "Press its number, or click"),
  }),
  amount: ({ typed, business }, w) => ({
    title: w("请输入金额", "Enter the amount"), value: `¥ ${typed || "0"}`,
    lines: [business === "withdrawal"
      ? w("10 元起，10 元的整数倍，每卡每日最多 2,000 元",
        "From 10 yuan, in tens, at most 2,000 a card and day")
      : w("单位：元", "In yuan")],
    hint: pay(w),
  }),
  card: (_state, w) => ({
    title: w("请插卡", "Insert the card"), tone: "card",
    lines: [w("先看是不是本人的卡，再点一下", "Is it the customer's own? Then click it")],
  }),
  payer: (_state, w) => ({
    title: w("请出示身份证", "Ask for the ID"), tone: "card",
    lines: [w("点一下汇款人的卡，登记姓名", "Click the payer's card to write down the name")],
  }),
  payee: ({ typed }, w) => ({
    title: w("收款账号", "Payee's account"), value: typed || "—", small: true,
    lines: [w("点一张收款人纸条，或按键输入", "Click a payee slip, or type")], hint: pay(w),
  }),
  payee_check: ({ payee, draft }, w) => ({
    title: payee ? w("核对户名", "Check the name") : w("正在查询户名…", "Looking up the name…"),
    tone: payee ? "plain" : "wait",
    value: payee ? payee.name_masked : undefined,
    rows: payee ? [
      [w("账号", "Account"), draft.payee_account_no],
      [w("纸条上写的", "On the slip"), draft.payee_name || w("（没有）", "(none)")],
    ] : [],
    asksName: Boolean(payee) && !draft.payee_name,
    lines: payee ? [w("请客户亲口说出收款人是谁", "Let the customer say who it is")] : [],
    hint: payee ? w("对上了按 确认，不对按 取消", "OK if it matches, Cancel if not") : "",
  }),
  bill: ({ bill, typed }, w) => ({
    title: w("缴费单", "Bill"), value: bill ? `¥ ${yuan(bill.amount_fen)}` : undefined,
    rows: bill ? [
      [w("单位", "Biller"), bill.biller_name ?? bill.biller_id],
      [w("单号", "Bill no."), bill.bill_no],
      [w("户名", "Name"), bill.payer_name_masked || "—"],
      [w("状态", "State"), bill.is_paid ? w("已缴", "paid") : w("待缴", "to be paid")],
    ] : [],
    lines: bill ? [] : [typed ? w("正在查询账单…", "Looking up the bill…")
      : w("点一张缴费单", "Click a bill")],
    hint: bill ? pay(w) : "",
  }),
  funding: (_state, w) => ({
    title: w("怎么缴？", "Paid with?"),
    options: [["1", w("刷卡", "Card")], ["2", w("现金", "Cash")]],
    hint: w("按 1 或 2", "Press 1 or 2"),
  }),
  original: ({ typed }, w) => ({
    title: w("冲正哪一笔？", "Reverse which one?"), value: typed || "000000",
    lines: [w("输入小票上的 6 位流水号", "The six-digit trace number on the receipt")],
    hint: pay(w),
  }),
  cash_in: (state, w) => ({
    title: w("请收现金", "Take the cash"), value: `¥ ${yuan(cashDue(state))}`,
    rows: feeRows(state, w),
    lines: [w("当面点清，逐张看真假", "Count it before the customer, look at every note")],
    hint: w("点清后按 确认", "OK when counted"),
  }),
  pin: ({ pin }, w) => ({
    title: w("请客户输密码", "The customer enters the PIN"), dots: pin,
    lines: [w("请转过身，不看、不问、不代输", "Turn away. Do not look, ask, or type")],
    hint: w("客户输完按 确认", "OK when the customer is done"),
  }),
  confirm: (state, w) => ({
    title: w("请核对", "Check it"),
    value: state.draft.amount_fen ? `¥ ${yuan(state.draft.amount_fen)}` : undefined,
    rows: [
      [w("业务", "Business"), titleOf(state.business, w)],
      ...(state.card ? [[w("卡号", "Card"), maskedNo(state.card.card_no)]] : []),
      ...(state.draft.payee_name ? [[w("收款人", "Payee"), state.draft.payee_name]] : []),
      ...(state.draft.trace_no ? [[w("原流水号", "Trace"), state.draft.trace_no]] : []),
      ...feeRows(state, w),
    ],
    hint: w("念给客户听，对了按 确认", "Read it aloud. OK if it is right"),
  }),
  sending: (_state, w) => ({
    title: w("正在联系银行…", "Asking the bank…"), tone: "wait",
    lines: [w("请稍候，不要拔卡", "Please wait, leave the card in")],
  }),
  resending: ({ attempt }, w) => ({
    title: w("没有收到应答", "No answer came"), tone: "wait",
    lines: [
      w(`用同一流水号重发，第 ${Math.min(attempt, SENDS_MAX)} 次`, `Sending the same key again, try ${attempt}`),
      w("先不要付钱", "Do not pay out yet"),
    ],
  }),
  reversing: ({ attempt }, w) => ({
    title: w("正在冲正", "Reversing"), tone: "wait",
    lines: [
      w(`第 ${attempt} 次，直到银行确认为止`, `Try ${attempt}, until the bank confirms`),
      w("不要付钱，也不要另办一笔", "Pay nothing, and start no other one"),
    ],
  }),
  pay_out: (state, w) => ({
    title: w("交易成功，请付现金", "Approved. Pay the cash"), tone: "good",
    value: `¥ ${yuan(cashDue(state))}`,
    lines: [w("点两遍，当面交给客户", "Count twice, hand it over")],
    hint: w("确认 点钞，再 确认 付出；付不出按 取消", "OK counts, OK pays; Cancel takes it back"),
  }),
  sign: ({ answer, business, draft }, w) => ({
    title: answer.status === "held" ? w("已受理，款项稍后到账", "Accepted, the money goes later")
      : business === "reversal" ? w("已冲正", "Reversed") : w("交易成功", "Approved"),
    tone: "good", value: answer.amount_fen ? `¥ ${yuan(answer.amount_fen)}` : undefined,
    lines: [
      ...(answer.available_at ? [w("到账时间 ", "Arrives ") + timeOf(answer.available_at)] : []),
      business === "reversal"
        ? w("如已付过现金，请当面收回", "If cash was paid, take it back")
        : cashOf({ business, draft }) === "out" || business === "transfer"
          ? w("请客户核对、签字，客户联给客户", "Let the customer check and sign; hand over the copy")
          : w("请客户核对，客户联给客户", "Hand over the customer's copy"),
    ],
    hint: w("签好后按 确认", "OK when signed"),
  }),
  balance: ({ answer }, w) => ({
    title: w("余额", "Balance"), tone: "good", value: `¥ ${yuan(answer.balance_fen ?? 0)}`,
    lines: [w("让客户自己看，不要大声念", "Let the customer look; do not read it aloud")],
    hint: pay(w),
  }),
  refused: (state, w) => refusalScreen(state, w),
  reversed: ({ answer }, w) => ({
    title: w("已冲正，没有扣款", "Reversed, no money was taken"), tone: "good",
    lines: [
      answer.response_code === "25"
        ? w("银行没有收到过那一笔", "The bank had never received it")
        : w("银行已把钱退回卡里", "The bank has put the money back on the card"),
      w("不要付现金；客户还要办，请重新来一笔", "Pay no cash. Start anew if it is still wanted"),
    ],
    hint: pay(w),
  }),
  trouble: ({ problem, pending }, w) => ({
    title: w("没有办成", "Not done"), tone: "bad", lines: [troubleText(problem, w)],
    hint: pending ? w("按 确认 继续冲正", "OK goes on reversing") : pay(w),
  }),
  till_count: ({ typed }, w) => ({
    title: w("钱箱里一共多少？", "How much is in the drawer?"), value: `¥ ${typed || "0"}`,
    lines: [w("先自己数，再输入", "Count it yourself, then enter")], hint: pay(w),
  }),
  settling: (_state, w) => ({ title: w("正在结账…", "Settling…"), tone: "wait" }),
  till_result: ({ till }, w) => ({
    title: till.difference_fen === 0 ? w("账款相符", "The till is right")
      : w("账款不符", "The till is off"),
    tone: till.difference_fen === 0 ? "good" : "bad",
    rows: [
      [w("开门备付", "Float"), yuan(till.float_fen)],
      [w("银行账上收付", "By the bank's books"), yuan(till.books_fen)],
      [w("应有", "Should be"), yuan(till.expected_fen)],
      [w("点出", "Counted"), yuan(till.counted_fen)],
      [w("差额", "Difference"), yuan(till.difference_fen)],
    ],
    hint: w("按 确认 签退", "OK signs off"),
  }),
};

function refusalScreen(state, w) {
  const { answer } = state;
  const { refusal } = answer;
  return {
    title: w("这笔没有办成", "Not approved"), tone: "bad",
    lines: [refusal ? w(refusal.text, refusal.text_en) : w(answer.response_text, answer.response_text_en)],
    // How much is allowed and used stands in the sentence.
    rows: refusal?.resets_at ? [[w("重新计算", "Starts anew"), timeOf(refusal.resets_at)]] : [],
    code: answer.response_code,
    hint: againFrom(state)
      ? w("确认 改了再试，取消 结束", "OK corrects, Cancel ends") : pay(w),
  };
}

function feeRows({ quote }, w) {
  if (!quote) return [];
  const { fee } = quote;
  return [
    [w("手续费", "Fee"), yuan(fee.charged_fen)
      + (fee.waived_fen ? w(`（已减免 ${yuan(fee.waived_fen)}）`, ` (waived ${yuan(fee.waived_fen)})`) : "")],
  ];
}

export function maskedNo(cardNo) {
  return `${cardNo.slice(0, 6)}******${cardNo.slice(-4)}`;
}

export const timeOf = (moment) => moment.slice(0, 16).replace("T", " ");

const TROUBLES = {
  "no-answer": ["线路不通，没有查到。请稍后再查。", "The line is dead, nothing was looked up. Try later."],
  "no-line": ["线路不通。请检查网线，稍后再试。", "The line is dead. Check it and try again."],
  "reversal-refused": ["冲正没有被受理。请保留签购单，联系银行处理。",
    "The reversal was not accepted. Keep the signed slip and call the bank."],
  unauthorized: ["终端密钥不对。请教员重新输入。", "The terminal key is not valid. Ask the trainer."],
  forbidden: ["这把密钥不能用在这台终端上。", "This key may not use this terminal."],
  "not-found": ["没有查到，请核对号码。", "Not found. Check the number."],
  "key-reused": ["流水号重复，银行没有动账。请重新签到后再办。",
    "This trace number was used before; nothing was moved. Sign in again."],
};

function troubleText(problem, w) {
  const text = TROUBLES[problem.type];
  return text ? w(...text) : problem.detail || w("出了问题，没有动账。", "Something is wrong; nothing was moved.");
}
