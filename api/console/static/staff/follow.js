// A page of staff follows what others do: what the stream says about its subjects makes it read itself
// again, and the parts that are other than before are put in place. What somebody types stays.

import { data } from "../dom.js";
import { live } from "../live.js";
import { put, wasTyped } from "./parts.js";

const SOON_MS = 250; // moves come in twos and threes: a proposal, its case, its point
const LIST_MS = 8_000; // a list of a busy province changes all the time
const MINUTE_MS = 60_000; // times that are left
const LOOK_MS = 15_000;
// The more pages are open, the longer each waits for what the watch does all day, and the further they
// spread what somebody did: sixty must not read at once. What a person does is still there in a second.
const LIST_EACH_MS = 600;
const SPREAD_EACH_MS = 15;

const watch = data("watch");
const say = (name, values = {}) =>
  watch.texts[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
const link = document.getElementById("link");
const toast = document.getElementById("toast");

let timer = 0;
let dueAt = 0;
let readAt = performance.now(); // when what is shown was read out of the database, at the latest
let changedAt = 0; // when the watch was last heard to have changed something
let movedBy = null;
let asked = 0;
let onBoard = "";
let crowd = 1;

if (watch.sent) wasTyped(watch.sent);
live({ since: watch.since, news, board, gap: () => again(soon()), state: linked });
setInterval(() => performance.now() - readAt >= MINUTE_MS && again(0), LOOK_MS);
document.addEventListener("visibilitychange", () => document.hidden || again(SOON_MS));
document.getElementById("toast-close").addEventListener("click", () => (toast.hidden = true));

function news(body) {
  const mine = (body.staff ?? []).filter(([kind, id]) => watch.kinds.includes(kind) || watch.ids.includes(id));
  if (!mine.length) return;
  const other = mine.find(([, , , who]) => who !== watch.me);
  if (other) movedBy = other[3];
  if (mine.every(([, id, , who]) => who === "clock" && !watch.ids.includes(id))) againLater();
  else again(soon());
}

const soon = () => SOON_MS + Math.random() * crowd * SPREAD_EACH_MS;

function againLater() {
  changedAt = performance.now();
  const every = Math.max(LIST_MS, crowd * LIST_EACH_MS) * (1 + Math.random() / 2);
  again(Math.max(soon(), every - (changedAt - readAt)));
}

function board(body) {
  crowd = body.crowd ?? crowd;
  if (!body.alerts) return;
  const own = watch.alert && JSON.stringify(body.alerts.find(({ i }) => i === watch.alert));
  if (watch.board || own !== onBoard) againLater();
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
    const answer = await fetch(watch.page, { headers: { Accept: "text/html", "X-Read-Again": "1" } });
    if (answer.redirected && answer.url.includes("/console/sign-in")) return linked("signed-out");
    // Another page may have read it before; what the watch did since then is still to be seen.
    readAt -= 1000 * Number(answer.headers.get("Age"));
    if (changedAt > readAt) againLater();
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
