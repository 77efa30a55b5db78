/** <pos-terminal> The device: screen, keypad, card slot. It draws the counter's state. */

import { h, picture, redraw } from "./h.js";
import { inLanguage, screenOf, timeOf } from "./screens.js";

const KEYS = [
  ["1", "2", "3", "cancel"], ["4", "5", "6", "clear"], ["7", "8", "9", "ok"], ["00", "0", "."],
];
const WORDS = { cancel: ["取消", "Cancel"], clear: ["清除", "Clear"], ok: ["确认", "OK"] };
/** The keyboard of a computer as the keypad of a terminal. */
const KEYBOARD = { Enter: "ok", Escape: "cancel", Backspace: "clear", Delete: "clear", ".": "." };
const CHECK = ["M5 13l5 5L20 7"];
const CROSS = ["M6 6l12 12M18 6L6 18"];

class PosTerminal extends HTMLElement {
  attach(counter, lang, now) {
    this.counter = counter;
    this.lang = lang;
    this.now = now;
    this.w = inLanguage(lang);
    this.#build();
    counter.addEventListener("change", () => this.draw());
    document.addEventListener("keydown", (event) => this.#typed(event));
    setInterval(() => this.#drawBar(), 10_000);
    this.draw();
  }

  #build() {
    this.bar = h("div", { class: "bar" });
    this.screen = h("div", { class: "screen", role: "status", "aria-live": "polite" });
    this.mouth = h("div", { class: "slot", "aria-hidden": "true" }, h("i"), h("span", {}, this.w("插卡口", "Card slot")));
    this.top = h("div", { class: "ears" });
    this.glass = h("div", { class: "glass", tabindex: "-1", role: "group", "aria-label": this.w("屏幕", "Screen") }, this.bar, this.screen);
    this.replaceChildren(this.top, this.glass, this.#keypad(), this.mouth);
  }

  #keypad() {
    const key = (name) => h("button", {
      type: "button", class: `key ${name in WORDS ? name : "digit"}`, "data-key": name,
      onclick: (event) => this.#pressed(name, event.detail),
    }, name in WORDS ? this.w(...WORDS[name]) : name);
    return h("div", { class: "keypad", role: "group", "aria-label": this.w("键盘", "Keypad") }, KEYS.flat().map(key));
  }

  /** The second half of a double click was meant for the screen before. */
  #pressed(key, clicks) {
    if (clicks < 2 || !(key in WORDS)) this.counter.press(key);
  }

  /** The keys of the computer work too, but never inside a field or upon a button. */
  #typed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const focused = event.target.closest?.("input, select, textarea, dialog");
    const isUponButton = event.key === "Enter" && event.target.closest?.("button, a, summary");
    const key = /^\d$/.test(event.key) ? event.key : KEYBOARD[event.key];
    if (!key || focused || isUponButton) return;
    event.preventDefault();
    if (event.repeat) return;
    this.#flash(key);
    this.counter.press(key);
  }

  #flash(key) {
    const button = this.querySelector(`[data-key="${key}"]`);
    button?.classList.add("pressed");
    setTimeout(() => button?.classList.remove("pressed"), 120);
  }

  draw() {
    const { state } = this.counter;
    const isNew = this.dataset.at !== undefined && this.dataset.at !== state.at;
    this.dataset.at = state.at;
    const screen = screenOf(state, this.lang);
    this.#drawBar();
    redraw(this.screen, screen, () => this.#screenParts(screen));
    this.mouth.classList.toggle("full", Boolean(state.card));
    this.mouth.dataset.product = state.card?.product ?? "";
    if (isNew) this.#takeFocus();
  }

  /** Whoever handed something over by keyboard goes on at the keypad: the next Enter means OK. */
  #takeFocus() {
    const held = document.activeElement;
    if (held === document.body || held?.closest("card-tray, cash-drawer, pos-terminal")) {
      this.glass.focus({ preventScroll: true });
    }
  }

  #drawBar() {
    const { state, bank } = this.counter;
    const where = state.terminal?.point.name ?? this.w("未签到", "Not signed in");
    const line = {
      up: this.w("在线", "Online"), answer_lost: this.w("线路不稳", "Unstable"), down: this.w("断线", "Offline"),
    }[bank.line];
    const id = state.terminal?.terminal_id ?? this.counter.wanted?.terminal_id ?? "";
    redraw(this.top, [id, bank.line], () => [
      h("span", {}, `POS ${id}`), h("span", { class: "line", "data-line": bank.line }, line),
    ]);
    const time = timeOf(this.now()).slice(11);
    redraw(this.bar, [where, time], () => [h("b", {}, where), h("time", {}, time)]);
  }

  #screenParts(screen) {
    const parts = [
      screen.tone === "good" || screen.tone === "bad" ? this.#badge(screen.tone) : null,
      screen.tone === "wait" ? h("div", { class: "waiting", "aria-hidden": "true" }) : null,
      h("h2", {}, screen.title),
      screen.value ? h("p", { class: screen.small ? "value small" : "value" }, screen.value) : null,
      screen.dots === undefined ? null : this.#dots(screen.dots),
      screen.menu ? this.#menu(screen.menu) : null,
      screen.options ? this.#options(screen.options) : null,
      ...screen.lines.map((line) => h("p", { class: "say" }, line)),
      screen.asksName ? this.#nameField() : null,
      screen.rows.length ? h("dl", {}, screen.rows.map(([label, value]) =>
        h("div", {}, h("dt", {}, label), h("dd", {}, value)))) : null,
      screen.note ? h("p", { class: "note" }, screen.note) : null,
      h("p", { class: "ask" }, screen.hint, screen.code ? h("span", { class: "code" }, this.w(`应答码 ${screen.code}`, `Code ${screen.code}`)) : null),
    ];
    return parts.filter(Boolean);
  }

  #badge(tone) {
    return h("div", { class: `mark ${tone}` }, picture("0 0 25 25", tone === "good" ? CHECK : CROSS));
  }

  #dots(count) {
    return [
      h("p", { class: "dots", role: "img", "aria-label": this.w(`已输 ${count} 位`, `${count} digits`) },
        Array.from({ length: 6 }, (_, place) => h("i", { class: place < count ? "on" : "" }))),
      h("button", { type: "button", class: "soft", onclick: () => this.counter.customerEnters() },
        this.w("把键盘转给客户，请客户输入", "Hand the keypad to the customer")),
    ].reduce((box, part) => { box.append(part); return box; }, h("div", { class: "pin" }));
  }

  #menu(entries) {
    return h("div", { class: "menu" }, entries.map(({ name, key, title, isChore }) =>
      h("button", { type: "button", class: isChore ? "chore" : "", "data-choice": name, onclick: () => this.counter.choose(name, isChore) },
        h("kbd", {}, key), title)));
  }

  #options(options) {
    return h("div", { class: "menu" }, options.map(([key, title]) =>
      h("button", { type: "button", "data-choice": key, onclick: () => this.counter.press(key) }, h("kbd", {}, key), title)));
  }

  #nameField() {
    const field = h("input", { type: "text", maxlength: "80", autocomplete: "off",
      "aria-label": this.w("收款人全名", "Payee's full name"), placeholder: this.w("收款人全名", "Payee's full name") });
    return h("form", { class: "name", onsubmit: (event) => {
      event.preventDefault();
      this.counter.dispatch({ type: "name", name: field.value.trim() });
    } }, field, h("button", { class: "soft" }, this.w("写好", "Done")));
  }
}

customElements.define("pos-terminal", PosTerminal);
