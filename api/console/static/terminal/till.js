/** 钱箱 Banknotes as counts per denomination, fen. Pure: every change is a new till. */

export const DENOMINATIONS = [10000, 5000, 2000, 1000, 500, 100, 50, 10, 1];

export const FLOAT = Object.freeze({
  10000: 30, 5000: 20, 2000: 20, 1000: 30, 500: 20, 100: 30, 50: 20, 10: 30, 1: 50,
});

export const EMPTY = Object.freeze({});

export function total(notes) {
  return DENOMINATIONS.reduce((sum, worth) => sum + worth * (notes[worth] ?? 0), 0);
}

/** The notes of both. */
export function plus(notes, others) {
  return combined(notes, others, 1);
}

/** The notes without the others, which must be among them. */
export function minus(notes, others) {
  return combined(notes, others, -1);
}

function combined(notes, others, sign) {
  const entries = DENOMINATIONS.map((worth) => [
    worth, (notes[worth] ?? 0) + sign * (others[worth] ?? 0),
  ]);
  if (entries.some(([, count]) => count < 0)) throw new RangeError("not so many notes");
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
}

/** The fewest notes that make the amount out of these; null if they cannot. */
export function notesFor(amount, from = null) {
  let rest = amount;
  const taken = {};
  for (const worth of DENOMINATIONS) {
    const count = Math.min(Math.floor(rest / worth), from ? (from[worth] ?? 0) : Infinity);
    if (count > 0) taken[worth] = count;
    rest -= count * worth;
  }
  return rest === 0 ? taken : null;
}
