// What somebody typed is not lost where their session has ended meanwhile: a form that is sent is kept
// in this tab, and stands in its fields again when the same person comes back through the sign-in.

const KEY = "pos-sim typed";
const SIGN_IN = "/console/sign-in";
const place = location.pathname + location.search;

/** Keep what a form holds until the next page; passwords are never kept. */
export function keep(form) {
  const fields = [...form.elements].filter(({ id, type }) => id && type !== "hidden" && type !== "password");
  const values = fields.map((one) => [one.id, isTicked(one) ? one.checked : one.value]);
  if (!values.length) return;
  sessionStorage.setItem(KEY, JSON.stringify({ place, who: document.body.dataset.who, values }));
}

/** Put back what was kept, if this is its page and its person, and say so. */
export function restore() {
  if (location.pathname === SIGN_IN) return;
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  const cameFromSignIn = document.referrer && new URL(document.referrer).pathname === SIGN_IN;
  if (!kept || !cameFromSignIn || kept.place !== place || kept.who !== document.body.dataset.who) return;
  const found = kept.values.map(([id, value]) => put(document.getElementById(id), value)).filter(Boolean);
  if (found.length) tell(found[0].form);
}

const isTicked = ({ type }) => type === "checkbox" || type === "radio";

function put(field, value) {
  if (!field) return null;
  if (isTicked(field)) field.checked = value;
  else field.value = value;
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  return field;
}

function tell(form) {
  const said = document.createElement("p");
  said.className = "kept";
  said.role = "status";
  said.tabIndex = -1;
  said.textContent = document.body.dataset.restored;
  form.prepend(said);
  said.focus();
}
