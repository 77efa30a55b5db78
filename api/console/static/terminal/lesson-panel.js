/** <lesson-panel> The lesson beside the terminal: the step, the coach, the score, the end. */

import { h, redraw } from "./h.js";
import { FULL, begin, choose, hasPassed, isOver, observe, read, stepOf } from "./lesson.js";
import { inLanguage } from "./screens.js";

class LessonPanel extends HTMLElement {
  attach(counter, lang, voice) {
    this.counter = counter;
    this.w = inLanguage(lang);
    this.voice = voice;
    counter.addEventListener("fact", ({ detail }) => {
      if (this.run) this.#follow(observe(this.run, detail));
    });
  }

  /** Start a lesson, or start it again. */
  start(lesson, send) {
    this.send = send;
    this.run = begin(lesson);
    this.dataset.state = "running";
    this.draw();
    this.#sayStep();
  }

  #follow(run) {
    if (run === this.run) return;
    const wasOver = isOver(this.run);
    const isNew = run.at !== this.run.at;
    this.run = run;
    this.draw();
    if (run.coach) this.voice.say(this.#text(run.coach));
    else if (isNew) this.#sayStep();
    if (!wasOver && isOver(run)) this.#finish();
  }

  #text({ text, text_en }) { return this.w(text, text_en); }

  #sayStep() {
    const step = stepOf(this.run);
    if (step) this.voice.say(this.w(step.say, step.say_en));
  }

  async #finish() {
    this.dataset.state = hasPassed(this.run) ? "passed" : "failed";
    const said = await this.send(this.run);
    if (said) this.querySelector(".sent")?.replaceChildren(said);
  }

  draw() {
    redraw(this, [this.run.at, this.run.score, this.run.coach, this.run.chosen], () =>
      [this.#head(), isOver(this.run) ? this.#end() : this.#now(), this.#steps()]);
    this.querySelector("[aria-current=step]")?.scrollIntoView({ block: "nearest" });
  }

  #head() {
    const { lesson, score } = this.run;
    return h("header", {},
      h("h2", {}, this.w(lesson.title, lesson.title_en)),
      h("p", { class: "score" }, this.w("得分 ", "Score "), h("b", {}, score), ` / ${FULL} · `,
        this.w(`${lesson.pass_mark} 分合格`, `pass mark ${lesson.pass_mark}`)));
  }

  #now() {
    const { lesson, at, coach, praise, chosen } = this.run;
    const step = lesson.steps[at];
    return h("div", { class: "now", "aria-live": "polite" },
      at === 0 ? h("p", { class: "story" }, this.w(lesson.story, lesson.story_en)) : null,
      praise && !coach ? h("p", { class: "praise" }, this.#text(praise)) : null,
      coach ? h("p", { class: "coach" }, h("b", {}, this.w("先停一下 ", "Stop a moment. ")), this.#text(coach)) : null,
      h("p", { class: "say" }, this.w(step.say, step.say_en)),
      step.options ? h("div", { class: "options" }, step.options.map((option, place) => h("button", {
        type: "button", class: "soft", disabled: chosen.includes(place), onclick: () => this.#follow(choose(this.run, place)),
      }, this.#text(option)))) : null,
      step.wants || step.options ? null : h("button", {
        type: "button", class: "button primary", onclick: () => this.#follow(read(this.run)),
      }, this.w("看明白了", "Understood")));
  }

  #steps() {
    const { lesson, at } = this.run;
    return h("ol", { class: "steps" }, lesson.steps.map((step, place) => h("li", {
      class: place < at ? "done" : place === at ? "current" : "", "aria-current": place === at ? "step" : null,
    }, h("span", {}, place < at ? "✓" : place + 1), this.w(step.title, step.title_en))));
  }

  #end() {
    const { lesson, score, mistakes, praise } = this.run;
    const passed = hasPassed(this.run);
    return h("div", { class: `now end ${passed ? "passed" : "failed"}`, role: "status" },
      h("p", { class: "verdict" }, passed ? this.w(`合格 · ${score} 分`, `Passed · ${score}`) : this.w(`还差一点 · ${score} 分`, `Not yet · ${score}`)),
      praise ? h("p", { class: "praise" }, this.#text(praise)) : null,
      h("p", {}, this.w(lesson.learned, lesson.learned_en)),
      mistakes.length ? h("ul", { class: "mistakes" }, mistakes.map((mistake) => h("li", {}, this.#text(mistake)))) : null,
      h("p", { class: "sent muted" }),
      h("div", { class: "actions" },
        h("button", { type: "button", class: passed ? "button" : "button primary", onclick: () => this.dispatchEvent(new Event("again")) }, this.w("再练一次", "Once more")),
        h("a", { class: passed ? "button primary" : "button", href: "/console/lessons" }, this.w("全部课程", "All lessons"))));
  }
}

customElements.define("lesson-panel", LessonPanel);
