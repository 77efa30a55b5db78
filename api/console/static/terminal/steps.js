/** 步骤 The steps of a business, from the first key to the last look before it is sent. Pure. */

import { BUSINESSES, FUNDING, cashOf } from "./businesses.js";
import { fenOf, typedOn } from "./money.js";
import { begun, go, menu, stay } from "./state.js";
import { send } from "./sending.js";

/** The next step of the business; after the last one it is sent. */
export function onward(state) {
  const [at, ...todo] = state.todo;
  if (at === undefined) return send(state);
  const entering = at === "payee_check" ? [{ do: "find_payee" }] : [];
  const priced = at === "cash_in" || at === "confirm" ? [{ do: "quote" }] : [];
  return go(state, at, { todo, typed: "", pin: at === "pin" ? 0 : state.pin }, [
    ...entering, ...priced,
  ]);
}

export const choose = (state, business) =>
  onward(begun(state, business, BUSINESSES[business].steps));

// ── amount and card ──────────────────────────────────────────────────────────────────────────

export const amountKeys = {
  digit: (state, { digit }) => stay(state, { typed: typedOn(state.typed, digit) }),
  clear: (state) => stay(state, { typed: "" }),
};

export function takeAmount(state) {
  const amount = fenOf(state.typed);
  if (!amount) return stay(state, { note: "amount_missing" });
  return onward({ ...state, draft: { ...state.draft, amount_fen: amount } });
}

export const takeCard = (state, { card }) => onward({ ...state, card });

export const takePayer = (state, { card }) =>
  onward({ ...state, draft: { ...state.draft, payer_name: card.name } });

// ── payee ────────────────────────────────────────────────────────────────────────────────────

/** The keys of a field of digits. */
export const typing = (limit) => ({
  digit: (state, { digit }) =>
    stay(state, /^\d+$/.test(digit) ? { typed: (state.typed + digit).slice(0, limit) } : {}),
  clear: (state) => stay(state, { typed: "" }),
});

export function takeSlip(state, { slip }) {
  const draft = { ...state.draft, payee_account_no: slip.account_no, payee_name: slip.name };
  return stay({ ...state, draft }, { typed: slip.account_no, slip: slip.tag });
}

export function takePayee(state) {
  if (!/^\d{5,20}$/.test(state.typed)) return stay(state, { note: "account_missing" });
  const isSlips = state.typed === state.draft.payee_account_no;
  const name = isSlips ? state.draft.payee_name : "";
  const draft = { ...state.draft, payee_account_no: state.typed, payee_name: name };
  return onward({ ...state, draft });
}

export const nameTyped = (state, { name }) =>
  stay(state, { draft: { ...state.draft, payee_name: name } });

export function confirmPayee(state) {
  if (!state.payee) return stay(state, {});
  if (!state.draft.payee_name) return stay(state, { note: "name_missing" });
  return onward(state);
}

// ── bill and original ────────────────────────────────────────────────────────────────────────

export const findBill = (state, { bill }) =>
  go(state, "bill", { typed: bill.bill_no, bill: null }, [{ do: "find_bill", bill }]);

export function billFound(state, { bill }) {
  const { biller_id, bill_no, amount_fen } = bill;
  return stay(state, { bill, draft: { ...state.draft, biller_id, bill_no, amount_fen } });
}

export const takeBill = (state) =>
  state.bill ? onward(state) : stay(state, { note: "bill_missing" });

export function takeFunding(state, { digit }) {
  const funding = { 1: "card", 2: "cash" }[digit];
  if (!funding) return [state, []];
  return onward({ ...state, todo: FUNDING[funding], draft: { ...state.draft, funding } });
}

export function takeOriginal(state) {
  if (!state.typed) return stay(state, { note: "trace_missing" });
  return onward({ ...state, draft: { ...state.draft, trace_no: state.typed.padStart(6, "0") } });
}

// ── PIN and banknotes ────────────────────────────────────────────────────────────────────────

export const takePin = (state) =>
  state.pin < 4 ? stay(state, { note: "pin_short" }) : onward(state);

export const wipePin = (state) => go(state, "pin", { pin: 0 }, [{ do: "forget_pin" }]);

/** What the customer owes or is owed in banknotes, fen. */
export function cashDue(state) {
  const fee = state.quote?.fee.charged_fen ?? 0;
  return cashOf(state) === "out" ? state.answer?.amount_fen ?? 0 : state.draft.amount_fen + fee;
}

export const takeCash = (state, { fen }) =>
  fen === cashDue(state) ? onward(state) : stay(state, { note: "cash_differs" });

export const payOut = (state, { fen }) =>
  fen === cashDue(state)
    ? go(state, "sign", {}, [{ do: "cash", way: "out" }])
    : stay(state, { note: fen > cashDue(state) ? "paid_too_much" : "paid_too_little" });

// ── 再试 after a refusal ─────────────────────────────────────────────────────────────────────

/** What can be put right is asked again; the card stays where it is. */
const AGAIN = {
  pin_wrong: "pin", amount_granularity: "amount", amount_limit: "amount", balance: "amount",
};

/** The steps to take again, null where nothing can be put right. */
export function againFrom(state) {
  const step = AGAIN[state.answer?.refusal?.check];
  const steps = BUSINESSES[state.business]?.steps ?? [];
  const from = steps.indexOf(step);
  return from < 0 ? null : steps.slice(from).filter((name) => name !== "card" || !state.card);
}

export function afterRefusal(state) {
  const todo = againFrom(state);
  return todo ? onward({ ...state, todo, answer: null, quote: null }) : menu(state);
}
