/** 结账 What the bank's books say about this terminal's batches. */

import { FLOAT, total } from "./till.js";

/** A batch number under which this terminal never sent anything. */
export async function freshBatch(bank, terminal_id) {
  for (;;) {
    const batch_no = String(1 + Math.floor(Math.random() * 999998)).padStart(6, "0");
    const { items } = await bank.get(`/v1/transactions?${asked({ terminal_id, batch_no, limit: 1 })}`);
    if (items.length === 0) return batch_no;
  }
}

/** What the till should hold by the bank's books, and how far the count is from it; fen. */
export async function settle(bank, { terminal, batch }, counted_fen) {
  const books_fen = await booksOf(bank, terminal.terminal_id, batch);
  const float_fen = total(FLOAT);
  const expected_fen = float_fen + books_fen;
  return { float_fen, books_fen, expected_fen, counted_fen, difference_fen: counted_fen - expected_fen };
}

async function booksOf(bank, terminal_id, batch_no) {
  let [sum, cursor] = [0, null];
  do {
    const page = await bank.get(
      `/v1/transactions?${asked({ terminal_id, batch_no, limit: 200, ...(cursor && { cursor }) })}`,
    );
    sum += page.items.reduce((all, one) => all + tillChange(one), 0);
    cursor = page.next_cursor;
  } while (cursor);
  return sum;
}

/** Banknotes that a transaction moved by the books, fen; what was reversed moved none. */
export function tillChange({ business, status, amount_fen, fee, funding }) {
  if (status !== "approved" && status !== "held") return 0;
  if (business === "withdrawal") return -amount_fen;
  const isCash = business === "cash_remittance" || (business === "bill_payment" && funding === "cash");
  return isCash ? amount_fen + fee.charged_fen : 0;
}

const asked = (fields) => new URLSearchParams(fields);
