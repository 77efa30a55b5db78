// The chosen pattern says what happens in it and what it teaches.

import { data } from "../dom.js";

const words = data("patterns");
const chosen = document.getElementById("pattern");

function show() {
  const one = words[chosen.value];
  const kind = document.getElementById("pattern-kind");
  kind.textContent = one.label;
  kind.className = `badge ${one.kind === "planted" ? "bad" : "good"}`;
  for (const part of ["days", "says", "teaches"]) {
    document.getElementById(`pattern-${part}`).textContent = one[part];
  }
}

chosen.addEventListener("change", show);
// The browser may keep a choice over a reload.
show();
