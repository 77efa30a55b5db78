// The live table: the newest transaction on top, at most sixty, and a pause that misses nothing.

import { el, yuan } from "../dom.js";

const MOST = 60;

export class Stream {
  constructor({ say, language, options }) {
    this.say = say;
    this.place = language === "zh" ? 0 : 1;
    this.links = options.points;
    this.body = document.getElementById("stream");
    this.note = document.getElementById("stream-note");
    this.button = document.getElementById("pause");
    this.rows = new Map(); // by transaction
    this.waiting = [];
    this.paused = false;
    this.button.addEventListener("click", () => this.pause(!this.paused));
  }

  /** Show these, the newest first, and nothing else. */
  begin(all) {
    if (this.paused && this.rows.size) return;
    this.rows.clear();
    this.body.replaceChildren();
    for (const one of all.slice(0, MOST)) this.body.append(this.row(one));
    if (!all.length) this.body.append(el("tr", { class: "none" }, el("td", { colspan: 4 }, this.say("no_transactions"))));
  }

  /** Add new ones, the oldest first; return those that were not here yet. */
  add(all) {
    const fresh = all.filter((one) => !this.rows.has(one.i) && !this.waiting.some((other) => other.i === one.i));
    if (this.paused) {
      this.waiting.push(...fresh);
      this.waiting.splice(0, this.waiting.length - MOST);
      this.missed += fresh.length;
      this.note.textContent = this.say("paused", { n: this.missed });
    } else {
      this.put(fresh);
    }
    return fresh;
  }

  put(fresh) {
    if (!fresh.length) return;
    this.body.querySelector(".none")?.remove();
    const rows = fresh.slice(-MOST).map((one) => this.row(one, true));
    this.body.prepend(...rows.reverse());
    while (this.body.rows.length > MOST) {
      const last = this.body.rows[this.body.rows.length - 1];
      this.rows.delete(last.dataset.id);
      last.remove();
    }
  }

  /** Show what became of transactions that are here: reversed, released. */
  change(all) {
    for (const { i, s } of all) {
      const known = this.rows.get(i);
      if (known) known.badge.replaceWith((known.badge = this.badge({ ...known.one, s })));
    }
  }

  pause(on) {
    this.paused = on;
    this.missed = 0;
    this.button.setAttribute("aria-pressed", on);
    this.button.textContent = this.say(on ? "resume" : "pause");
    this.note.textContent = on ? this.say("paused", { n: 0 }) : this.say("stream_note");
    if (!on) this.put(this.waiting.splice(0));
  }

  row(one, isNew = false) {
    const badge = this.badge(one);
    const name = this.links && one.p ? el("a", { href: `/console/points/${one.p}` }, one.n) : one.n;
    const row = el(
      "tr",
      { "data-id": one.i, class: isNew ? "new" : null },
      el("td", { class: "time" }, one.t),
      el("td", {}, el("span", { class: "where", title: `${one.n} · ${one.c}` }, name, " ", el("small", {}, one.c))),
      el("td", {}, el("span", { class: "first" }, this.say(one.b)), el("small", {}, one.k ?? "")),
      el("td", { class: "number" }, el("span", { class: "first" }, yuan(one.a)), badge),
    );
    this.rows.set(one.i, { one, badge });
    return row;
  }

  badge(one) {
    if (one.r !== "00") return el("small", { class: "refused", title: one.x[this.place] }, `${one.r} ${one.x[this.place]}`);
    const said = { held: "held", reversed: "reversed" }[one.s];
    return el("small", { class: said ?? "ok" }, this.say(said ?? "ok"));
  }
}
