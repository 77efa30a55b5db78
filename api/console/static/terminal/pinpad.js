/** Digits on their way to the bank: they can be added, counted, taken once, and wiped. */
export class PinPad {
  #digits = "";

  get length() {
    return this.#digits.length;
  }

  press(digit) {
    if (/^\d$/.test(digit) && this.#digits.length < 6) this.#digits += digit;
  }

  /** The customer enters all of them. */
  enter(digits) {
    this.#digits = digits;
  }

  take() {
    const digits = this.#digits;
    this.wipe();
    return digits;
  }

  wipe() {
    this.#digits = "";
  }
}
