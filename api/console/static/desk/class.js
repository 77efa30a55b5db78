// The class goes on, and the page with it.

import { el } from "../dom.js";

const EVERY_MS = 3000;
const KINDS = { running: "plain", passed: "good", failed: "warn" };
const rows = document.getElementById("seats");
const watch = document.getElementById("watch");
const [, , , progressLabel, scoreLabel, mistakesLabel] = [...rows.closest("table").tHead.rows[0].cells].map((cell) => cell.textContent);
let before = "";

const number = (value, label) => el("td", { class: "number", "data-label": label }, String(value));
const none = (more = "") => el("td", { class: `none${more}` }, "—");

function figures({ step, steps, score, mistakes }) {
  const bar = el("progress", { max: steps, value: String(step), "aria-label": progressLabel });
  return [el("td", { class: "nowrap" }, bar, ` ${step}/${steps}`), number(score, scoreLabel), number(mistakes, mistakesLabel)];
}

function row(one) {
  return el("tr", {},
    el("th", { scope: "row" }, one.learner, el("small", { class: "muted" }, ` ${one.point}`)),
    el("td", {}, one.terminal_id),
    el("td", {}, one.lesson),
    ...(one.steps ? figures(one) : [none(), none(" number"), none(" number")]),
    el("td", { class: "state" }, el("span", { class: `badge ${KINDS[one.state]}` }, one.said)),
    el("td", { class: "nowrap seen" }, one.seen));
}

async function look() {
  if (document.hidden) return;
  const response = await fetch("/console/class/now").catch(() => null);
  if (response?.status === 401) location.reload();
  const said = response?.ok ? watch.dataset.on : watch.dataset.lost;
  if (watch.textContent !== said) watch.textContent = said;
  if (!response?.ok) return;
  const text = await response.text();
  if (text === before) return;
  before = text;
  const seats = JSON.parse(text);
  rows.replaceChildren(...seats.map(row));
  document.getElementById("nobody").hidden = seats.length > 0;
}

document.getElementById("print")?.addEventListener("click", () => window.print());
setInterval(look, EVERY_MS);
