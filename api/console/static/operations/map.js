// The map: borders, points by their look, a ring around a point that does business.

import { count, el, svg } from "../dom.js";

const PULSES = 40; // rings at one time
const EASE_MS = 350;
const TYPE = 13; // names, in pixels

export class PointMap {
  constructor({ say, options }) {
    this.say = say;
    this.shapes = options.shapes;
    this.links = options.points;
    this.box = document.getElementById("map");
    this.tip = document.getElementById("tip");
    this.zoom = document.getElementById("zoom");
    this.points = new Map();
    this.divisions = new Map();
    this.known = {};
    this.pulses = 0;
    this.filled = [];
  }

  /** Fetch borders and points, and draw them. */
  async load() {
    const address = this.box.dataset.map;
    const [borders, points] = await Promise.all([
      address ? json(address) : { width: 1352, height: 1170, shrink: 0.8927, counties: [], prefectures: [] },
      json("/console/operations/points"),
    ]);
    // Of a whole province: how many in each county, and the points of what is looked at.
    this.counts = points.counties ?? null;
    this.draw(borders, this.counts ? [] : points);
    this.looks(this.known);
    this.zoom.addEventListener("change", () => this.show(this.zoom.value));
    this.show(this.home(), false);
    this.box.dataset.ready = "yes";
  }

  draw({ width, height, shrink, counties, prefectures }, points) {
    this.whole = [0, 0, width, height];
    this.layers = { counties: svg("g"), prefectures: svg("g", { class: "prefectures" }), names: svg("g", { class: "names", "aria-hidden": "true" }), points: svg("g"), pulses: svg("g") };
    const ground = svg("g", { transform: `scale(${shrink} 1)` }, this.layers.counties, this.layers.prefectures);
    for (const [code, name, path, x, y] of counties) {
      const shape = svg("path", { d: path, class: "county", "data-code": code });
      this.layers.counties.append(shape);
      this.divisions.set(code, { name, shape, x: x * shrink, y, shrink });
    }
    for (const [code, name, path, x, y] of prefectures) {
      const shape = svg("path", { d: path });
      this.layers.prefectures.append(shape);
      this.divisions.set(code.slice(0, 4), { name, shape, x: x * shrink, y, shrink });
    }
    for (const [id, x, y, name, county] of points) this.point(id, x, y, name, county);
    this.svg = svg("svg", { role: "img", "aria-labelledby": "map-title", viewBox: this.whole.join(" ") }, ground, this.layers.names, this.layers.points, this.layers.pulses);
    this.svg.addEventListener("click", (event) => this.clicked(event));
    this.svg.addEventListener("pointermove", (event) => this.hover(event));
    this.svg.addEventListener("pointerleave", () => (this.tip.hidden = true));
    this.box.replaceChildren(this.svg);
  }

  /** Fetch the points of a prefecture or county that was not looked at yet. */
  async fill(code) {
    if (this.filled.some((one) => code.startsWith(one))) return;
    this.filled.push(code);
    const points = await json(`/console/operations/points?within=${code}`);
    for (const [id, ...rest] of points) if (!this.points.has(id)) this.point(id, ...rest);
    for (const [id] of points) this.look(id, this.known[id] ?? "c");
    this.frame(this.view);
  }

  point(id, x, y, name, county) {
    const shape = svg("path", { class: "point look-c", d: this.shapes.c, "data-id": id });
    this.points.set(id, { x, y, name, county, shape, look: "c" });
    this.layers.points.append(shape);
  }

  /** Take over how points look; an empty look is a point that is gone. */
  looks(changed) {
    Object.assign(this.known, changed);
    for (const [id, look] of Object.entries(changed)) this.look(id, look);
  }

  look(id, look) {
    const point = this.points.get(id);
    if (!point || point.look === look) return;
    point.look = look;
    point.shape.setAttribute("class", `point look-${look || "gone"}`);
    if (look) point.shape.setAttribute("d", this.shapes[look]);
    // What needs attention lies on top.
    if (look === "a" || look === "f") this.layers.points.append(point.shape);
  }

  /** Let a ring grow around the point of a transaction, or where its county is. */
  pulse({ p: id, r: code }) {
    const point = this.points.get(id) ?? (this.counts && this.divisions.get(id.slice(2, 8)));
    if (!point || this.pulses >= PULSES || !this.view) return;
    this.pulses += 1;
    const ring = svg("circle", { cx: point.x, cy: point.y, r: 14 * this.size, class: code === "00" ? "pulse" : "pulse refused" });
    const end = () => {
      if (!ring.isConnected) return;
      ring.remove();
      this.pulses -= 1;
    };
    ring.addEventListener("animationend", end);
    setTimeout(end, 2000);
    this.layers.pulses.append(ring);
  }

  /** Return where to begin: the prefecture or county that holds all points, else the province. */
  home() {
    const codes = [...this.points.values()].map((point) => point.county);
    for (const digits of [6, 4]) {
      const [first] = codes;
      if (first && codes.every((code) => code.slice(0, digits) === first.slice(0, digits))) return first.slice(0, digits);
    }
    return "";
  }

  /** Show a prefecture (four digits), a county (six), or the whole province. */
  show(code, eased = true) {
    this.zoom.value = code;
    const division = this.divisions.get(code);
    for (const [own, { shape }] of this.divisions) {
      shape.classList.toggle("away", !own.startsWith(code) && !code.startsWith(own));
    }
    this.move(division ? around(division) : this.bare(code), eased && !matchMedia("(prefers-reduced-motion: reduce)").matches);
    this.label(code);
    if (!this.counts) return;
    this.layers.points.setAttribute("display", code ? "inline" : "none");
    if (code) this.fill(code);
  }

  // Without borders, what holds the points.
  bare(code) {
    const inside = [...this.points.values()].filter((point) => code && point.county.startsWith(code));
    if (!inside.length) return this.whole;
    const [xs, ys] = [inside.map((point) => point.x), inside.map((point) => point.y)];
    const [x, y] = [Math.min(...xs) - 20, Math.min(...ys) - 20];
    return [x, y, Math.max(...xs) - x + 20, Math.max(...ys) - y + 20];
  }

  move(target, eased) {
    const from = this.view ?? this.whole;
    const start = performance.now();
    this.target = target;
    const step = (now) => {
      if (this.target !== target) return;
      const share = eased ? Math.min(1, (now - start) / EASE_MS) : 1;
      const smooth = share * share * (3 - 2 * share);
      this.frame(from.map((value, i) => value + (target[i] - value) * smooth));
      if (share < 1) requestAnimationFrame(step);
    };
    step(start);
  }

  frame(view) {
    this.view = view;
    this.svg.setAttribute("viewBox", view.join(" "));
    const box = this.box.getBoundingClientRect();
    // Map units a pixel: points and names keep their size on the screen.
    const unit = Math.max(view[2] / (box.width || 1), view[3] / (box.height || 1));
    this.size = unit;
    const grown = this.points.size > 600 && view[2] > 700 ? 0.6 : 1;
    for (const { x, y, shape } of this.points.values()) {
      shape.setAttribute("transform", `translate(${x} ${y}) scale(${unit * grown})`);
    }
    for (const name of this.layers.names.children) name.setAttribute("font-size", TYPE * unit);
  }

  label(code) {
    const length = code ? 6 : 4;
    const inside = [...this.divisions].filter(([own]) => own.length === length && own !== code && own.startsWith(code.slice(0, 4)));
    const shown = inside.map(([own, { name, x, y }]) => ({ text: code ? name : shortened(name) + this.crowd(own), x, y })).filter((one) => this.holds(one));
    this.layers.names.replaceChildren(...shown.map(({ text, x, y }) => svg("text", { x, y, "font-size": TYPE * this.size }, text)));
  }

  /** Say whether a name would stand within the picture as it will be, and not be cut at its edge. */
  holds({ text, x, y }) {
    const [left, top, width, height] = this.target;
    const box = this.box.getBoundingClientRect();
    const unit = Math.max(width / (box.width || 1), height / (box.height || 1));
    const [fromX, fromY] = [Math.abs(x - left - width / 2), Math.abs(y - top - height / 2)];
    return fromX < (box.width * unit) / 2 - (widthOf(text) / 2 + 2) * unit && fromY < (box.height * unit) / 2 - 18 * unit;
  }

  /** How many points a prefecture has, where they are not drawn one by one. */
  crowd(code) {
    if (!this.counts) return "";
    const inside = Object.entries(this.counts).filter(([county]) => county.startsWith(code));
    return ` ${count(inside.reduce((sum, [, points]) => sum + points, 0))}`;
  }

  clicked(event) {
    const id = event.target.dataset?.id;
    if (id && this.links) location.assign(`/console/points/${id}`);
    const code = event.target.dataset?.code;
    if (code) this.show(this.zoom.value === code ? "" : code);
  }

  hover(event) {
    const point = this.points.get(event.target.dataset?.id);
    const division = this.divisions.get(event.target.dataset?.code);
    this.tip.hidden = !point && !division;
    if (this.tip.hidden) return;
    this.tip.replaceChildren(point ? el("strong", {}, point.name) : division.name);
    if (point) this.tip.append(` ${this.say(`look_${point.look || "c"}`)}`);
    const card = this.box.parentElement.getBoundingClientRect();
    this.tip.style.left = `${Math.min(event.clientX - card.left + 14, card.width - this.tip.offsetWidth - 8)}px`;
    this.tip.style.top = `${event.clientY - card.top + 16}px`;
  }
}

function around({ shape, shrink }) {
  const box = shape.getBBox();
  const margin = Math.max(box.width, box.height) * 0.06;
  return [box.x * shrink - margin, box.y - margin, box.width * shrink + 2 * margin, box.height + 2 * margin];
}

/** How wide a name is, in pixels. */
const widthOf = (text) => [...text].reduce((sum, letter) => sum + (letter < "\u2e80" ? 0.6 : 1) * TYPE, 0);
const shortened = (name) => name.replace(/市$|布依族苗族自治州$|苗族侗族自治州$/, "");

async function json(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}
