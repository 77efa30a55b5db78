/**
 * 线路 The line to the bank: the public JSON API, and the switch that cuts it.
 *
 * "up": all is well. "answer_lost": the bank gets the request, its answer never arrives. "down":
 * nothing leaves the terminal. The key lives in this object alone, never in an address or a store.
 */

export const LINES = ["up", "answer_lost", "down"];

/** No answer that can be trusted came; the money may have moved. */
export class Unanswered extends Error {}

/** The bank answered that it did nothing, and why. */
export class Broken extends Error {
  constructor(problem) {
    super(problem.title);
    this.problem = problem;
  }
}

export class Bank {
  #key = "";
  line = "up";
  /** How long an answer may take, and how long a dead line is listened to; milliseconds. */
  patience = 8000;
  silence = 2500;

  useKey(key) {
    this.#key = key;
  }

  get hasKey() {
    return this.#key !== "";
  }

  get(path) {
    return this.#call("GET", path);
  }

  post(path, body) {
    return this.#call("POST", path, body);
  }

  /** What really happened: the trainer's own line to the books, which is never cut. */
  truth(key) {
    return this.#fetch("GET", `/sim/truth?${new URLSearchParams(key)}`);
  }

  async #call(method, path, body) {
    const { line } = this;
    if (line !== "down") {
      const answer = this.#fetch(method, path, body);
      if (line === "up") return answer;
      await answer.catch(() => null);
    }
    await new Promise((done) => setTimeout(done, this.silence));
    throw new Unanswered();
  }

  async #fetch(method, path, body) {
    const headers = { Authorization: `Bearer ${this.#key}` };
    if (body) headers["Content-Type"] = "application/json";
    const response = await fetch(path, {
      method, headers, body: body && JSON.stringify(body), cache: "no-store", credentials: "omit",
      signal: AbortSignal.timeout(this.patience),
    }).catch(() => { throw new Unanswered(); });
    // Busy, closing, broken inside: nobody knows what was done, so the same key goes out again.
    if (response.status >= 500) throw new Unanswered();
    const answer = await response.json().catch(() => { throw new Unanswered(); });
    if (!response.ok) throw new Broken({ ...answer, type: kindOf(answer), status: response.status });
    return answer;
  }
}

const kindOf = ({ type = "" }) => String(type).split(/[/:#]/).pop();
