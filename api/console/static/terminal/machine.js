/**
 * 终端状态机 The terminal as a pure function: next(state, event) gives [state, effects].
 *
 * Nothing here touches page, network or clock, and no digit of a PIN ever comes here: the machine
 * knows only how many were typed. Effects are what the driver has to do: send, resend, reverse,
 * look something up, print, move banknotes, remember a reversal that is not confirmed yet.
 */

import { BUSINESSES, CHORES } from "./businesses.js";
import { fenOf } from "./money.js";
import { OFF, cancel, go, stay, toMenu } from "./state.js";
import { afterTrouble, answered, broken, cannotPay, reversalAnswered, reversalBroken, reverseAgain, signedIn, unanswered } from "./sending.js";
import { afterRefusal, amountKeys, billFound, choose, confirmPayee, findBill, nameTyped, onward, payOut, takeAmount, takeBill, takeCard, takeCash, takeFunding, takeOriginal, takePayee, takePayer, takePin, takeSlip, typing, wipePin } from "./steps.js";

export function next(state, event) {
  const handler = STATES[state.at]?.[event.type] ?? EVERYWHERE[event.type];
  return handler ? handler(state, event) : [state, []];
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

function countTill(state) {
  const counted = fenOf(state.typed);
  if (counted === null) return stay(state, { note: "amount_missing" });
  return go(state, "settling", {}, [{ do: "settle", counted }]);
}

const quoted = (state, { quote }) => stay(state, { quote, note: state.note });

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
  },
  amount: { ...amountKeys, ok: takeAmount, cancel },
  card: { card: takeCard, cancel },
  payer: { card: takePayer, cancel },
  payee: { ...typing(20), slip: takeSlip, ok: takePayee, cancel },
  payee_check: {
    payee_found: (state, { payee }) => stay(state, { payee }),
    name: nameTyped, broken, ok: confirmPayee, cancel,
  },
  bill: { bill: findBill, bill_found: billFound, broken, ok: takeBill, cancel },
  funding: { digit: takeFunding, cancel },
  original: { ...typing(6), ok: takeOriginal, cancel },
  cash_in: { quoted, counted: takeCash, cancel },
  pin: {
    pin: (state, { length }) => stay(state, { pin: length }),
    clear: wipePin, ok: takePin, cancel,
  },
  confirm: { quoted, ok: onward, cancel },
  sending: { answered, unanswered, broken },
  resending: { answered, unanswered, broken },
  reversing: { answered: reversalAnswered, unanswered: reverseAgain, broken: reversalBroken },
  pay_out: {
    paid: payOut, cancel: cannotPay,
    drawer_short: (state) => stay(state, { note: "drawer_short" }),
  },
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
