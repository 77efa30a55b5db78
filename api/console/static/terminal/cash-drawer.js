/** <cash-drawer> Banknotes in the drawer and on the counter; each one can be looked at. */

import { h, redraw } from "./h.js";
import { yuan } from "./money.js";
import { inLanguage } from "./screens.js";
import { DENOMINATIONS, total } from "./till.js";

/** What one looks at, and what is seen on a good and on a counterfeit note. */
const CHECKS = [
  [["迎光看水印", "Watermark"], ["清楚，有层次", "clear and deep"], ["模糊，像印上去的", "blurred, as if printed"]],
  [["看安全线", "Thread"], ["连续，晃动变色", "whole, changes color"], ["断开，不变色", "broken, no change"]],
  [["摸凹凸", "Raised print"], ["头像、行名有凹凸感", "can be felt"], ["光滑", "smooth"]],
  [["转动看数字", "Tilt"], ["面额数字变色", "the number changes color"], ["不变色", "no change"]],
];

export const nameOf = (worth, w) =>
  worth >= 100 ? w(`${worth / 100} 元`, `${worth / 100} yuan`) : worth >= 10 ? w(`${worth / 10} 角`, `${worth / 10} jiao`) : w("1 分", "1 fen");

class CashDrawer extends HTMLElement {
  attach(counter, lang) {
    this.counter = counter;
    this.w = inLanguage(lang);
    this.onCounter = h("div", { class: "on-counter" });
    this.inDrawer = h("div", { class: "in-drawer" });
    this.look = h("dialog", { class: "look", "aria-label": this.w("看一张钞票", "Look at a note") });
    this.replaceChildren(this.onCounter, this.inDrawer, this.look);
    counter.addEventListener("change", () => this.draw());
    this.draw();
  }

  draw() {
    const { cash, state } = this.counter;
    const isPaying = state.at === "pay_out";
    const isTaking = state.at === "cash_in";
    this.classList.toggle("wanted", isPaying || isTaking);
    redraw(this.onCounter, [cash.counter, isPaying, isTaking], () => this.#counterParts(cash, isPaying, isTaking));
    redraw(this.inDrawer, [cash.drawer, isPaying], () => this.#drawerParts(cash, isPaying));
  }

  #counterParts({ counter }, isPaying, isTaking) {
    const { w } = this;
    const notes = DENOMINATIONS.flatMap((worth) => Array.from({ length: counter[worth] ?? 0 }, (_, place) => [worth, place]));
    const act = (worth, place) => (isPaying ? this.counter.moveNote(worth, true) : this.#open(worth, place));
    return [
      h("h2", {}, w("柜台", "Counter"), h("span", { class: "sum" }, `¥ ${yuan(total(counter))}`)),
      h("div", { class: "notes" }, notes.length ? notes.map(([worth, place]) => h("button", {
        type: "button", class: "note", "data-worth": worth, disabled: !(isPaying || isTaking),
        "aria-label": isTaking ? w(`看这张 ${nameOf(worth, w)}`, `Look at this ${nameOf(worth, w)}`) : w(`收回 ${nameOf(worth, w)}`, `Take back ${nameOf(worth, w)}`),
        onclick: () => act(worth, place),
      }, shortName(worth, w))) : h("span", { class: "nothing" }, w("没有现金", "No cash"))),
    ];
  }

  #drawerParts({ drawer }, isPaying) {
    const { w } = this;
    return [
      h("h2", {}, w("钱箱", "Drawer"), h("span", { class: "muted" }, w("点一张放到柜台", "Click to move one out"))),
      h("div", { class: "stacks" }, DENOMINATIONS.map((worth) => h("button", {
        type: "button", class: "note", "data-worth": worth, disabled: !isPaying || !drawer[worth],
        "aria-label": w(`取出 ${nameOf(worth, w)},还有 ${drawer[worth] ?? 0}`, `Take ${nameOf(worth, w)}, ${drawer[worth] ?? 0} left`),
        onclick: () => this.counter.moveNote(worth, false),
      }, h("b", {}, shortName(worth, w)), h("span", {}, `×${drawer[worth] ?? 0}`)))),
    ];
  }

  /** A counterfeit lies somewhere among its like, always at the same place. */
  #open(worth, place) {
    const { w } = this;
    const { counter, fakes } = this.counter.cash;
    const isFake = (place + 1) % counter[worth] < (fakes[worth] ?? 0);
    const checks = CHECKS.map(([name, good, bad]) => {
      const seen = h("span", { class: "seen" }, "…");
      const look = h("button", { type: "button", class: "soft", onclick: () => { seen.textContent = w(...(isFake ? bad : good)); } }, w(...name));
      return h("li", {}, look, seen);
    });
    const judge = (verdict) => () => {
      this.look.close();
      // A good note taken for a fake, or the other way round, is told as what it was.
      this.counter.judgeNote(worth, verdict, isFake);
    };
    this.look.replaceChildren(
      h("div", { class: "note specimen", "data-worth": worth }, h("b", {}, shortName(worth, w)), h("span", {}, w("教学样张", "Specimen"))),
      h("ul", {}, checks),
      h("div", { class: "actions" },
        h("button", { type: "button", class: "button primary", onclick: judge(false) }, w("是真的，收下", "Good, keep it")),
        h("button", { type: "button", class: "button danger", onclick: judge(true) }, w("可疑，当面退回换一张", "Suspicious, give it back"))));
    this.look.showModal();
  }
}

const shortName = (worth, w) =>
  worth >= 100 ? String(worth / 100) : worth >= 10 ? w(`${worth / 10}角`, `.${worth / 10}0`) : w("1分", ".01");

customElements.define("cash-drawer", CashDrawer);
