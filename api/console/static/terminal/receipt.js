/** 小票 The receipt: its rows are pure, its paper is drawn, and printing is the browser's. */

import { h } from "./h.js";
import { yuan } from "./money.js";
import { inLanguage, titleOf } from "./screens.js";

export const WATERMARK = ["教学演示 · 非真实交易凭证", "Teaching demo · not a real receipt"];

const BANKS = {
  gyb: ["贵阳银行", "Bank of Guiyang"], grcu: ["贵州农商联合银行", "Guizhou Rural Commercial"],
  ccb: ["建设银行", "CCB"], abc: ["农业银行", "ABC"], psbc: ["邮储银行", "PSBC"],
  gzb: ["贵州银行", "Bank of Guizhou"], out: ["省外银行", "Out of province"],
};

export const bankName = (bankId, w) => w(...(BANKS[bankId] ?? [bankId, bankId]));

/** The rows of a receipt in the order of the paper: [label, value, kind]. */
export function rowsOf({ answer, terminal }, copy, lang = "zh") {
  const w = inLanguage(lang);
  const { point } = terminal;
  return [
    [w("服务点", "Point"), point.name],
    [w("编号", "Point no."), answer.service_point_id ?? point.service_point_id],
    [w("终端号", "Terminal"), answer.terminal_id],
    [w("收单行", "Acquirer"), bankName(terminal.bank_id, w)],
    rule,
    [w("业务", "Business"), titleOf(answer.business, w)],
    ...some(w("卡号", "Card"), answer.card_no_masked),
    ...some(w("收款账号", "Payee"), answer.payee_account_no),
    ...some(w("缴费单号", "Bill"), answer.bill_no),
    ...some(w("原交易", "Original"), answer.original_transaction_id),
    [w("批次/流水", "Batch/trace"), `${answer.batch_no}/${answer.trace_no}`],
    [w("参考号", "Reference"), answer.retrieval_reference_no],
    ...some(w("授权码", "Auth code"), answer.authorization_code),
    [w("时间", "Time"), answer.decided_at.slice(0, 19).replace("T", " ")],
    rule,
    ...(answer.amount_fen == null ? [] : [[w("金额", "Amount"), `¥${yuan(answer.amount_fen)}`, "big"]]),
    ...feeRows(answer, w),
    ...(copy === "customer" && answer.balance_fen != null
      ? [[w("余额", "Balance"), `¥${yuan(answer.balance_fen)}`]] : []),
    [w("应答", "Answer"), `${answer.response_code} ${w(answer.response_text, answer.response_text_en)}`],
    ...(answer.available_at ? [[w("到账", "Arrives"), answer.available_at.slice(0, 16).replace("T", " ")]] : []),
  ];
}

const rule = ["", "", "rule"];
const some = (label, value) => (value ? [[label, value]] : []);

function feeRows({ fee, fee_returned_fen }, w) {
  const { waiver } = fee;
  return [
    ...(fee.before_waiver_fen ? [[w("减免前手续费", "Fee before waiver"), `¥${yuan(fee.before_waiver_fen)}`]] : []),
    ...(fee.waived_fen ? [[w("减免", "Waived"), `−¥${yuan(fee.waived_fen)}`]] : []),
    [w("实收手续费", "Fee charged"), `¥${yuan(fee.charged_fen)}`],
    ...(waiver ? [["", w("减免原因：", "Why waived: ") + `${w(waiver.title, waiver.title_en)} · ${w(waiver.granted_by, waiver.granted_by_en)} · ${waiver.since}`, "note"]] : []),
    ...(fee_returned_fen ? [[w("退回手续费", "Fee returned"), `¥${yuan(fee_returned_fen)}`]] : []),
  ];
}

/** One copy on paper. */
export function paperOf(receipt, copy, lang = "zh") {
  const w = inLanguage(lang);
  const isMerchant = copy === "merchant";
  return h("article", { class: "paper", "data-copy": copy },
    h("h3", {}, w("助农取款服务点业务凭证", "Service point receipt")),
    h("p", { class: "copy" }, isMerchant ? w("商户联 · 存根", "Merchant copy") : w("客户联", "Customer copy"),
      receipt.isAgain ? h("b", {}, w(" · 重打印", " · Reprint")) : null),
    h("dl", {}, rowsOf(receipt, copy, lang).map(([label, value, kind]) =>
      h("div", { class: kind ?? "row" }, h("dt", {}, label), h("dd", {}, value)))),
    h("p", { class: "signature" }, isMerchant ? w("客户签字", "Signature") : w("本人确认以上交易", "I confirm this transaction")),
    isMerchant ? h("p", { class: "line" }) : null,
    h("p", { class: "watermark" }, w(...WATERMARK)),
  );
}
