// Parts of a page, [data-part], put in place of what they were. Everything that a person did to the old
// ones goes over: what was typed and chosen, what was open, where the cursor stood.

const TOKEN = /name="once" value="[^"]*"/g; // every form has a new one
const DONE = "data-kept";

/** Put the parts of a fresh page in place where they differ; say whether any did. */
export function put(fresh, keptText) {
  let changed = false;
  for (const old of document.querySelectorAll("[data-part]")) {
    const now = fresh.querySelector(`[data-part="${old.dataset.part}"]`);
    if (!now || !differs(old, now)) continue;
    replace(old, document.importNode(now, true), keptText);
    changed = true;
  }
  return changed;
}

// What was first served is compared, and not what a person made of it since.
const served = new WeakMap();
for (const part of document.querySelectorAll("[data-part]")) served.set(part, plain(part));

/** Say that the form with these hidden fields came back as somebody typed it: the words are theirs. */
export function wasTyped(sent) {
  for (const form of document.querySelectorAll("[data-part] form")) {
    const names = [...form.elements].filter(({ name }) => name === "do" || name === "approval");
    if (names.some(({ name, value }) => sent[name] !== value)) continue;
    for (const field of form.elements) {
      if (field.type === "checkbox" || field.type === "radio") {
        const { checked } = field;
        field.defaultChecked = false;
        field.checked = checked;
      } else if (field.type !== "hidden" && "defaultValue" in field) {
        const { value } = field;
        field.defaultValue = "";
        field.value = value;
      }
    }
  }
}

function differs(old, now) {
  return served.get(old) !== plain(now);
}

function plain(part) {
  return part.outerHTML.replace(TOKEN, "");
}

function replace(old, now, keptText) {
  served.set(now, plain(now));
  const focus = focusIn(old);
  const lost = carry(old, now);
  for (const one of old.querySelectorAll("details[id]")) {
    const same = now.querySelector(`#${CSS.escape(one.id)}`);
    if (same) same.open = one.open;
  }
  old.replaceWith(now);
  for (const form of lost) now.prepend(keep(form, keptText));
  restore(focus, now);
}

// Bring over what was typed; return the forms that have no place any more.
function carry(old, now) {
  const lost = [];
  for (const form of old.querySelectorAll("form")) {
    const touched = [...form.elements].filter(isTouched);
    if (form.hasAttribute(DONE)) lost.push(form);
    else if (touched.length && touched.every((field) => !set(now, field))) lost.push(form);
  }
  return lost;
}

function isTouched(field) {
  if (field.type === "hidden" || !field.id) return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field instanceof HTMLSelectElement) return [...field.options].some((one) => one.selected !== one.defaultSelected);
  return "defaultValue" in field && field.value !== field.defaultValue;
}

function set(now, field) {
  const same = now.querySelector(`#${CSS.escape(field.id)}`);
  if (!same) return false;
  if (field.type === "checkbox" || field.type === "radio") same.checked = field.checked;
  else same.value = field.value;
  return true;
}

function keep(form, text) {
  if (!form.hasAttribute(DONE)) {
    form.setAttribute(DONE, "");
    const note = document.createElement("p");
    note.className = "kept";
    note.textContent = text;
    form.prepend(note);
    for (const field of form.elements) {
      if (field.type === "submit") field.disabled = true;
      else field.readOnly = true;
    }
  }
  return form;
}

function focusIn(part) {
  const field = document.activeElement;
  if (!field || !part.contains(field)) return null;
  const can = "selectionStart" in field && field.selectionStart !== null;
  return { id: field.id, like: likeness(field), range: can ? [field.selectionStart, field.selectionEnd] : null };
}

// What has no id is known by what it does and says.
const FOCUSABLE = "a[href], button, summary, input, select, textarea, [tabindex]";
const likeness = (one) =>
  [one.tagName, one.getAttribute("href"), one.getAttribute("name"), one.textContent.trim()].join("|");

// Where the focused thing is gone, the keyboard goes on from the page itself and not from its top.
function restore(focus, now) {
  if (!focus) return;
  const known = focus.id ? document.getElementById(focus.id) : null;
  const alike = () => [...now.querySelectorAll(FOCUSABLE)].find((one) => likeness(one) === focus.like);
  const field = known ?? alike();
  if (!field) return document.getElementById("main").focus({ preventScroll: true });
  field.focus({ preventScroll: true });
  if (focus.range) field.setSelectionRange(...focus.range);
}
