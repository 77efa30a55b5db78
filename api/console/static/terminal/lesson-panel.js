/** <lesson-panel> The lesson beside the terminal: the step, the coach, the score, the end. */

import { Attempt } from "./attempt.js";
import { h, redraw } from "./h.js";
import { inLanguage } from "./screens.js";

const FULL = 100;

class LessonPanel extends HTMLElement {
  attach(counter, lang, voice) {
    this.counter = counter;
    this.w = inLanguage(lang);
    this.voice = voice;
    counter.addEventListener("fact", ({ detail }) => this.attempt?.tell(detail));
  }

  /** Start a lesson, or start it again. */
  start(lesson, who) {
    this.attempt?.leave();
    this.lesson = lesson;
    this.run = null;
    const attempt = new Attempt();
    this.attempt = attempt;
    attempt.addEventListener("run", () => this.#follow(attempt.run));
    attempt.addEventListener("trouble", ({ detail }) => this.#trouble(detail.isOver));
    this.dataset.state = "running";
    attempt.begin(lesson.lesson_id, who);
  }

  #follow(run) {
    const before = this.run;
    this.run = run;
    if (run.is_over) this.dataset.state = run.has_passed ? "passed" : "failed";
    this.draw();
    if (run.coach) this.voice.say(this.#text(run.coach));
    else if (run.at !== before?.at) this.#sayStep();
  }

  #trouble(isOver) {
    const said = isOver ? this.w("这堂课没有登记上，请刷新页面重来。", "The lesson could not be entered. Reload the page.")
      : this.w("课程没有连上，正在重试…", "The lesson lost its line, trying again…");
    this.querySelector(".trouble")?.remove();
    this.prepend(h("p", { class: "trouble coach", role: "status" }, said));
  }

  #text({ text, text_en }) { return this.w(text, text_en); }

  #sayStep() {
    const step = this.attempt.steps[this.run.at];
    if (step) this.voice.say(this.w(step.say, step.say_en));
  }

  draw() {
    this.querySelector(".trouble")?.remove();
    redraw(this, [this.run, this.attempt.said], () =>
      [this.#head(), this.run.is_over ? this.#end() : this.#now(), this.#steps()]);
    if (this.run.is_over) this.scrollTop = 0;
    else this.querySelector("[aria-current=step]")?.scrollIntoView({ block: "nearest" });
  }

  #head() {
    const { lesson, run: { score } } = this;
    return h("header", {},
      h("h2", {}, this.w(lesson.title, lesson.title_en)),
      h("p", { class: "score" }, this.w("得分 ", "Score "), h("b", {}, score), ` / ${FULL} · `,
        this.w(`${lesson.pass_mark} 分合格`, `pass mark ${lesson.pass_mark}`)));
  }

  #now() {
    const { lesson, attempt, run: { at, coach, praise, chosen } } = this;
    const step = attempt.steps[at];
    return h("div", { class: "now", "aria-live": "polite" },
      at === 0 ? h("p", { class: "story" }, this.w(lesson.story, lesson.story_en)) : null,
      praise && !coach ? h("p", { class: "praise" }, this.#text(praise)) : null,
      coach ? h("p", { class: "coach" }, h("b", {}, this.w("先停一下 ", "Stop a moment. ")), this.#text(coach)) : null,
      h("p", { class: "say" }, this.w(step.say, step.say_en)),
      step.sort === "ask" ? h("div", { class: "options" }, step.options.map((option, place) => h("button", {
        type: "button", class: "soft", disabled: chosen.includes(place), onclick: () => attempt.choose(place),
      }, this.#text(option)))) : null,
      step.sort !== "read" ? null : h("button", {
        type: "button", class: "button primary", onclick: () => attempt.read(),
      }, this.w("看明白了", "Understood")));
  }

  #steps() {
    const { attempt, run: { at, mistaken } } = this;
    return h("ol", { class: "steps" }, attempt.steps.map((step, place) => {
      const isDone = place < at;
      const isWrong = isDone && mistaken.includes(place);
      return h("li", {
        class: isWrong ? "done wrong-step" : isDone ? "done" : place === at ? "current" : "", "aria-current": place === at ? "step" : null,
      }, h("span", {}, isWrong ? "✗" : isDone ? "✓" : place + 1), this.w(step.title, step.title_en),
        isWrong ? h("small", {}, this.w("有错", "with a mistake")) : null);
    }));
  }

  #end() {
    const { attempt, run: { score, mistakes, praise, learned, has_passed: passed } } = this;
    return h("div", { class: `now end ${passed ? "passed" : "failed"}`, role: "status" },
      h("p", { class: "verdict" }, passed ? this.w(`合格 · ${score} 分`, `Passed · ${score}`) : this.w(`还差一点 · ${score} 分`, `Not yet · ${score}`)),
      praise ? h("p", { class: "praise" }, this.#text(praise)) : null,
      h("p", {}, this.#text(learned)),
      mistakes.length ? h("ul", { class: "mistakes" }, mistakes.map((mistake) => h("li", {}, this.#text(mistake)))) : null,
      h("p", { class: "sent muted" }, attempt.said),
      h("div", { class: "actions" },
        h("button", { type: "button", class: passed ? "button" : "button primary", onclick: () => this.dispatchEvent(new Event("again")) }, this.w("再练一次", "Once more")),
        h("a", { class: passed ? "button primary" : "button", href: "/console/lessons" }, this.w("全部课程", "All lessons"))));
  }
}

customElements.define("lesson-panel", LessonPanel);
