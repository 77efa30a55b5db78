/**
 * 柜台 The driver: does what the state machine asks for, and tells what happened.
 *
 * Events of this target: "change" (draw again), "print" (detail: a receipt), "fact" (detail: what
 * really happened, for lessons). A fact never holds a card number or a PIN.
 */

import { Broken, Unanswered } from "./bank.js";
import { freshBatch, settle } from "./books.js";
import { Cash } from "./cash.js";
import { OFF, cashDue, next } from "./machine.js";
import { PinPad } from "./pinpad.js";
import { total } from "./till.js";

const ASKING = ["sending", "resending", "reversing"];
const KEYS = { ok: "ok", clear: "clear", cancel: "cancel" };

export class Counter extends EventTarget {
  state = OFF;
  cash = new Cash();
  /** The terminal that the next sign-in is for. */
  wanted = null;
  lastKey = null;
  lastPrint = null;
  /** Pause before the same key goes out again, milliseconds. */
  pause = 1200;
  #pins = new PinPad();
  #pinBy = null;
  #sealed = null;
  #memory;

  /** `memory` keeps the keys of a reversal that waits: the tab's own storage. */
  constructor(bank, memory) {
    super();
    this.bank = bank;
    this.#memory = memory;
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
    this.#pins.wipe();
    this.#sealed = null;
    this.cash.reset();
    this.dispatch({ type: "reset" });
  }

  // ── the loop ──────────────────────────────────────────────────────────────────────────────

  dispatch(event) {
    const before = this.state;
    const [state, effects] = next(before, event);
    this.state = state;
    if (state.at !== before.at) this.#entered(before, event);
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
    const doing = {
      sign_in: () => this.#signIn(),
      send: () => this.#send(effect),
      resend: () => this.#resend(),
      reverse: () => this.#reverse(effect.body),
      find_payee: () => this.#findPayee(),
      find_bill: () => this.#findBill(effect.bill),
      quote: () => this.#quote(),
      settle: () => this.#settle(effect.counted),
      print: () => this.#print({ answer: effect.answer, terminal: this.state.terminal }),
      print_again: () => this.lastPrint && this.#print(this.lastPrint),
      forget_pin: () => this.#forget(),
      remember: () => this.#remember(effect.pending),
      cash: () => this.#moveCash(effect.way),
      cash_returned: () => this.#cashReturned(),
    };
    doing[effect.do]();
  }

  // ── the bank ──────────────────────────────────────────────────────────────────────────────

  async #signIn() {
    const { terminal_id } = this.wanted;
    await this.#asking(async () => {
      const terminal = await this.bank.get(`/v1/terminals/${terminal_id}`);
      const point = await this.bank.get(`/v1/service-points/${terminal.service_point_id}`);
      const batch = await freshBatch(this.bank, terminal_id);
      const pending = this.#remembered(terminal_id);
      return { type: "signed_in", terminal: { ...terminal, point }, batch, trace: 0, pending };
    });
    if (this.state.terminal) this.tell("signed_in");
  }

  #send({ path, body, pin }) {
    // The PIN travels inside this closure and nowhere else, and is gone with the answer.
    const sealed = pin ? { ...body, pin: this.#pins.take() } : body;
    this.#sealed = () => this.bank.post(path, sealed);
    this.lastKey = keyIn(body);
    this.tell("sent");
    this.#await(this.#sealed);
  }

  async #resend() {
    const sealed = this.#sealed;
    await this.#wait();
    if (sealed && sealed === this.#sealed) this.#await(sealed);
  }

  async #reverse(body) {
    this.lastKey = keyIn({ ...body, ...body.original });
    if (this.state.attempt > 1) await this.#wait();
    if (this.state.pending === body) this.#await(() => this.bank.post("/v1/reversals", body));
  }

  async #await(call) {
    const isReversal = this.state.at === "reversing";
    const event = await outcomeOf(call);
    if (!ASKING.includes(this.state.at)) return;
    this.dispatch(event);
    if (event.type === "unanswered") this.tell("unanswered", { attempt: this.state.attempt });
    if (event.type === "answered") {
      this.tell(isReversal ? "reversed" : "answer", factsOf(event.answer));
    }
  }

  #wait() {
    return new Promise((done) => { setTimeout(done, this.pause); });
  }

  /** Ask something beside the transactions; what goes wrong is told to the machine. */
  async #asking(call) {
    try {
      this.dispatch(await call());
    } catch (error) {
      this.dispatch({ type: "broken", problem: problemOf(error) });
    }
  }

  #findPayee() {
    const { payee_account_no } = this.state.draft;
    return this.#asking(async () => ({
      type: "payee_found", payee: await this.bank.get(`/v1/payees/${payee_account_no}`),
    }));
  }

  #findBill({ biller_id, bill_no, title }) {
    return this.#asking(async () => {
      const found = await this.bank.get(`/v1/billers/${biller_id}/bills/${bill_no}`);
      return { type: "bill_found", bill: { ...found, biller_name: title } };
    });
  }

  /** A quote is a courtesy: without one the answer tells the fee. */
  async #quote() {
    const { business, card, draft, terminal, payee } = this.state;
    if (business === "reversal") return;
    const quote = await this.bank.post("/v1/fee-quotes", {
      business, terminal_kind: terminal.kind, acquirer_bank_id: terminal.bank_id, region: "local",
      card_bank_id: card?.bank_id ?? null, card_product: card?.product ?? null,
      amount_fen: draft.amount_fen, ...(payee ? { payee_bank_id: payee.bank_id } : {}),
    }).catch(() => null);
    if (!quote || this.state.business !== business) return;
    this.dispatch({ type: "quoted", quote });
    if (this.state.at === "cash_in") this.#customerPays();
  }

  #settle(counted) {
    return this.#asking(async () => {
      const till = await settle(this.bank, this.state, counted);
      this.tell("settled", { difference_fen: till.difference_fen });
      return { type: "settled", till };
    });
  }

  // ── PIN, banknotes, paper, memory ─────────────────────────────────────────────────────────

  #pressPin(key) {
    this.#pins.press(key);
    if (this.#pinBy !== "keypad") this.tell("pin", { by: "keypad" });
    this.#pinBy = "keypad";
    this.dispatch({ type: "pin", length: this.#pins.length });
  }

  #forget() {
    this.#pins.wipe();
    this.#sealed = null;
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
    if (paid === 0 && this.cash.countOut(due)) {
      this.#changed();
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
  }

  #cashReturned() {
    const paid_fen = this.cash.comesBack(this.state.draft.trace_no);
    if (paid_fen) this.tell("cash_returned", { paid_fen });
  }

  #print(receipt) {
    this.lastPrint = receipt;
    this.dispatchEvent(new CustomEvent("print", { detail: receipt }));
  }

  #remember(pending) {
    if (pending) this.#memory?.setItem("reversal", JSON.stringify(pending));
    else this.#memory?.removeItem("reversal");
  }

  #remembered(terminal_id) {
    const pending = JSON.parse(this.#memory?.getItem("reversal") ?? "null");
    return pending?.terminal_id === terminal_id ? pending : null;
  }
}

async function outcomeOf(call) {
  try {
    return { type: "answered", answer: await call() };
  } catch (error) {
    if (error instanceof Broken) return { type: "broken", problem: error.problem };
    if (error instanceof Unanswered) return { type: "unanswered" };
    throw error;
  }
}

function around({ at, business, card, slip, draft, answer }) {
  return {
    at, business, card: card?.tag ?? null, product: card?.product ?? null, slip,
    amount_fen: draft.amount_fen ?? answer?.amount_fen ?? null, funding: draft.funding ?? null,
  };
}

const factsOf = (answer) => ({
  business: answer.business, code: answer.response_code, status: answer.status,
  check: answer.refusal?.check ?? null, amount_fen: answer.amount_fen,
  fee_fen: answer.fee.charged_fen, waived_fen: answer.fee.waived_fen,
  batch_no: answer.batch_no, trace_no: answer.trace_no,
});

const keyIn = ({ terminal_id, batch_no, trace_no }) => ({ terminal_id, batch_no, trace_no });

function problemOf(error) {
  if (error instanceof Broken) return error.problem;
  if (error instanceof Unanswered) return { type: "no-line" };
  throw error;
}
