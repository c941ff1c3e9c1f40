/** Work in slices, so that the page answers while it goes on. */

interface Scheduler {
  yield?: () => Promise<void>;
}

/** Lets the browser do what waits. */
export function breath(): Promise<void> {
  const scheduler = (globalThis as { scheduler?: Scheduler }).scheduler;
  if (scheduler?.yield) {
    return scheduler.yield();
  }
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(null);
  });
}

export function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in globalThis) {
      requestIdleCallback(() => resolve(), { timeout: 120 });
    } else {
      setTimeout(resolve, 16);
    }
  });
}

/** Calls `step` with every number below `count`, never for longer than `budget` milliseconds at a time. */
export async function inSlices(count: number, step: (index: number) => void, budget = 12): Promise<void> {
  let until = performance.now() + budget;
  for (let index = 0; index < count; index++) {
    step(index);
    if ((index & 255) === 255 && performance.now() > until) {
      await breath();
      until = performance.now() + budget;
    }
  }
}
