/** 掉电也不忘 A reversal that waits for its answer, in the tab's own storage: keys, never a card. */
export class Memory {
  #storage;

  constructor(storage) {
    this.#storage = storage;
  }

  keep(pending) {
    if (pending) this.#storage?.setItem("reversal", JSON.stringify(pending));
    else this.#storage?.removeItem("reversal");
  }

  /** The reversal that this terminal still owes, or null. */
  reversalOf(terminal_id) {
    const pending = JSON.parse(this.#storage?.getItem("reversal") ?? "null");
    return pending?.terminal_id === terminal_id ? pending : null;
  }
}
