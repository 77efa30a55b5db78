/**
 * 终端状态机 The terminal as a pure function: next(state, event) gives [state, effects].
 *
 * Nothing here touches page, network or clock, and no digit of a PIN ever comes here: the machine
 * knows only how many were typed. Effects are what the driver has to do: send, resend, reverse,
 * look something up, print, move banknotes, remember a reversal that is not confirmed yet.
 */

import { BUSINESSES, CHORES, FUNDING, cashOf, wantsPin } from "./businesses.js";
import { fenOf, typedOn } from "./money.js";

export const SENDS_MAX = 3;
/** A reversal answered so is done: taken back, never seen (and buried), or nothing to take back. */
export const REVERSAL_DONE = ["00", "25", "12"];

const BLANK = Object.freeze({
  business: null, todo: [], draft: {}, typed: "", pin: 0, card: null, slip: null, payee: null,
  bill: null, quote: null, key: null, attempt: 0, answer: null, problem: null, note: null,
});

export const OFF = Object.freeze({
  ...BLANK, at: "off", terminal: null, batch: null, trace: 0, pending: null, till: null,
});

export function next(state, event) {
  const handler = STATES[state.at]?.[event.type] ?? EVERYWHERE[event.type];
  return handler ? handler(state, event) : [state, []];
}

function go(state, at, changes = {}, effects = []) {
  return [{ ...state, note: null, ...changes, at }, effects];
}

const stay = (state, changes) => go(state, state.at, changes);
const menu = (state, effects = []) => go(state, "menu", BLANK, [{ do: "forget_pin" }, ...effects]);

/** The next step of the business; after the last one it is sent. */
function onward(state) {
  const [at, ...todo] = state.todo;
  if (at === undefined) return send(state);
  const entering = at === "payee_check" ? [{ do: "find_payee" }] : [];
  const priced = at === "cash_in" || at === "confirm" ? [{ do: "quote" }] : [];
  return go(state, at, { todo, typed: "", pin: at === "pin" ? 0 : state.pin }, [
    ...entering, ...priced,
  ]);
}

function choose(state, business) {
  const { steps } = BUSINESSES[business];
  return onward({ ...state, ...BLANK, business, todo: steps, typed: "" });
}

function chooseByKey(state, { digit }) {
  const business = Object.keys(BUSINESSES).find((name) => BUSINESSES[name].key === digit);
  if (business) return choose(state, business);
  const chore = Object.keys(CHORES).find((name) => CHORES[name].key === digit);
  return chore ? doChore(state, { chore }) : [state, []];
}

function doChore(state, { chore }) {
  if (chore === "print_again") return go(state, "menu", {}, [{ do: "print_again" }]);
  return go(state, "till_count", { typed: "" });
}

// ── sending ──────────────────────────────────────────────────────────────────────────────────

const keyOf = (state, trace) => ({
  terminal_id: state.terminal.terminal_id, batch_no: state.batch,
  trace_no: String(trace).padStart(6, "0"),
});

function send(state) {
  const { path, body } = BUSINESSES[state.business];
  const key = keyOf(state, state.trace + 1);
  const entry = state.card ? { entry_mode: "chip" } : {};
  return go(state, "sending", { key, trace: state.trace + 1, attempt: 1 }, [
    { do: "send", path, body: { ...key, ...body(state), ...entry }, pin: wantsPin(state) },
  ]);
}

/** No answer: the same key again, and after the last try the reversal, until it is confirmed. */
function unanswered(state) {
  const isReversal = state.business === "reversal";
  if (state.attempt < SENDS_MAX || isReversal) {
    return go(state, "resending", { attempt: state.attempt + 1 }, [{ do: "resend" }]);
  }
  if (state.business === "balance_inquiry") {
    return go(state, "trouble", { problem: { type: "no-answer" }, pin: 0 }, [{ do: "forget_pin" }]);
  }
  return startReversal({ ...state, pin: 0 });
}

function startReversal(state) {
  const pending = {
    ...keyOf(state, state.trace + 1), reason: "timeout",
    original: { batch_no: state.key.batch_no, trace_no: state.key.trace_no },
  };
  return go(state, "reversing", { pending, trace: state.trace + 1, attempt: 1 }, [
    { do: "forget_pin" }, { do: "remember", pending }, { do: "reverse", body: pending },
  ]);
}

function reverseAgain(state) {
  return go(state, "reversing", { attempt: state.attempt + 1 }, [
    { do: "reverse", body: state.pending },
  ]);
}

/** The reversal's own key was taken: it goes out under the next one. Anything else is trouble. */
function reversalBroken(state, { problem }) {
  if (problem.status !== 409) return broken(state, { problem });
  return startReversal({ ...state, key: { ...state.pending.original } });
}

function reversalAnswered(state, { answer }) {
  if (!REVERSAL_DONE.includes(answer.response_code)) {
    const problem = { type: "reversal-refused", answer };
    return go(state, "trouble", { problem });
  }
  return go(state, "reversed", { answer, pending: null }, [
    { do: "remember", pending: null }, { do: "cash", way: "back" }, { do: "print", answer },
  ]);
}

function answered(state, { answer }) {
  const forget = { do: "forget_pin" };
  if (answer.status === "declined") {
    return go(state, "refused", { answer, pin: 0 }, [forget, { do: "cash", way: "back" }]);
  }
  const at = state.business === "balance_inquiry" ? "balance"
    : cashOf(state) === "out" ? "pay_out" : "sign";
  const cash = cashOf(state) === "in" ? [{ do: "cash", way: "in" }] : [];
  const back = state.business === "reversal" ? [{ do: "cash_returned", answer }] : [];
  return go(state, at, { answer, pin: 0 }, [forget, ...cash, ...back, { do: "print", answer }]);
}

/** The bank said that nothing was done, and why the message itself was wrong. */
function broken(state, { problem }) {
  return go(state, "trouble", { problem, pin: 0 }, [
    { do: "forget_pin" }, { do: "cash", way: "back" },
  ]);
}

/** 再试 What can be put right is asked again; the card stays where it is. */
const AGAIN = {
  pin_wrong: "pin", amount_granularity: "amount", amount_limit: "amount", balance: "amount",
};

export function againFrom(state) {
  const step = AGAIN[state.answer?.refusal?.check];
  const steps = BUSINESSES[state.business]?.steps ?? [];
  const from = steps.indexOf(step);
  return from < 0 ? null : steps.slice(from).filter((name) => name !== "card" || !state.card);
}

/** A reversal that is not confirmed comes before everything else. */
const afterTrouble = (state) => (state.pending ? reverseAgain(state) : menu(state));

function afterRefusal(state) {
  const todo = againFrom(state);
  return todo ? onward({ ...state, todo, answer: null, quote: null }) : menu(state);
}

// ── the steps ────────────────────────────────────────────────────────────────────────────────

const typing = (limit) => ({
  digit: (state, { digit }) =>
    stay(state, /^\d+$/.test(digit) ? { typed: (state.typed + digit).slice(0, limit) } : {}),
  clear: (state) => stay(state, { typed: "" }),
});

const amountKeys = {
  digit: (state, { digit }) => stay(state, { typed: typedOn(state.typed, digit) }),
  clear: (state) => stay(state, { typed: "" }),
};

function takeAmount(state) {
  const amount = fenOf(state.typed);
  if (!amount) return stay(state, { note: "amount_missing" });
  return onward({ ...state, draft: { ...state.draft, amount_fen: amount } });
}

const takeCard = (state, { card }) => onward({ ...state, card });

function takeSlip(state, { slip }) {
  const draft = { ...state.draft, payee_account_no: slip.account_no, payee_name: slip.name };
  return stay({ ...state, draft }, { typed: slip.account_no, slip: slip.tag });
}

function takePayee(state) {
  if (!/^\d{5,20}$/.test(state.typed)) return stay(state, { note: "account_missing" });
  const isSlips = state.typed === state.draft.payee_account_no;
  const name = isSlips ? state.draft.payee_name : "";
  const draft = { ...state.draft, payee_account_no: state.typed, payee_name: name };
  return onward({ ...state, draft });
}

function confirmPayee(state) {
  if (!state.payee) return stay(state, {});
  if (!state.draft.payee_name) return stay(state, { note: "name_missing" });
  return onward(state);
}

const findBill = (state, { bill }) =>
  go(state, "bill", { typed: bill.bill_no, bill: null }, [{ do: "find_bill", bill }]);

function billFound(state, { bill }) {
  const { biller_id, bill_no, amount_fen } = bill;
  return stay(state, { bill, draft: { ...state.draft, biller_id, bill_no, amount_fen } });
}

function takeBill(state) {
  if (!state.bill) return stay(state, { note: "bill_missing" });
  return onward(state);
}

function takeFunding(state, { digit }) {
  const funding = { 1: "card", 2: "cash" }[digit];
  if (!funding) return [state, []];
  return onward({ ...state, todo: FUNDING[funding], draft: { ...state.draft, funding } });
}

function takeOriginal(state) {
  if (!state.typed) return stay(state, { note: "trace_missing" });
  return onward({ ...state, draft: { ...state.draft, trace_no: state.typed.padStart(6, "0") } });
}

function takePin(state) {
  return state.pin < 4 ? stay(state, { note: "pin_short" }) : onward(state);
}

/** What the customer owes or is owed in banknotes, fen. */
export function cashDue(state) {
  const fee = state.quote?.fee.charged_fen ?? 0;
  return cashOf(state) === "out" ? state.answer?.amount_fen ?? 0 : state.draft.amount_fen + fee;
}

const takeCash = (state, { fen }) =>
  fen === cashDue(state) ? onward(state) : stay(state, { note: "cash_differs" });

const payOut = (state, { fen }) =>
  fen === cashDue(state)
    ? go(state, "sign", {}, [{ do: "cash", way: "out" }])
    : stay(state, { note: fen > cashDue(state) ? "paid_too_much" : "paid_too_little" });

const quoted = (state, { quote }) => stay(state, { quote, note: state.note });
const toMenu = (state) => menu(state);
const cancel = (state) => menu(state, [{ do: "cash", way: "back" }]);

function countTill(state) {
  const counted = fenOf(state.typed);
  if (counted === null) return stay(state, { note: "amount_missing" });
  return go(state, "settling", {}, [{ do: "settle", counted }]);
}

function signedIn(state, { terminal, batch, trace, pending }) {
  const fresh = { ...OFF, terminal, batch, trace, pending };
  if (!pending) return go(fresh, "menu");
  return go(fresh, "reversing", { attempt: 1 }, [{ do: "reverse", body: pending }]);
}

const STATES = {
  off: { ok: (state) => go(state, "signing_in", { problem: null }, [{ do: "sign_in" }]) },
  signing_in: {
    signed_in: signedIn,
    broken: (state, { problem }) => go(state, "off", { problem }),
  },
  menu: {
    digit: chooseByKey,
    choose: (state, { business }) => choose(state, business),
    chore: doChore,
    card: (state) => stay(state, { note: "choose_first" }),
    sign_off: () => go(OFF, "off"),
  },
  amount: { ...amountKeys, ok: takeAmount, cancel },
  card: { card: takeCard, cancel },
  payer: {
    card: (state, { card }) =>
      onward({ ...state, draft: { ...state.draft, payer_name: card.name } }),
    cancel,
  },
  payee: { ...typing(20), slip: takeSlip, ok: takePayee, cancel },
  payee_check: {
    payee_found: (state, { payee }) => stay(state, { payee }),
    name: (state, { name }) => stay(state, { draft: { ...state.draft, payee_name: name } }),
    broken, ok: confirmPayee, cancel,
  },
  bill: { bill: findBill, bill_found: billFound, broken, ok: takeBill, cancel },
  funding: { digit: takeFunding, cancel },
  original: { ...typing(6), ok: takeOriginal, cancel },
  cash_in: { quoted, counted: takeCash, cancel },
  pin: {
    pin: (state, { length }) => stay(state, { pin: length }),
    clear: (state) => go(state, "pin", { pin: 0 }, [{ do: "forget_pin" }]),
    ok: takePin, cancel,
  },
  confirm: { quoted, ok: onward, cancel },
  sending: { answered, unanswered, broken },
  resending: { answered, unanswered, broken },
  reversing: { answered: reversalAnswered, unanswered: reverseAgain, broken: reversalBroken },
  pay_out: { paid: payOut },
  sign: { ok: toMenu },
  balance: { ok: toMenu, cancel: toMenu },
  refused: { ok: afterRefusal, cancel },
  reversed: { ok: toMenu },
  trouble: { ok: afterTrouble, cancel: afterTrouble },
  till_count: { ...amountKeys, ok: countTill, cancel: toMenu },
  settling: {
    settled: (state, { till }) => go(state, "till_result", { till }),
    broken,
  },
  till_result: { ok: () => go(OFF, "off"), cancel: toMenu },
};

const EVERYWHERE = { reset: () => go(OFF, "off") };
