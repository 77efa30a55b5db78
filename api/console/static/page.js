// What every page does: a form is sent once, and flashes can be read by everybody.

import { keep, restore } from "./typed.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !("once" in form.dataset)) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  keep(form);
  // After the browser has read which button was pressed.
  setTimeout(() => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
});

// A page that the back button brings back may be sent again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.disabled = false;
  }
});

// After a form the keyboard goes on where it matters: at the first wrong field, else at what was said.
const wrong = document.querySelector("[aria-invalid=true]");
if (wrong) wrong.focus();
else document.querySelector(".flash, #went [role=status]")?.focus();

// On a small screen the places of the console stand in a row that scrolls.
const here = document.querySelector(".nav [aria-current]");
const row = here?.closest("ul");
if (row) row.scrollLeft += here.getBoundingClientRect().left - (row.clientWidth - here.offsetWidth) / 2;

restore();

document.body.dataset.ready = "yes";
