// Elements from text: no HTML is ever parsed, so a name with tags in it stays a name.

const SVG = "http://www.w3.org/2000/svg";

/** Return an element: el("td", {class: "number"}, "1.00", child). */
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** Return an SVG element. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** Return what a page put into <script type="application/json" id="...">. */
export function data(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

const whole = new Intl.NumberFormat("en-US");
const cents = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Return a whole number with separators. */
export const count = (number) => whole.format(number);

/** Return fen as yuan. */
export const yuan = (fen) => (fen === null || fen === undefined ? "—" : cents.format(fen / 100));
