/** 状态 The state of a terminal, and the few ways in which it changes. Pure, like all that uses it. */

const BLANK = Object.freeze({
  business: null, todo: [], draft: {}, typed: "", pin: 0, card: null, slip: null, payee: null,
  bill: null, quote: null, key: null, attempt: 0, answer: null, problem: null, note: null,
});

export const OFF = Object.freeze({
  ...BLANK, at: "off", terminal: null, batch: null, trace: 0, pending: null, till: null,
});

/** Go to a screen; what is noted on the one before stays there. */
export function go(state, at, changes = {}, effects = []) {
  return [{ ...state, note: null, ...changes, at }, effects];
}

export const stay = (state, changes) => go(state, state.at, changes);

/** Back to the menu, with nothing left of the customer before. */
export const menu = (state, effects = []) =>
  go(state, "menu", BLANK, [{ do: "forget_pin" }, ...effects]);

export const toMenu = (state) => menu(state);

/** Cancelled before anything was sent: what lies on the counter goes back to whom it belongs. */
export const cancel = (state) => menu(state, [{ do: "cash", way: "back" }]);

export const begun = (state, business, steps) => ({ ...state, ...BLANK, business, todo: steps });
