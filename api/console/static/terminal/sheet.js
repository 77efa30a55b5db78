/** The class sheet goes to the printer. */
document.querySelector("#print").addEventListener("click", () => window.print());
