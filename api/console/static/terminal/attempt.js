/**
 * 上课 One attempt at a lesson. What happens at the terminal is told to the desk, which judges it:
 * the right answers and the score are there and nowhere in this page.
 *
 * Events of this target: "run" (draw again), "trouble" (the desk cannot be reached, or `isOver`: takes no more).
 */

export class Attempt extends EventTarget {
  steps = [];
  run = null;
  said = "";
  #id = "";
  #told = 0;
  #waiting = [];
  #isSending = false;
  /** Pause before what did not arrive is told again, milliseconds. */
  pause = 1500;

  /** Begin; resolves when the desk has entered the attempt. */
  async begin(lesson_id, who) {
    const begun = await this.#untilDone(() => post(`/console/lessons/${lesson_id}/attempts`, who));
    if (!begun) return;
    this.steps = begun.steps;
    this.#id = begun.attempt_id;
    this.#take(begun);
  }

  tell(fact) {
    if (this.run?.is_over) return;
    this.#waiting.push(fact);
    this.#send();
  }

  choose(place) { this.tell({ event: "chose", place }); }

  read() { this.tell({ event: "read" }); }

  /** Nothing that comes later counts. */
  leave() { this.isLeft = true; }

  async #send() {
    if (this.#isSending || !this.#id) return;
    this.#isSending = true;
    while (this.#waiting.length && !this.isLeft) {
      const moves = this.#waiting.slice(0, 50);
      const body = { after: this.#told, moves };
      const standing = await this.#untilDone(() => post(`/console/lessons/attempts/${this.#id}/moves`, body));
      if (!standing) break;
      this.#waiting.splice(0, moves.length);
      this.#take(standing);
    }
    this.#isSending = false;
  }

  #take({ told, run, said }) {
    [this.#told, this.run, this.said] = [told, run, said];
    if (run.is_over) this.#waiting = [];
    if (!this.isLeft) this.dispatchEvent(new Event("run"));
    if (this.#waiting.length) this.#send();
  }

  /** A line that is down is tried again; whoever is signed out signs in and comes back. */
  async #untilDone(call) {
    while (!this.isLeft) {
      const response = await call().catch(() => null);
      if (response?.ok) return response.json();
      if (response?.status === 401) location.assign(`/console/sign-in?${new URLSearchParams({ next: location.pathname + location.search })}`);
      const isOver = Boolean(response) && response.status < 500;
      this.dispatchEvent(new CustomEvent("trouble", { detail: { isOver } }));
      if (isOver) return null;
      await new Promise((done) => { setTimeout(done, this.pause); });
    }
    return null;
  }
}

export const post = (path, body) => fetch(path, {
  method: "POST", body: JSON.stringify(body),
  headers: { "Content-Type": "application/json", "X-CSRF-Token": document.body.dataset.csrf },
});
