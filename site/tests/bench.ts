/** How soon the map is there, and how long the page does not answer: `npm run bench`, or `npm run bench 1000 10000`. */

import { launch } from "./browser";
import { html, page } from "./page";
import { synthetic } from "./synthetic";

interface Measures {
  first: number;
  ready: number;
  longest: number;
  longestBefore: number;
  tasks: [start: number, length: number][];
  hover: number;
  filter: number;
  marks: Record<string, number>;
}

const counts = process.argv.slice(2).map(Number).filter(Boolean);
const RUNS = 3;

for (const count of counts.length ? counts : [1000, 10_000, 50_000]) {
  const content = html(synthetic(count), "apart");
  const url = page(`bench-${count}`, content);
  const browser = await launch();
  const runs: Measures[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const visit = await context.newPage();
    await visit.addInitScript(() => {
      const held = window as unknown as { tasks: [number, number][] };
      held.tasks = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          held.tasks.push([entry.startTime, entry.duration]);
        }
      }).observe({ type: "longtask", buffered: true });
    });
    await context.setOffline(true);
    await visit.goto(url, { waitUntil: "commit" });
    await visit.waitForFunction(() => performance.getEntriesByName("fmvault:ready").length > 0, null, { timeout: 120_000 });
    await visit.waitForTimeout(500);
    const measured = await visit.evaluate(async () => {
      const { tasks } = window as unknown as { tasks: [number, number][] };
      const all = Object.fromEntries(performance.getEntriesByType("mark").map((mark) => [mark.name, mark.startTime]));
      const first = all["fmvault:first-frame"];
      const longest = Math.max(0, ...tasks.map((task) => task[1]));
      const longestBefore = Math.max(0, ...tasks.filter((task) => task[0] < first).map((task) => task[1]));
      const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      const timed = async (act: () => void) => {
        const start = performance.now();
        act();
        const acted = performance.now() - start;
        await frame();
        return acted;
      };
      const check = document.querySelector<HTMLInputElement>(".filters input[type=checkbox]")!;
      const filter = await timed(() => check.click());
      await timed(() => check.click());
      return { first, ready: all["fmvault:ready"], longest, longestBefore, tasks: tasks.slice(), hover: 0, filter, marks: all };
    });
    if (run) {
      runs.push(measured);
    }
    await context.close();
  }
  await browser.close();
  const middle = (of: (run: Measures) => number) => Math.round(runs.map(of).sort((a, b) => a - b)[Math.floor(RUNS / 2)]);
  console.log(
    `${count} notes: file ${(Buffer.byteLength(content) / 1e6).toFixed(2)} MB, first frame ${middle((run) => run.first)} ms, longest task ${middle((run) => run.longest)} ms (${middle((run) => run.longestBefore)} ms before it), ready ${middle((run) => run.ready)} ms, a filter ${middle((run) => run.filter)} ms`,
  );
  if (process.env["TASKS"]) {
    console.log(runs[0].tasks.map(([start, length]) => `${Math.round(start)}+${Math.round(length)}`).join(" "), runs[0].marks);
  }
}
