/** 打印 Paper of 58 mm is as long as what stands on it: CSS wants a length, so it is measured. */

const MARGIN_MM = 2;
const MM_A_PIXEL = 25.4 / 96;
const sheets = new CSSStyleSheet();
document.adoptedStyleSheets.push(sheets);
const papers = () => [...document.querySelectorAll(".paper")];

addEventListener("beforeprint", () => {
  for (const paper of papers()) paper.classList.add("printed");
  const longest = Math.max(0, ...papers().map((paper) => paper.offsetHeight)) * MM_A_PIXEL;
  const length = Math.ceil(longest) + 2 * MARGIN_MM + 1;
  sheets.replaceSync(`@page { size: 58mm ${length}mm; margin: ${MARGIN_MM}mm; }`);
});

addEventListener("afterprint", () => {
  for (const paper of papers()) paper.classList.remove("printed");
});
