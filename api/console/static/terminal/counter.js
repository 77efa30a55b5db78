/**
 * 柜台 The driver: does what the state machine asks for, and tells what happened.
 *
 * Events of this target: "change" (draw again), "print" (detail: a receipt), "fact" (detail: what
 * really happened, for lessons). A fact never holds a card number or a PIN.
 */

import { Cash } from "./cash.js";
import { Errands } from "./errands.js";
import { next } from "./machine.js";
import { PinPad } from "./pinpad.js";
import { OFF } from "./state.js";
import { cashDue } from "./steps.js";
import { total } from "./till.js";

const KEYS = { ok: "ok", clear: "clear", cancel: "cancel" };

export class Counter extends EventTarget {
  state = OFF;
  cash = new Cash();
  /** The terminal that the next sign-in is for. */
  wanted = null;
  lastKey = null;
  lastPrint = null;
  #pins = new PinPad();
  #pinBy = null;
  #errands;

  /** `storage` keeps the keys of a reversal that waits: the tab's own. */
  constructor(bank, storage) {
    super();
    this.bank = bank;
    this.#errands = new Errands(this, storage);
  }

  // ── what people do ────────────────────────────────────────────────────────────────────────

  press(key) {
    const { at } = this.state;
    if (at === "pin" && /^\d+$/.test(key)) this.#pressPin(key);
    else if (key === "ok" && at === "pay_out") this.#payOut();
    else if (key === "ok" && at === "cash_in") this.#takeCash();
    else this.dispatch(KEYS[key] ? { type: KEYS[key] } : { type: "digit", digit: key });
  }

  choose(name, isChore) {
    this.dispatch(isChore ? { type: "chore", chore: name } : { type: "choose", business: name });
  }

  insert(card) {
    const { at } = this.state;
    this.dispatch({ type: "card", card });
    this.tell("card", { card: card.tag, product: card.product, at });
  }

  handSlip(slip) {
    this.dispatch({ type: "slip", slip });
    this.tell("slip", { slip: slip.tag });
  }

  handBill(bill) {
    this.dispatch({ type: "bill", bill });
  }

  /** The customer takes the keypad, enters the PIN, and gives it back. */
  customerEnters() {
    if (this.state.at !== "pin" || !this.state.card) return;
    this.#pins.enter(this.state.card.pin);
    this.#pinBy = "customer";
    this.dispatch({ type: "pin", length: this.#pins.length });
    this.tell("pin", { by: "customer" });
  }

  switchLine(line) {
    this.bank.line = line;
    this.tell("line", { line });
    this.#changed();
  }

  moveNote(worth, isBack) {
    if (this.state.at !== "pay_out") return;
    this.cash.move(worth, isBack);
    this.#changed();
  }

  judgeNote(worth, isRefused, isFake) {
    this.tell(this.cash.judge(worth, isRefused, isFake), { worth_fen: worth });
    this.#changed();
  }

  reset() {
    this.#forget();
    this.cash.reset();
    this.dispatch({ type: "reset" });
  }

  // ── the loop ──────────────────────────────────────────────────────────────────────────────

  dispatch(event) {
    const before = this.state;
    const [state, effects] = next(before, event);
    this.state = state;
    if (state.at !== before.at) this.#entered(before, event);
    if (event.type === "quoted" && state.at === "cash_in") this.#customerPays();
    for (const effect of effects) this.#perform(effect);
    this.#changed();
  }

  /** Tell a fact with all that stands around it. */
  tell(event, more = {}) {
    const detail = { event, ...around(this.state), ...more };
    this.dispatchEvent(new CustomEvent("fact", { detail }));
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  #entered(before, event) {
    const { at } = this.state;
    if (event.type === "cancel") this.tell("cancelled", around(before));
    if (before.at === "sign") this.tell("signed", around(before));
    if (at === "pin") this.#pinBy = null;
    if (at === "cash_in") this.#customerPays();
    this.tell("at");
  }

  #perform(effect) {
    const errands = this.#errands;
    const doing = {
      sign_in: () => errands.signIn(this.wanted),
      send: () => this.#send(effect),
      resend: () => errands.resend(),
      reverse: () => this.#reverse(effect.body),
      find_payee: () => errands.findPayee(),
      find_bill: () => errands.findBill(effect.bill),
      quote: () => errands.quote(),
      settle: () => errands.settle(effect.counted),
      print: () => this.#print({ answer: effect.answer, terminal: this.state.terminal }),
      print_again: () => this.lastPrint && this.#print({ ...this.lastPrint, isAgain: true }),
      forget_pin: () => this.#forget(),
      remember: () => errands.remember(effect.pending),
      cash: () => this.#moveCash(effect.way),
      cash_returned: () => this.#cashReturned(),
    };
    doing[effect.do]();
  }

  #send(effect) {
    this.lastKey = keyIn(effect.body);
    this.tell("sent");
    this.#errands.send(effect, effect.pin ? this.#pins.take() : null);
  }

  #reverse(body) {
    this.lastKey = keyIn({ ...body, ...body.original });
    this.#errands.reverse(body);
  }

  // ── PIN, banknotes, paper ────────────────────────────────────────────────────────────────

  #pressPin(key) {
    this.#pins.press(key);
    if (this.#pinBy !== "keypad") this.tell("pin", { by: "keypad" });
    this.#pinBy = "keypad";
    this.dispatch({ type: "pin", length: this.#pins.length });
  }

  #forget() {
    this.#pins.wipe();
    this.#errands.forget();
  }

  #customerPays() {
    this.cash.bring(cashDue(this.state));
    this.#changed();
  }

  #takeCash() {
    const { counter, fakes } = this.cash;
    if (total(fakes) > 0) this.tell("fake_accepted", { worth_fen: total(fakes) });
    this.dispatch({ type: "counted", fen: total(counter) });
  }

  /** An empty counter is filled by the first press; the second one hands it over. */
  #payOut() {
    const due = cashDue(this.state);
    const paid = total(this.cash.counter);
    if (paid === 0) {
      if (this.cash.countOut(due)) this.#changed();
      else this.dispatch({ type: "drawer_short" });
      return;
    }
    if (paid !== due) this.tell("paid_wrong", { paid_fen: paid, due_fen: due });
    this.dispatch({ type: "paid", fen: paid });
  }

  #moveCash(way) {
    if (way === "out") {
      this.tell("paid", { paid_fen: total(this.cash.counter) });
      this.cash.handOver(this.state.key.trace_no);
    }
    if (way === "in") this.cash.takeIn();
    if (way === "back") this.cash.clear();
    if (way === "drawer") this.cash.putBack();
    if (way === "float") this.cash.open();
  }

  #cashReturned() {
    const paid_fen = this.cash.comesBack(this.state.draft.trace_no);
    if (paid_fen) this.tell("cash_returned", { paid_fen });
  }

  #print(receipt) {
    this.lastPrint = receipt;
    this.dispatchEvent(new CustomEvent("print", { detail: receipt }));
  }
}

function around({ at, business, card, slip, draft, answer }) {
  return {
    at, business, card: card?.tag ?? null, product: card?.product ?? null, slip,
    amount_fen: draft.amount_fen ?? answer?.amount_fen ?? null, funding: draft.funding ?? null,
  };
}

const keyIn = ({ terminal_id, batch_no, trace_no }) => ({ terminal_id, batch_no, trace_no });
