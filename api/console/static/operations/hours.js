// Transactions by hour, stacked by business. A business day begins at 23:00 of the day before.

import { count, svg } from "../dom.js";

const ORDER = [23, ...Array(23).keys()];
const WIDTH = 480;
const HEIGHT = 158;
const LEFT = 52;
const BOTTOM = 27;
const TOP = 13;
const STEP = (WIDTH - LEFT) / 24;

export class Hours {
  constructor({ say, options }) {
    this.say = say;
    this.businesses = options.businesses;
    this.box = document.getElementById("hours");
    this.hours = {};
  }

  begin(hours) {
    this.hours = hours;
    this.later();
  }

  /** Take over hours that grew. */
  change(hours) {
    Object.assign(this.hours, hours);
    this.later();
  }

  later() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    const totals = ORDER.map((hour) => sum(this.hours[hour]));
    const most = Math.max(...totals);
    const top = roundUp(most);
    const scale = (HEIGHT - TOP - BOTTOM) / top;
    const at = ORDER[totals.indexOf(most)];
    this.box.replaceChildren(
      svg(
        "svg",
        {
          viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
          role: "img",
          "aria-label": most ? this.say("hours_label", { hour: at, n: most }) : this.say("hours_none"),
        },
        ...this.lines(top, scale),
        ...ORDER.map((hour, place) => this.bar(hour, place, scale)),
        ...ORDER.map((hour, place) => this.label(hour, place)).filter(Boolean),
      ),
    );
  }

  lines(top, scale) {
    return [0, 0.5, 1].flatMap((share) => {
      const y = HEIGHT - BOTTOM - share * top * scale;
      return [
        svg("line", { x1: LEFT, x2: WIDTH, y1: y, y2: y, class: share ? "grid" : "axis" }),
        svg("text", { x: LEFT - 7, y: y + 6, class: "tick end" }, count(share * top)),
      ];
    });
  }

  bar(hour, place, scale) {
    let y = HEIGHT - BOTTOM;
    const parts = this.hours[hour] ?? {};
    const said = this.businesses.filter((name) => parts[name]).map((name) => `${this.say(name)} ${count(parts[name])}`);
    const bar = svg("g", {}, svg("title", {}, [this.say("hour", { n: hour }), ...said].join(" · ")));
    for (const name of this.businesses) {
      const height = (parts[name] ?? 0) * scale;
      if (!height) continue;
      y -= height;
      bar.append(svg("rect", { x: LEFT + place * STEP + 2, y, width: STEP - 4, height, class: `bar-${name}` }));
    }
    return bar;
  }

  label(hour, place) {
    if (hour % 6) return null;
    return svg("text", { x: LEFT + (place + 0.5) * STEP, y: HEIGHT - 6, class: "tick middle" }, this.say("hour", { n: hour }));
  }
}

const sum = (parts) => Object.values(parts ?? {}).reduce((total, number) => total + number, 0);

/** Return the next of 10, 20, 40, 60, 100, 200, …: half of it is a whole number, too. */
function roundUp(number) {
  let unit = 10;
  for (;;) {
    for (const factor of [1, 2, 4, 6]) if (number <= unit * factor) return unit * factor;
    unit *= 10;
  }
}
