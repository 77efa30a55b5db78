/** The page: puts bank, counter and all that stands on it together. */

import { post } from "./attempt.js";
import { Bank, LINES } from "./bank.js";
import { Counter } from "./counter.js";
import { h } from "./h.js";
import { paperOf } from "./receipt.js";
import { inLanguage, screenOf } from "./screens.js";
import { Voice } from "./voice.js";
import "./card-tray.js";
import "./cash-drawer.js";
import "./lesson-panel.js";
import "./pos-terminal.js";
import "./printing.js";
import "./truth-panel.js";

const page = document.querySelector("#desk");
const lang = document.documentElement.lang.startsWith("en") ? "en" : "zh";
const w = inLanguage(lang);
const $ = (selector) => document.querySelector(selector);

const bank = new Bank();
const counter = new Counter(bank, sessionStorage);
const voice = new Voice(lang);
const [device, tray, drawer, truth, panel] = ["pos-terminal", "card-tray", "cash-drawer", "truth-panel", "lesson-panel"].map($);
const lesson = JSON.parse($("#lesson").textContent);
const terminals = $("#terminal");

/** The clock of the simulated bank: its offset to ours, milliseconds. */
const offset = Date.parse(page.dataset.now) - Date.now();
const now = () => new Date(Date.now() + offset + 8 * 3_600_000).toISOString();

device.attach(counter, lang, now);
tray.attach(counter, lang);
drawer.attach(counter, lang);
truth.attach(counter, lang);
panel.attach(counter, lang, voice);

// ── terminal, key, lesson ────────────────────────────────────────────────────────────────────

/** Stand at a terminal: signed off, with a full drawer, and with other people's things. */
async function standAt(option) {
  option.selected = true;
  counter.wanted = { terminal_id: option.value, service_point_id: option.dataset.point };
  counter.reset();
  clearPaper();
  const asked = new URLSearchParams({ service_point_id: option.dataset.point });
  const response = await fetch(`/console/terminal/tray?${asked}`).catch(() => null);
  if (response?.ok && option.selected) tray.lay(await response.json(), lesson?.setup.things);
  document.body.dataset.desk = option.value;
}

terminals.addEventListener("change", () => {
  terminals.blur();
  begin();
});

const begin = () => (lesson ? startLesson() : practice());

/** The trainer sees who practices where; practice goes on without that, too. */
function practice() {
  const { trainee, learner } = page.dataset;
  standAt(terminals.selectedOptions[0]);
  post("/console/lessons/seats", { terminal_id: terminals.value, trainee, learner }).catch(() => null);
}

function startLesson() {
  const isFrozen = lesson.setup.terminal === "frozen";
  const fits = (option) => isFrozen === "frozen" in option.dataset;
  standAt([terminals.selectedOptions[0], ...terminals.options].find(fits) ?? terminals.options[0]);
  setLine("up");
  counter.cash.planted = lesson.setup.fakes ?? {};
  const { trainee, learner } = page.dataset;
  panel.start(lesson, { terminal_id: terminals.value, trainee, learner });
}

/** Outside a demo world the trainer brings the key; it stays in this page's memory. */
$("#key form").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = event.target.elements.key;
  bank.useKey(field.value.trim());
  field.value = "";
  $("#key").close();
});

counter.addEventListener("change", () => {
  if (counter.state.problem?.type === "unauthorized" && !$("#key").open) $("#key").showModal();
});

panel.addEventListener("again", startLesson);

// ── line, elder mode, paper ──────────────────────────────────────────────────────────────────

const LINE_WORDS = {
  up: ["线路正常", "Line up"], answer_lost: ["应答丢失", "Answer lost"], down: ["线路中断", "Line down"],
};

function setLine(line) {
  counter.switchLine(line);
  for (const button of $("#line").children) button.setAttribute("aria-pressed", String(button.value === line));
}

$("#line").append(...LINES.map((line) => h("button", { type: "button", value: line, onclick: () => setLine(line) }, w(...LINE_WORDS[line]))));
setLine("up");

/** 长者模式 Larger type and the voice; this browser remembers it from lesson to lesson. */
function setElder(isOn) {
  voice.isOn = isOn;
  $("#elder").setAttribute("aria-pressed", String(isOn));
  document.documentElement.classList.toggle("elder", isOn);
  localStorage.setItem("elder", isOn ? "yes" : "");
}

$("#elder").addEventListener("click", () => {
  setElder(!voice.isOn);
  said = "";
  sayScreen();
});

let said = "";
function sayScreen() {
  const screen = screenOf(counter.state, lang);
  const text = [screen.title, ...screen.lines].join("。");
  if (text !== said && !lesson) voice.say(text);
  said = text;
}
counter.addEventListener("change", sayScreen);

function clearPaper() {
  $("#paper").replaceChildren();
  $("#print").hidden = true;
}

counter.addEventListener("print", ({ detail }) => {
  $("#paper").replaceChildren(paperOf(detail, "customer", lang), paperOf(detail, "merchant", lang));
  $("#paper").scrollTop = 0;
  $("#print").hidden = false;
});
$("#print").addEventListener("click", () => window.print());

counter.addEventListener("change", () => {
  page.dataset.at = counter.state.at;
});

setElder(localStorage.getItem("elder") === "yes");
// The mouse does not take the focus along: Enter means OK, whatever was clicked before.
page.addEventListener("mousedown", (event) => {
  if (event.target.closest("button")) event.preventDefault();
});

bank.useKey(page.dataset.key);
if (!bank.hasKey) $("#key").showModal();
begin();
