/** 现金 Banknotes in the drawer and on the counter, and which of them are counterfeit. */

import { EMPTY, FLOAT, minus, notesFor, plus, total } from "./till.js";

export class Cash {
  drawer = FLOAT;
  /** On the counter: going out, or what the customer put there. */
  counter = EMPTY;
  /** Counterfeits among the notes on the counter, and those that a lesson lets customers bring. */
  fakes = EMPTY;
  planted = EMPTY;
  #paid = new Map();

  /** 备付 The day begins with a full drawer. */
  open() {
    this.drawer = FLOAT;
    this.#paid.clear();
    this.clear();
  }

  reset() {
    this.planted = EMPTY;
    this.open();
  }

  clear() {
    this.counter = EMPTY;
    this.fakes = EMPTY;
  }

  /** The customer puts the amount on the counter, planted counterfeits among it. */
  bring(amount) {
    if (total(this.counter) === amount) return;
    this.counter = notesFor(amount);
    const most = ([worth, count]) => [worth, Math.min(count, this.counter[worth] ?? 0)];
    this.fakes = Object.fromEntries(
      Object.entries(this.planted).map(most).filter(([, count]) => count > 0),
    );
  }

  /** Move one note between drawer and counter. */
  move(worth, isBack) {
    const note = { [worth]: 1 };
    const [from, to] = isBack ? [this.counter, this.drawer] : [this.drawer, this.counter];
    if (!from[worth]) return;
    const [less, more] = [minus(from, note), plus(to, note)];
    [this.counter, this.drawer] = isBack ? [less, more] : [more, less];
  }

  /** Count an amount out of the drawer; false where its notes cannot make it. */
  countOut(amount) {
    const notes = notesFor(amount, this.drawer);
    if (!notes) return false;
    this.drawer = minus(this.drawer, notes);
    this.counter = notes;
    return true;
  }

  /** One note is judged. A counterfeit given back is replaced by a good one. */
  judge(worth, isRefused, isFake) {
    if (isRefused && isFake) this.fakes = minus(this.fakes, { [worth]: 1 });
    if (isRefused) return isFake ? "fake_returned" : "good_refused";
    return isFake ? "fake_missed" : "good_kept";
  }

  /** What was counted out is not paid: it goes back into the drawer. */
  putBack() {
    this.drawer = plus(this.drawer, this.counter);
    this.clear();
  }

  takeIn() {
    this.drawer = plus(this.drawer, this.counter);
    this.clear();
  }

  handOver(trace_no) {
    this.#paid.set(trace_no, this.counter);
    this.clear();
  }

  /** A payment that was reversed comes back; return how much it was, fen. */
  comesBack(trace_no) {
    const notes = this.#paid.get(trace_no) ?? EMPTY;
    this.drawer = plus(this.drawer, notes);
    this.#paid.delete(trace_no);
    return total(notes);
  }
}
