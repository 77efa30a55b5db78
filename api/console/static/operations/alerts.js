// The most urgent alerts, each with the time that is left.

import { el } from "../dom.js";

const KINDS = { low: "plain", medium: "warn", high: "bad", critical: "bad strong" };

export class Alerts {
  constructor({ say, language, options }) {
    this.say = say;
    this.place = language === "zh" ? 0 : 1;
    this.links = options.alerts;
    this.list = document.getElementById("alerts");
    this.due = [];
    this.now = 0;
  }

  show(all) {
    this.due = [];
    this.list.replaceChildren(...all.map((one) => this.item(one)));
    if (!all.length) this.list.append(el("li", { class: "empty" }, this.say("no_alerts")));
    this.tick(this.now);
  }

  item(one) {
    const title = one.t[this.place];
    const due = el("span", { class: "due" });
    this.due.push({ at: one.due, element: due });
    const where = [one.at, `${one.c} ${one.n ?? ""}`.trim(), one.h > 1 ? this.say("hits", { n: one.h }) : ""];
    return el(
      "li",
      {},
      el("span", { class: `badge ${KINDS[one.v]}` }, this.say(one.v)),
      el(
        "div",
        {},
        el("p", { class: "alert-title" }, this.links ? el("a", { href: `/console/alerts/${one.i}` }, title) : title, el("small", {}, this.say(one.s))),
        el("p", { class: "alert-where" }, where.filter(Boolean).join(" · ")),
        due,
      ),
    );
  }

  /** Say how much time is left; `now` in seconds since 1970, by the simulated clock. */
  tick(now) {
    this.now = now;
    for (const { at, element } of this.due) {
      const left = at - now;
      const text = this.say(left < 0 ? "overdue" : "due_in", { time: this.length(Math.abs(left)) });
      if (element.textContent !== text) element.textContent = text;
      element.classList.toggle("late", left < 0);
    }
  }

  length(seconds) {
    const minutes = Math.max(1, Math.floor(seconds / 60));
    if (minutes < 60) return this.say("minutes", { n: minutes });
    const hours = Math.floor(minutes / 60);
    return hours < 48 ? this.say("hours_left", { n: hours }) : this.say("days", { n: Math.floor(hours / 24) });
  }
}
