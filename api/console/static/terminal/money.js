/** Money is an integer in fen; only here it becomes text and comes from text. */

const FEN = /^(\d{1,7})(?:\.(\d{1,2}))?$/;

/** yuan(123456) is "1,234.56". */
export function yuan(fen) {
  const sign = fen < 0 ? "-" : "";
  const [whole, part] = [Math.floor(Math.abs(fen) / 100), Math.abs(fen) % 100];
  const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sign}${grouped}.${String(part).padStart(2, "0")}`;
}

/** fenOf("12.5") is 1250; null for what is no amount yet. */
export function fenOf(typed) {
  const found = FEN.exec(typed);
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
}

/** What the keypad makes of one more key: at most seven digits of yuan and two behind the point. */
export function typedOn(typed, key) {
  const longer = typed === "0" && key !== "." ? key : typed + key;
  const cleaned = longer === "." ? "0." : longer.replace(/^00$/, "0");
  return /^\d{1,7}(\.\d{0,2})?$/.test(cleaned) ? cleaned : typed;
}
