/** The time slider: the vault as it was on a day. */

import { NOTE, NO_DATE } from "./data";
import { h, iconButton, icon, s } from "./dom";
import type { Explorer, Part } from "./explorer";
import { day, text } from "./texts";

const BARS = 64;
const STEPS = 60;

/** Null where fewer than two days are known. */
export function timeline(explorer: Explorer): Part | null {
  const { store, vault } = explorer;
  const days: number[] = [];
  for (let node = 0; node < vault.count; node++) {
    const created = vault.created(node);
    if (vault.type[node] === NOTE && created !== NO_DATE) {
      days.push(created);
    }
  }
  // A step from each day on which something was written to the next: one wrong date would leave no room for the others.
  const steps = [...new Set(days)].sort((a, b) => a - b);
  const last = steps.length - 1;
  if (last < 1) {
    return null;
  }
  const stepOf = (each: number) => steps.findLastIndex((step) => step <= each);
  const bars = new Uint32Array(Math.min(BARS, steps.length));
  const barOf = (step: number) => Math.floor((step / steps.length) * bars.length);
  const place = new Map(steps.map((step, index) => [step, index]));
  for (const each of days) {
    bars[barOf(place.get(each)!)]++;
  }
  const highest = bars.reduce((a, b) => Math.max(a, b));
  const rects = [...bars].map((count, index) => {
    const height = count ? Math.max(1.5, (count / highest) * 20) : 0;
    return s("rect", { x: index * 5, y: 20 - height, width: 4, height, rx: 0.5 });
  });
  const chart = s(
    "svg",
    { class: "bars", viewBox: `0 0 ${bars.length * 5 - 1} 20`, preserveAspectRatio: "none", "aria-hidden": "true" },
    rects,
  );
  const input = h("input", {
    type: "range",
    min: 0,
    max: last,
    step: 1,
    "aria-label": text("timelineLabel"),
    oninput: () => {
      stop();
      set(Number(input.value));
    },
  });
  const output = h("output", {});
  const play = iconButton("play", text("play"), () => (timer === undefined ? start() : stop()));
  const element = h(
    "div",
    { class: "timeline" },
    play,
    h("div", { class: "track" }, chart, input),
    h("p", {}, h("span", {}, text("timeline")), " ", output),
  );
  let timer: ReturnType<typeof setInterval> | undefined;

  function set(step: number): void {
    store.change({ until: step >= last ? null : steps[step] });
  }

  function start(): void {
    let at = store.state.until === null ? 0 : Math.max(0, stepOf(store.state.until));
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const frames = calm ? 12 : STEPS;
    set(at);
    timer = setInterval(
      () => {
        at = Math.min(last, at + Math.max(1, Math.ceil(last / frames)));
        set(at);
        if (at >= last) {
          stop();
        }
      },
      calm ? 1000 : 200,
    );
    label();
  }

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
    label();
  }

  function label(): void {
    const name = timer === undefined ? "play" : "pause";
    play.replaceChildren(icon(name));
    play.setAttribute("aria-label", text(name));
    play.title = text(name);
  }

  return {
    element,
    update(): void {
      const { until } = store.state;
      const step = until === null ? last : stepOf(until);
      input.value = String(Math.max(0, step));
      const words = until === null ? text("now") : day(until);
      output.textContent = words;
      input.setAttribute("aria-valuetext", words);
      const bar = step < 0 ? -1 : barOf(step);
      rects.forEach((rect, index) => rect.classList.toggle("later", index > bar));
    },
  };
}
