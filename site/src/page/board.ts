/** The picture of a board can be made larger and smaller, and moved: it scrolls in its box, as it does without a script. */

import { h, text } from "./dom";

const STEP = 1.25;
// How large the board's own units are shown, in pixels.
const LEAST = 0.05;
const MOST = 4;
// A click that trembles is none to move by.
const TREMBLE = 4;

export function board(): void {
  const box = document.querySelector<HTMLElement>(".board-picture");
  const svg = box?.querySelector<SVGSVGElement>("svg.canvas");
  const tools = document.querySelector(".board-tools");
  if (!box || !svg || !tools) {
    return;
  }
  const { width, height } = svg.viewBox.baseVal;
  const now = (): number => svg.getBoundingClientRect().width / width;
  let isFit = false;

  /** Shows the board at a scale; what is at a place of the window, else in the middle of the box, stays there. */
  function zoom(to: number, x?: number, y?: number): void {
    const scale = Math.min(MOST, Math.max(Math.min(LEAST, fitting()), to));
    const room = box!.getBoundingClientRect();
    const before = svg!.getBoundingClientRect();
    const left = x ?? room.left + room.width / 2;
    const top = y ?? room.top + room.height / 2;
    const across = (left - before.left) / before.width;
    const down = (top - before.top) / before.height;
    isFit = false;
    box!.classList.add("zoomed");
    svg!.style.width = `${width * scale}px`;
    svg!.style.height = `${height * scale}px`;
    const after = svg!.getBoundingClientRect();
    box!.scrollBy({ left: after.left + across * after.width - left, top: after.top + down * after.height - top, behavior: "instant" });
    told.textContent = `${Math.round(scale * 100)}\u00a0%`;
  }

  /** The scale at which all of it is seen, and nothing is larger than it was drawn. */
  const fitting = (): number => Math.min(1, box.clientWidth / width, (innerHeight * 0.85 - 2) / height);

  function fit(): void {
    zoom(fitting());
    box!.classList.remove("zoomed");
    isFit = true;
  }

  // -- buttons and keys

  const told = h("output", {});
  const button = (key: string, act: () => void, sign?: string): HTMLElement =>
    h("button", { type: "button", "aria-label": text(key), title: text(key), onclick: act }, sign ?? text(key));
  const closer = (): void => zoom(now() * STEP);
  const further = (): void => zoom(now() / STEP);
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", text("zoom"));
  tools.append(told, button("zoom_out", further, "−"), button("zoom_in", closer, "+"), button("zoom_fit", fit));
  // Arrows scroll the box as they do any other.
  const keys: Readonly<Record<string, () => void>> = { "+": closer, "=": closer, "-": further, "0": fit };
  box.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (act && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      act();
    }
  });

  // -- the wheel, the mouse and fingers

  box.addEventListener(
    "wheel",
    (event) => {
      // Two fingers that part on a touchpad are told as this too.
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const pixels = event.deltaY * (event.deltaMode ? 16 : 1);
        zoom(now() * Math.exp(-Math.max(-100, Math.min(100, pixels)) / 250), event.clientX, event.clientY);
      }
    },
    { passive: false },
  );

  // Where the box would be scrolled to if the mouse were at the window's corner.
  let held: { id: number; x: number; y: number; from: readonly [number, number] } | null = null;
  let moves = false;
  box.addEventListener("pointerdown", (event) => {
    const at = event.target as Element;
    const isOnBar = at === box && (event.offsetX > at.clientWidth || event.offsetY > at.clientHeight);
    moves = false;
    // What cards say can be selected.
    if (event.pointerType === "mouse" && event.button === 0 && !isOnBar && !at.closest(".canvas-body")) {
      const from = [event.clientX, event.clientY] as const;
      held = { id: event.pointerId, x: box.scrollLeft + from[0], y: box.scrollTop + from[1], from };
    }
  });
  box.addEventListener("pointermove", (event) => {
    if (!held || event.pointerId !== held.id) {
      return;
    }
    // The button was let go outside.
    if (!(event.buttons & 1)) {
      release();
      return;
    }
    if (!moves && Math.hypot(event.clientX - held.from[0], event.clientY - held.from[1]) > TREMBLE) {
      moves = true;
      box.setPointerCapture(held.id);
      box.classList.add("held");
    }
    if (moves) {
      box.scrollTo({ left: held.x - event.clientX, top: held.y - event.clientY, behavior: "instant" });
    }
  });
  const release = (): void => {
    held = null;
    box.classList.remove("held");
  };
  box.addEventListener("pointerup", release);
  box.addEventListener("pointercancel", release);
  // A link that the board was moved by is neither carried away nor followed.
  box.addEventListener("dragstart", (event) => event.preventDefault());
  box.addEventListener(
    "click",
    (event) => {
      // A key's click has no detail.
      if (moves && event.detail > 0) {
        event.preventDefault();
      }
      moves = false;
    },
    { capture: true },
  );

  let apart = 0;
  const between = ([one, other]: TouchList): [apart: number, x: number, y: number] => [
    Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
    (one.clientX + other.clientX) / 2,
    (one.clientY + other.clientY) / 2,
  ];
  const pinch = (event: TouchEvent): void => {
    if (event.touches.length === 2) {
      event.preventDefault();
      const [distance, x, y] = between(event.touches);
      if (event.type === "touchmove" && apart > 0) {
        zoom((now() * distance) / apart, x, y);
      }
      apart = distance;
    }
  };
  box.addEventListener("touchstart", pinch, { passive: false });
  box.addEventListener("touchmove", pinch, { passive: false });

  addEventListener("resize", () => isFit && fit(), { passive: true });
}
