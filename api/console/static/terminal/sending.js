/**
 * 收发 What the terminal does between the last step and the bank's answer, and when none comes: the
 * same key again, then the reversal, until the bank confirms it. Pure: [state, effects].
 */

import { BUSINESSES, cashOf, wantsPin } from "./businesses.js";
import { OFF, go, menu } from "./state.js";

export const SENDS_MAX = 3;
/** A reversal answered so is done: taken back, never seen (and buried), or nothing to take back. */
const REVERSAL_DONE = ["00", "25", "12"];

const forgetPin = { do: "forget_pin" };
const cashBack = { do: "cash", way: "back" };

const keyOf = (state, trace) => ({
  terminal_id: state.terminal.terminal_id, batch_no: state.batch,
  trace_no: String(trace).padStart(6, "0"),
});

export function send(state) {
  const { path, body } = BUSINESSES[state.business];
  const key = keyOf(state, state.trace + 1);
  const entry = state.card ? { entry_mode: "chip" } : {};
  return go(state, "sending", { key, trace: state.trace + 1, attempt: 1 }, [
    { do: "send", path, body: { ...key, ...body(state), ...entry }, pin: wantsPin(state) },
  ]);
}

/** No answer: the same key again, and after the last try the reversal, until it is confirmed. */
export function unanswered(state) {
  const isReversal = state.business === "reversal";
  if (state.attempt < SENDS_MAX || isReversal) {
    return go(state, "resending", { attempt: state.attempt + 1 }, [{ do: "resend" }]);
  }
  if (state.business === "balance_inquiry") {
    return go(state, "trouble", { problem: { type: "no-answer" }, pin: 0 }, [forgetPin]);
  }
  return reverse({ ...state, pin: 0 }, "timeout");
}

function reverse(state, reason) {
  const pending = {
    ...keyOf(state, state.trace + 1), reason,
    original: { batch_no: state.key.batch_no, trace_no: state.key.trace_no },
  };
  return go(state, "reversing", { pending, trace: state.trace + 1, attempt: 1 }, [
    forgetPin, { do: "remember", pending }, { do: "reverse", body: pending },
  ]);
}

/** 付不出现金 Approved, but the banknotes cannot be paid: the bank has to take it back. */
export function cannotPay(state) {
  const [reversing, effects] = reverse(state, "other");
  return [reversing, [{ do: "cash", way: "drawer" }, ...effects]];
}

export function reverseAgain(state) {
  return go(state, "reversing", { attempt: state.attempt + 1 }, [
    { do: "reverse", body: state.pending },
  ]);
}

/** The reversal's own key was taken: it goes out under the next one. Anything else is trouble. */
export function reversalBroken(state, { problem }) {
  if (problem.status !== 409) return broken(state, { problem });
  return reverse({ ...state, key: { ...state.pending.original } }, state.pending.reason);
}

export function reversalAnswered(state, { answer }) {
  if (!REVERSAL_DONE.includes(answer.response_code)) {
    return go(state, "trouble", { problem: { type: "reversal-refused", answer } });
  }
  // Where the bank had never seen it there is nothing that a paper could prove.
  const paper = answer.response_code === "00" ? [{ do: "print", answer }] : [];
  return go(state, "reversed", { answer, pending: null }, [
    { do: "remember", pending: null }, cashBack, ...paper,
  ]);
}

export function answered(state, { answer }) {
  if (answer.status === "declined") {
    return go(state, "refused", { answer, pin: 0 }, [forgetPin, cashBack]);
  }
  const at = state.business === "balance_inquiry" ? "balance"
    : cashOf(state) === "out" ? "pay_out" : "sign";
  const cash = cashOf(state) === "in" ? [{ do: "cash", way: "in" }] : [];
  const back = state.business === "reversal" ? [{ do: "cash_returned", answer }] : [];
  return go(state, at, { answer, pin: 0 }, [forgetPin, ...cash, ...back, { do: "print", answer }]);
}

/** The bank said that nothing was done, and why the message itself was wrong. */
export function broken(state, { problem }) {
  return go(state, "trouble", { problem, pin: 0 }, [forgetPin, cashBack]);
}

/** A reversal that is not confirmed comes before everything else. */
export const afterTrouble = (state) => (state.pending ? reverseAgain(state) : menu(state));

/** At a full drawer, under a new batch; a reversal that was never confirmed goes out first. */
export function signedIn(_state, { terminal, batch, pending }) {
  const fresh = { ...OFF, terminal, batch, pending };
  const float = { do: "cash", way: "float" };
  if (!pending) return go(fresh, "menu", {}, [float]);
  return go(fresh, "reversing", { attempt: 1 }, [float, { do: "reverse", body: pending }]);
}
