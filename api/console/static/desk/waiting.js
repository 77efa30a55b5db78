// While the server works on a form, the page says so, and where the clock has come to.

const EVERY_MS = 700;

document.addEventListener("submit", ({ target, defaultPrevented }) => {
  const said = document.querySelector(".waiting");
  if (!said || defaultPrevented || !target.classList.contains("moves")) return;
  const words = said.querySelector(".words");
  said.classList.add("on");
  words.textContent = said.dataset.text;
  const look = async () => {
    const response = await fetch("/console/clock/now").catch(() => null);
    if (!response?.ok) return;
    const { now } = await response.json();
    words.textContent = `${said.dataset.text} ${said.dataset.then} ${now}`;
  };
  said.dataset.timer = String(setInterval(look, EVERY_MS));
});

// A page that the back button brings back waits for nothing.
addEventListener("pageshow", ({ persisted }) => {
  const said = document.querySelector(".waiting.on");
  if (!persisted || !said) return;
  clearInterval(Number(said.dataset.timer));
  said.classList.remove("on");
});
