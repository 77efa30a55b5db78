/**
 * 差事 What the counter asks the bank: sign-in, transactions, reversals, and what it looks up.
 *
 * A PIN travels inside the closure of one request and nowhere else, and is gone with its answer.
 */

import { Broken, Unanswered } from "./bank.js";
import { freshBatch, settle } from "./books.js";
import { Memory } from "./memory.js";

const ASKING = ["sending", "resending", "reversing"];

export class Errands {
  /** Pause before the same key goes out again, milliseconds. */
  pause = 1200;
  #counter;
  #memory;
  #sealed = null;

  constructor(counter, storage) {
    this.#counter = counter;
    this.#memory = new Memory(storage);
  }

  get #bank() { return this.#counter.bank; }

  get #state() { return this.#counter.state; }

  async signIn({ terminal_id }) {
    const bank = this.#bank;
    await this.#asking(async () => {
      const terminal = await bank.get(`/v1/terminals/${terminal_id}`);
      const point = await bank.get(`/v1/service-points/${terminal.service_point_id}`);
      const batch = await freshBatch(bank, terminal_id);
      const pending = this.#memory.reversalOf(terminal_id);
      return { type: "signed_in", terminal: { ...terminal, point }, batch, pending };
    });
    if (this.#state.terminal) this.#counter.tell("signed_in");
  }

  // ── transactions ──────────────────────────────────────────────────────────────────────────

  send({ path, body }, pin) {
    const sealed = pin === null ? body : { ...body, pin };
    this.#sealed = () => this.#bank.post(path, sealed);
    this.#await(this.#sealed);
  }

  async resend() {
    const sealed = this.#sealed;
    await this.#wait();
    if (sealed && sealed === this.#sealed) this.#await(sealed);
  }

  async reverse(body) {
    if (this.#state.attempt > 1) await this.#wait();
    if (this.#state.pending === body) this.#await(() => this.#bank.post("/v1/reversals", body));
  }

  remember(pending) { this.#memory.keep(pending); }

  forget() { this.#sealed = null; }

  async #await(call) {
    const isReversal = this.#state.at === "reversing";
    const event = await outcomeOf(call);
    if (!ASKING.includes(this.#state.at)) return;
    this.#counter.dispatch(event);
    if (event.type === "unanswered") {
      this.#counter.tell("unanswered", { attempt: this.#state.attempt });
    }
    if (event.type === "answered") {
      this.#counter.tell(isReversal ? "reversed" : "answer", factsOf(event.answer));
    }
  }

  #wait() {
    return new Promise((done) => { setTimeout(done, this.pause); });
  }

  // ── beside the transactions ───────────────────────────────────────────────────────────────

  /** What goes wrong is told to the machine. */
  async #asking(call) {
    try {
      this.#counter.dispatch(await call());
    } catch (error) {
      this.#counter.dispatch({ type: "broken", problem: problemOf(error) });
    }
  }

  findPayee() {
    const { payee_account_no } = this.#state.draft;
    return this.#asking(async () => ({
      type: "payee_found", payee: await this.#bank.get(`/v1/payees/${payee_account_no}`),
    }));
  }

  findBill({ biller_id, bill_no, title }) {
    return this.#asking(async () => {
      const found = await this.#bank.get(`/v1/billers/${biller_id}/bills/${bill_no}`);
      return { type: "bill_found", bill: { ...found, biller_name: title } };
    });
  }

  /** A quote is a courtesy: without one the answer tells the fee. */
  async quote() {
    const { business, card, draft, terminal, payee } = this.#state;
    if (business === "reversal") return;
    const quote = await this.#bank.post("/v1/fee-quotes", {
      business, terminal_kind: terminal.kind, acquirer_bank_id: terminal.bank_id, region: "local",
      card_bank_id: card?.bank_id ?? null, card_product: card?.product ?? null,
      amount_fen: draft.amount_fen, ...(payee ? { payee_bank_id: payee.bank_id } : {}),
    }).catch(() => null);
    if (quote && this.#state.business === business) this.#counter.dispatch({ type: "quoted", quote });
  }

  settle(counted) {
    return this.#asking(async () => {
      const till = await settle(this.#bank, this.#state, counted);
      this.#counter.tell("settled", { difference_fen: till.difference_fen });
      return { type: "settled", till };
    });
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

const factsOf = (answer) => ({
  batch_no: answer.batch_no, trace_no: answer.trace_no,
  business: answer.business, code: answer.response_code, status: answer.status,
  check: answer.refusal?.check ?? null, amount_fen: answer.amount_fen,
  fee_fen: answer.fee.charged_fen, waived_fen: answer.fee.waived_fen,
});

function problemOf(error) {
  if (error instanceof Broken) return error.problem;
  if (error instanceof Unanswered) return { type: "no-line" };
  throw error;
}
