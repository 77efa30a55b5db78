// A page of staff follows what others do: what the stream says about its subjects makes it read itself
// again, and the parts that are other than before are put in place. What somebody types stays.

import { data } from "../dom.js";
import { live } from "../live.js";
import { put, wasTyped } from "./parts.js";

const SOON_MS = 250; // moves come in twos and threes: a proposal, its case, its point
const LIST_MS = 8_000; // a list of a busy province changes all the time
const MINUTE_MS = 60_000; // times that are left

const watch = data("watch");
const say = (name, values = {}) =>
  watch.texts[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
const link = document.getElementById("link");
const toast = document.getElementById("toast");

let timer = 0;
let dueAt = 0;
let readAt = performance.now();
let movedBy = null;
let asked = 0;
let onBoard = "";

if (watch.sent) wasTyped(watch.sent);
live({ since: watch.since, news, board, gap: () => again(SOON_MS), state: linked });
setInterval(() => again(0), MINUTE_MS);
document.addEventListener("visibilitychange", () => document.hidden || again(SOON_MS));
document.getElementById("toast-close").addEventListener("click", () => (toast.hidden = true));

function news(body) {
  const mine = (body.staff ?? []).filter(([kind, id]) => watch.kinds.includes(kind) || watch.ids.includes(id));
  if (!mine.length) return;
  const other = mine.find(([, , , who]) => who !== watch.me);
  if (other) movedBy = other[3];
  again(SOON_MS);
}

function board(body) {
  if (!body.alerts) return;
  const own = watch.alert && JSON.stringify(body.alerts.find(({ i }) => i === watch.alert));
  if (watch.board || own !== onBoard) again(Math.max(SOON_MS, LIST_MS - (performance.now() - readAt)));
  onBoard = own;
}

// Whoever asks for it sooner is heard.
function again(wait) {
  const at = performance.now() + wait;
  if (timer && at >= dueAt) return;
  clearTimeout(timer);
  dueAt = at;
  timer = setTimeout(() => {
    timer = 0;
    read();
  }, wait);
}

async function read() {
  if (document.hidden || isLeaving()) return;
  readAt = performance.now();
  const mine = ++asked;
  try {
    const answer = await fetch(watch.page, { headers: { Accept: "text/html" } });
    if (answer.redirected && answer.url.includes("/console/sign-in")) return linked("signed-out");
    const text = await answer.text();
    if (!answer.ok || mine !== asked || isLeaving()) return;
    const changed = put(new DOMParser().parseFromString(text, "text/html"), say("kept"));
    if (changed && movedBy) tell(say("changed_by", { who: movedBy === "clock" ? say("clock") : movedBy }));
    movedBy = null;
  } catch {
    // the stream says when the server is there again
  }
}

// A form is on its way: the page it leads to knows everything.
function isLeaving() {
  return document.querySelector("form[data-sent]") !== null;
}

function tell(text) {
  toast.hidden = false; // first, so that what is said into it is heard
  toast.querySelector("span").textContent = text;
}

function linked(name) {
  const before = document.body.dataset.live;
  document.body.dataset.live = link.dataset.state = name;
  const text = link.querySelector(".link-text");
  if (name === "signed-out") {
    const back = document.createElement("a");
    back.href = `/console/sign-in?expired=1&next=${encodeURIComponent(watch.page)}`;
    back.textContent = say("signed_out");
    text.replaceChildren(back);
    return;
  }
  text.textContent = say(name === "open" ? "live" : name);
  if (name === "open" && before === "lost") again(SOON_MS);
}
