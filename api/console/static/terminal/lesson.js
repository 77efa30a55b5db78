/**
 * 课程 A lesson as a pure function of what really happened: observe(run, fact) gives the next run.
 *
 * A step is done by a fact of the terminal that fits its pattern, by the right answer to a question,
 * or by having read. A wrong move is coached and costs points; nothing is marked by a click on "done".
 */

export const FULL = 100;

export function begin(lesson) {
  return Object.freeze({
    lesson, at: 0, score: FULL, mistakes: [], coach: null, explained: [], chosen: [], keys: [],
  });
}

export const stepOf = (run) => run.lesson.steps[run.at] ?? null;
export const isOver = (run) => run.at >= run.lesson.steps.length;
export const hasPassed = (run) => isOver(run) && run.score >= run.lesson.pass_mark;

/** Whether a fact fits a pattern: every value named in it is equal, in the list, or within bounds. */
export function fits(pattern, fact) {
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name.endsWith("_min")) return fact[name.slice(0, -4)] >= wanted;
    if (name.endsWith("_max")) return fact[name.slice(0, -4)] <= wanted;
    return Array.isArray(wanted) ? wanted.includes(fact[name]) : fact[name] === wanted;
  });
}

export function observe(run, fact) {
  const step = stepOf(run);
  if (!step) return run;
  const wrong = [...(step.wrong ?? []), ...(run.lesson.wrong ?? [])].find(({ when }) => fits(when, fact));
  if (wrong) return mistaken(run, wrong);
  return step.wants && fits(step.wants, fact) ? done(run, step) : run;
}

/** A question is answered. */
export function choose(run, place) {
  const step = stepOf(run);
  const option = step?.options?.[place];
  if (!option || run.chosen.includes(place)) return run;
  if (option.right) return done(run, step);
  return { ...mistaken(run, option), chosen: [...run.chosen, place] };
}

/** A step that is only read. */
export function read(run) {
  const step = stepOf(run);
  return step && !step.wants && !step.options ? done(run, step) : run;
}

function done(run, step) {
  const explained = step.why ? { text: step.why, text_en: step.why_en } : null;
  return { ...run, at: run.at + 1, coach: null, chosen: [], praise: explained };
}

function mistaken(run, { coach, coach_en, cost }) {
  return {
    ...run, score: Math.max(0, run.score - cost), coach: { text: coach, text_en: coach_en },
    praise: null, mistakes: [...run.mistakes, { step: run.at, text: coach, text_en: coach_en, cost }],
  };
}
