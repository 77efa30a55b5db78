/** The businesses of the counter as one table: key, words, steps, and the body the bank gets. */

export const BUSINESSES = {
  withdrawal: {
    key: "1", path: "/v1/withdrawals", title: ["助农取款", "Withdrawal"],
    steps: ["amount", "card", "pin", "confirm"], cash: "out",
    body: ({ draft, card }) => ({ card_no: card.card_no, amount_fen: draft.amount_fen }),
  },
  cash_remittance: {
    key: "2", path: "/v1/cash-remittances", title: ["现金汇款", "Cash remittance"],
    steps: ["payee", "payee_check", "payer", "amount", "cash_in", "confirm"], cash: "in",
    body: ({ draft }) => ({
      payer_name: draft.payer_name, payee_account_no: draft.payee_account_no,
      payee_name: draft.payee_name, amount_fen: draft.amount_fen,
    }),
  },
  transfer: {
    key: "3", path: "/v1/transfers", title: ["转账汇款", "Transfer"],
    steps: ["card", "payee", "payee_check", "amount", "pin", "confirm"],
    body: ({ draft, card }) => ({
      card_no: card.card_no, payee_account_no: draft.payee_account_no,
      payee_name: draft.payee_name, amount_fen: draft.amount_fen,
    }),
  },
  bill_payment: {
    key: "4", path: "/v1/bill-payments", title: ["代理缴费", "Bill payment"],
    steps: ["bill", "funding"],
    body: ({ draft, card }) => ({
      ...(draft.funding === "card" ? { card_no: card.card_no } : {}),
      funding: draft.funding, biller_id: draft.biller_id, bill_no: draft.bill_no,
      amount_fen: draft.amount_fen,
    }),
  },
  balance_inquiry: {
    key: "5", path: "/v1/balance-inquiries", title: ["余额查询", "Balance inquiry"],
    steps: ["card", "pin"],
    body: ({ card }) => ({ card_no: card.card_no }),
  },
  reversal: {
    key: "6", path: "/v1/reversals", title: ["冲正", "Reversal"],
    steps: ["original", "confirm"],
    body: ({ draft, batch }) => ({
      original: { batch_no: batch, trace_no: draft.trace_no }, reason: "other",
    }),
  },
};

/** How a bill goes on once it is known what it is paid with. */
export const FUNDING = { card: ["card", "pin", "confirm"], cash: ["cash_in", "confirm"] };

/** What the menu offers beside the businesses. */
export const CHORES = {
  till_count: { key: "7", title: ["日终点钞", "Count the till"] },
  print_again: { key: "8", title: ["重打小票", "Print again"] },
};

/** Whether banknotes go "in", "out", or not at all (null). */
export function cashOf({ business, draft }) {
  if (business === "bill_payment") return draft.funding === "cash" ? "in" : null;
  return BUSINESSES[business]?.cash ?? null;
}

/** Whether the bank wants a PIN with it. */
export function wantsPin({ business, draft }) {
  if (business === "bill_payment") return draft.funding === "card";
  return ["withdrawal", "transfer", "balance_inquiry"].includes(business);
}
