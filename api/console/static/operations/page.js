// The operations page: what the stream says goes to the table, the map, the chart and the lists.

import { count, data } from "../dom.js";
import { live } from "../live.js";
import { isAfter } from "../place.js";
import { Alerts } from "./alerts.js";
import { Hours } from "./hours.js";
import { PointMap } from "./map.js";
import { Stream } from "./stream.js";

const options = data("options");
const texts = data("texts");
const say = (name, values = {}) =>
  texts[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
const page = { options, say, language: options.language };

const stream = new Stream(page);
const hours = new Hours(page);
const alerts = new Alerts(page);
const map = new PointMap(page);

let figures = {};
let seen = ""; // the place up to which figures and hours count
let clock = { at: 0, since: 0 };
let state = "connecting";
let reading = null;
const tenths = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const timeOfDay = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", timeStyle: "medium" });

begin(data("state"));
live({ since: seen, news, board, gap: readAgain, state: linked });
setInterval(tick, 1000);
tick();
document.body.dataset.ready = "yes";
map.load();

function begin(all) {
  seen = all.since;
  stream.begin(all.recent);
  hours.begin(all.hours);
  alerts.show(all.alerts);
  setClock(all.clock);
  document.getElementById("day").textContent = all.day;
  if (all.looks) map.looks(all.looks);
  show(all.figures);
}

function news(body, id) {
  stream.change(body.changed ?? []);
  const fresh = stream.add(body.new ?? []);
  if (!document.hidden) for (const one of fresh) map.pulse(one);
  if (!body.figures || !isAfter(id, seen)) return;
  seen = id;
  hours.change(body.hours);
  show(body.figures);
}

function board(body) {
  setClock(body.clock);
  show(body.figures);
  if (body.alerts) alerts.show(body.alerts);
  if (body.looks) map.looks(body.looks);
  if (body.stale) readAgain();
}

function linked(name) {
  const before = state;
  state = name;
  const link = document.getElementById("link");
  link.dataset.state = name;
  const text = document.getElementById("link-text");
  if (name === "signed-out") {
    const again = document.createElement("a");
    again.href = `/console/sign-in?expired=1&next=${encodeURIComponent(location.pathname)}`;
    again.textContent = say("signed_out_live");
    text.replaceChildren(again);
    return;
  }
  text.textContent =
    name === "open" ? say("live") : `${say("lost")} ${say("stopped_at", { time: shownTime() })}`;
  // How points look comes with the line, or is asked for once where there is none.
  if (name === "open" ? before !== "open" : before === "connecting") readAgain();
}

async function readAgain() {
  reading ??= fetch("/console/operations/state", { headers: { Accept: "application/json" } });
  try {
    const answer = await reading;
    if (answer.status === 401) return linked("signed-out");
    if (answer.ok && !answer.bodyUsed) begin(await answer.json());
  } catch {
    // the stream says when the server is there again, and then this is asked anew
  } finally {
    reading = null;
  }
}

function show(changed) {
  figures = { ...figures, ...changed };
  put("figure-count", count(figures.count));
  put("figure-amount", page.language === "zh" ? wan(figures.amount) : count(Math.floor(figures.amount / 100)));
  put("figure-success", figures.count ? ((100 * figures.approved) / figures.count).toFixed(2) : "—");
  put("figure-open", count(figures.open));
  put("figure-points", count(figures.points));
  put("figure-alerts", count(figures.alerts));
  document.getElementById("figure-alerts-card").toggleAttribute("data-waits", figures.alerts > 0);
}

function put(id, text) {
  const element = document.getElementById(id);
  if (element.textContent !== text) element.textContent = text;
}

/** Return fen in 万元, to a tenth. */
function wan(fen) {
  return tenths.format(fen / 1_000_000);
}

function setClock(at) {
  clock = { at, since: performance.now() };
}

function nowSeconds() {
  return clock.at + (performance.now() - clock.since) / 1000;
}

function shownTime() {
  return timeOfDay.format(nowSeconds() * 1000);
}

function tick() {
  if (state !== "lost" && state !== "signed-out") put("clock", shownTime());
  alerts.tick(nowSeconds());
}
