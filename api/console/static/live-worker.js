// One stream for all tabs of a browser: HTTP/1.1 allows six connections to a host, and every tab with
// its own would soon take them all. Tabs come and go; the worker ends with the last of them.

import { isAfter } from "./place.js";

const STREAM = "/console/stream";
const SESSION = "/console/session";
const KEPT = 300; // messages, for a tab that comes later
const QUIET_MS = 40_000; // the server speaks every 15 s; silence means that nobody is there
const AGAIN_MS = 3_000;

const ports = new Set();
const kept = [];
let forgotten = null; // the place of the last message that is no longer kept
let last = null; // the place up to which everything has come
let source = null;
let state = "connecting";
let quiet = 0;

export function join(port) {
  port.onmessage = ({ data }) => {
    if (data.type === "join") welcome(port, data.since);
    if (data.type === "leave") ports.delete(port);
  };
  port.start?.();
}

function welcome(port, since) {
  ports.add(port);
  if (!source) return open(last ?? since);
  if (forgotten && isAfter(forgotten, since)) port.postMessage({ type: "gap" });
  for (const message of kept) if (isAfter(message.id, since)) port.postMessage(message);
  port.postMessage({ type: "state", state });
}

function open(since) {
  source?.close();
  source = new EventSource(`${STREAM}?since=${encodeURIComponent(since)}`);
  last ??= since;
  source.onopen = () => tell("open");
  source.onerror = () => (source.readyState === EventSource.CLOSED ? closed() : tell("lost"));
  for (const type of ["news", "board", "gap", "beat"]) {
    source.addEventListener(type, (event) => heard(type, event));
  }
  listen();
}

function heard(type, event) {
  listen();
  if (state !== "open") tell("open");
  if (type === "beat") return;
  const message = { type, data: event.data };
  if (type === "news") {
    message.id = last = event.lastEventId;
    kept.push(message);
    if (kept.length > KEPT) forgotten = kept.shift().id;
  }
  for (const port of ports) port.postMessage(message);
}

// The browser gave up: the server refused, or it is not there at all.
async function closed() {
  tell("lost");
  clearTimeout(quiet);
  try {
    const answer = await fetch(SESSION, { headers: { Accept: "application/json" } });
    if (answer.status === 401) return tell("signed-out");
  } catch {
    // not there: try again below
  }
  setTimeout(() => open(last), AGAIN_MS);
}

function listen() {
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    tell("lost");
    open(last);
  }, QUIET_MS);
}

function tell(what) {
  state = what;
  for (const port of ports) port.postMessage({ type: "state", state });
}

self.onconnect = (event) => join(event.ports[0]);
