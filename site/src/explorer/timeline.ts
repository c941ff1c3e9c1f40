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
  let first = Infinity;
  let last = -Infinity;
  for (const each of days) {
    first = Math.min(first, each);
    last = Math.max(last, each);
  }
  if (!(last > first)) {
    return null;
  }
  const bars = new Uint32Array(Math.min(BARS, last - first + 1));
  const barOf = (each: number) => Math.min(bars.length - 1, Math.floor(((each - first) / (last - first + 1)) * bars.length));
  for (const each of days) {
    bars[barOf(each)]++;
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
    min: first,
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

  function set(value: number): void {
    store.change({ until: value >= last ? null : value });
  }

  function start(): void {
    let at = store.state.until ?? first;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const steps = calm ? 12 : STEPS;
    set(at);
    timer = setInterval(
      () => {
        at = Math.min(last, at + Math.max(1, Math.ceil((last - first) / steps)));
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
      const until = store.state.until ?? last;
      input.min = String(first);
      input.value = String(until);
      const words = store.state.until === null ? text("now") : day(until);
      output.textContent = words;
      input.setAttribute("aria-valuetext", words);
      const bar = barOf(until);
      rects.forEach((rect, index) => rect.classList.toggle("later", index > bar));
    },
  };
}
