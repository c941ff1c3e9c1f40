/** A link to a note shows what the note is about, to the mouse and to the keyboard. */

import { preview } from "../search/previews";
import { h, root } from "./dom";

const SELECTOR = "a[data-note][href]";
const DELAY = 300;
const GRACE = 180;
const GAP = 8;

export function previews(): void {
  let shown: HTMLElement | null = null;
  let at: HTMLAnchorElement | null = null;
  let wanted: HTMLAnchorElement | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function close(): void {
    clearTimeout(timer);
    wanted = null;
    shown?.remove();
    at?.removeAttribute("aria-describedby");
    shown = at = null;
  }

  async function open(link: HTMLAnchorElement, x: number | null): Promise<void> {
    wanted = link;
    const found = await preview(link.dataset["note"]!, root()).catch(() => null);
    // In the meantime the reader may have gone elsewhere.
    if (wanted !== link || !link.isConnected) {
      return;
    }
    close();
    if (!found || (!found.lead && found.title === link.textContent)) {
      return;
    }
    shown = h("div", { class: "preview", id: "_preview", role: "tooltip" });
    if (found.kind) {
      shown.append(h("p", { class: "eyebrow" }, found.kind));
    }
    shown.append(h("p", { class: "preview-title", dir: "auto" }, found.title));
    if (found.lead) {
      shown.append(h("p", { class: "preview-lead", dir: "auto" }, found.lead));
    }
    // All that a page says stands in a landmark.
    (link.closest("main") ?? document.body).append(shown);
    place(shown, link, x);
    at = wanted = link;
    link.setAttribute("aria-describedby", "_preview");
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") {
      return;
    }
    const target = event.target as Element;
    if (shown?.contains(target)) {
      clearTimeout(timer);
      return;
    }
    const link = target.closest<HTMLAnchorElement>(SELECTOR);
    if (link && link === at) {
      clearTimeout(timer);
    } else if (link) {
      clearTimeout(timer);
      timer = setTimeout(() => void open(link, event.clientX), shown ? GRACE : DELAY);
    } else if (at !== document.activeElement || !at) {
      clearTimeout(timer);
      wanted = null;
      timer = setTimeout(close, GRACE);
    }
  });
  document.addEventListener("focusin", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>(SELECTOR);
    if (link?.matches(":focus-visible")) {
      clearTimeout(timer);
      timer = setTimeout(() => void open(link, null), DELAY);
    }
  });
  document.addEventListener("focusout", (event) => {
    if (event.target === at || event.target === wanted) {
      close();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown) {
      event.preventDefault();
      close();
    }
  });
  addEventListener("pagehide", close);
}

/** Puts the card below the line of the link, or above where there is no room. */
function place(card: HTMLElement, link: HTMLElement, x: number | null): void {
  const lines = [...link.getClientRects()];
  const line = lines.find((each) => x !== null && x >= each.left && x <= each.right) ?? lines[0] ?? link.getBoundingClientRect();
  const { width, height } = card.getBoundingClientRect();
  const room = document.documentElement.clientWidth;
  const isRtl = getComputedStyle(link).direction === "rtl";
  const left = Math.max(GAP, Math.min(isRtl ? line.right - width : line.left, room - width - GAP));
  const isBelow = line.bottom + GAP + height <= innerHeight || line.top < height + GAP;
  const top = isBelow ? line.bottom + GAP : line.top - height - GAP;
  card.style.setProperty("left", `${left + scrollX}px`);
  card.style.setProperty("top", `${top + scrollY}px`);
}
