/** <truth-panel> What the terminal believes beside what the bank's books say about the same key. */

import { h } from "./h.js";
import { yuan } from "./money.js";
import { inLanguage } from "./screens.js";

const STATUS = {
  approved: ["已入账", "posted"], declined: ["已拒绝，没有动账", "declined, nothing moved"],
  held: ["已受理，款项暂存", "accepted, money waits"], reversed: ["已冲正，钱已退回", "reversed, money is back"],
};
const BELIEF = {
  sending: ["还在等应答", "waiting for the answer"], resending: ["没有收到应答，正在重发", "no answer, sending again"],
  reversing: ["没有收到应答，正在冲正", "no answer, reversing"], reversed: ["已冲正", "reversed"],
  refused: ["被拒绝", "declined"], pay_out: ["成功，该付现金", "approved, cash is due"],
  sign: ["成功", "approved"], balance: ["成功", "approved"], trouble: ["不知道", "does not know"],
};
const WATCHED = Object.keys(BELIEF);

class TruthPanel extends HTMLElement {
  attach(counter, lang) {
    this.counter = counter;
    this.lang = lang;
    this.w = inLanguage(lang);
    this.body = h("div", { class: "truth-body", role: "status" }, h("p", { class: "muted" }, this.w(
      "办一笔业务，这里显示银行账上真正发生了什么。", "Do a transaction: here stands what really happened in the books.")));
    this.replaceChildren(
      h("header", {}, h("h2", {}, this.w("真相 · 银行账上", "The truth · the bank's books")),
        h("button", { type: "button", class: "soft small", onclick: () => this.look(true) }, this.w("看一看", "Look"))),
      this.body);
    let before = "";
    counter.addEventListener("change", () => {
      const now = `${counter.state.at} ${counter.lastKey?.trace_no} ${counter.state.attempt}`;
      if (now !== before && WATCHED.includes(counter.state.at)) this.look(false);
      before = now;
    });
  }

  async look(isAsked) {
    const { lastKey, state, bank } = this.counter;
    if (!lastKey) return;
    const truth = await bank.truth(lastKey).catch(() => null);
    if (!truth) return;
    this.#show(lastKey, state.at, truth);
    if (isAsked) this.counter.tell("truth", { status: truth.status, seen: truth.seen, tombstoned: truth.tombstoned, ...lastKey });
  }

  #show(key, at, truth) {
    const { w } = this;
    const belief = BELIEF[at] ?? ["—", "—"];
    const books = truth.seen ? w(...(STATUS[truth.status] ?? [truth.status, truth.status]))
      : truth.tombstoned ? w("没有收到过，已登记不再受理", "never seen, and buried") : w("没有收到过", "never seen");
    // What was reversed moved no banknotes, taken together.
    const till = truth.status === "reversed" ? 0 : truth.till_delta_fen;
    const [zh, en] = truth.advice.split(" · ");
    this.body.dataset.status = truth.status ?? (truth.tombstoned ? "tombstoned" : "unseen");
    this.body.replaceChildren(
      h("dl", { class: "two" },
        h("div", {}, h("dt", {}, w("终端以为", "The terminal believes")), h("dd", {}, w(...belief))),
        h("div", {}, h("dt", {}, w("银行账上", "The books say")), h("dd", { class: "books" }, books))),
      h("p", { class: "advice" }, w(zh, en ?? zh)),
      h("p", { class: "muted" }, w("流水号 ", "Trace "), `${key.batch_no}/${key.trace_no} · `,
        w("钱箱账面 ", "Till by the books "), `${till > 0 ? "+" : ""}${yuan(till)}`),
      truth.postings.length ? h("details", {}, h("summary", {}, w("分录", "Postings")),
        h("table", {}, truth.postings.map((leg) => h("tr", {},
          h("td", {}, leg.side === "debit" ? w("借", "Dr") : w("贷", "Cr")), h("td", {}, leg.account_no || leg.kind),
          h("td", { class: "number" }, yuan(leg.amount_fen)))))) : "");
  }
}

customElements.define("truth-panel", TruthPanel);
