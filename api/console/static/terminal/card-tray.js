/** <card-tray> What the customer brings: cards, and at the right moment payee slips or bills. */

import { h, redraw } from "./h.js";
import { bankName } from "./receipt.js";
import { inLanguage } from "./screens.js";

const SHOWN_AT = { payee: "slips", bill: "bills" };
const WANTED_AT = ["card", "payer", "payee", "bill"];
const ARROWS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

class CardTray extends HTMLElement {
  attach(counter, lang) {
    this.counter = counter;
    this.w = inLanguage(lang);
    this.things = { cards: [], slips: [], bills: [] };
    this.only = null;
    this.showsPins = false;
    this.head = h("h2", {});
    this.list = h("div", { class: "things", tabindex: "0", role: "region", "aria-label": this.w("客户带来的东西", "What the customer brings") });
    const pins = h("button", { type: "button", class: "soft small", "aria-pressed": "false", onclick: () => {
      this.showsPins = !this.showsPins;
      pins.setAttribute("aria-pressed", String(this.showsPins));
      this.draw();
    } }, this.w("教员看密码", "Trainer: show PINs"));
    this.replaceChildren(h("header", {}, this.head, pins), this.list);
    counter.addEventListener("change", () => this.draw());
    document.addEventListener("keydown", (event) => this.#arrow(event));
  }

  /** The arrow keys go through what the terminal waits for. */
  #arrow(event) {
    const step = ARROWS[event.key];
    if (!step || !this.classList.contains("wanted") || event.target.closest?.("select, input, dialog")) return;
    const things = [...this.list.children];
    const from = things.indexOf(document.activeElement);
    const to = from < 0 ? 0 : Math.min(Math.max(from + step, 0), things.length - 1);
    things[to]?.focus();
    event.preventDefault();
  }

  /** Lay these things out; a lesson shows only some of them. */
  lay(things, only = null) {
    this.things = things;
    this.only = only;
    delete this.list.dataset.drawn;
    this.draw();
  }

  draw() {
    const kind = SHOWN_AT[this.counter.state.at] ?? "cards";
    this.classList.toggle("wanted", WANTED_AT.includes(this.counter.state.at));
    this.head.textContent = {
      cards: this.w("客户的卡", "Customers' cards"), slips: this.w("收款人纸条", "Payee slips"),
      bills: this.w("缴费单", "Bills"),
    }[kind];
    const shown = this.things[kind].filter(({ tag }) => !this.only?.[kind] || this.only[kind].includes(tag));
    const inside = this.counter.state.card?.tag;
    redraw(this.list, [kind, shown.map(({ tag }) => tag), inside, this.showsPins], () => shown.map((thing) => this[kind](thing, inside)));
  }

  /** Whose card it is takes a line of its own; without a holder the number stands with the bank. */
  #whose({ bank_id, card_no, person }) {
    const [bank, ...rest] = [bankName(bank_id, this.w), card_no.slice(-4), person].filter(Boolean).map((text) => h("span", {}, text));
    return person ? [bank, h("span", { class: "whose" }, rest)] : h("span", { class: "whose" }, bank, rest);
  }

  cards(card, inside) {
    return h("button", {
      type: "button", class: `plastic ${card.is_magic ? "magic" : ""}`, "data-tag": card.tag, "data-product": card.product,
      "aria-pressed": card.tag === inside ? "true" : "false", onclick: () => this.counter.insert(card),
    },
      h("b", {}, card.title), this.#whose(card),
      this.showsPins ? h("span", { class: "pin-shown" }, this.w("密码 ", "PIN "), card.pin) : null,
      h("small", {}, card.teaches));
  }

  slips(slip) {
    return h("button", { type: "button", class: "slip", "data-tag": slip.tag, onclick: () => this.counter.handSlip(slip) },
      h("small", {}, slip.title), h("b", {}, slip.name), h("span", {}, slip.account_no));
  }

  bills(bill) {
    return h("button", { type: "button", class: "slip bill", "data-tag": bill.tag, onclick: () => this.counter.handBill(bill) },
      h("small", {}, this.w("缴费通知单", "Bill")), h("b", {}, bill.title), h("span", {}, bill.bill_no));
  }
}

customElements.define("card-tray", CardTray);
