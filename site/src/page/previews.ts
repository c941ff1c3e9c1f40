/** A link to a note shows what the note is about, and one to a place what stands there, to the mouse and to the keyboard. */

import { preview } from "../search/previews";
import { h, root } from "./dom";
import { below, standing } from "./places";

const SELECTOR = "a[data-note][href], :is(.prose, .lead) a[href^='#']:not(.anchor, .footnote-back)";
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
    const card = await (isHere(link) ? standing(link.hash) : told(link));
    // In the meantime the reader may have gone elsewhere.
    if (wanted !== link || !link.isConnected) {
      return;
    }
    close();
    if (!card.length) {
      return;
    }
    shown = h("div", { class: "preview", id: "_preview", role: "tooltip" }, ...card);
    // All that a page says stands in a landmark.
    (link.closest("main") ?? document.body).append(shown);
    const here = shown.querySelector(".preview-here");
    here?.classList.toggle("cut", here.scrollHeight > here.clientHeight);
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

const isHere = (link: HTMLAnchorElement): boolean => link.hash !== "" && link.getAttribute("href")!.startsWith("#");

/** What is told of another note, or of a section of it. */
async function told(link: HTMLAnchorElement): Promise<readonly HTMLElement[]> {
  const address = link.dataset["note"]!;
  const [note, section] = await Promise.all([preview(address, root()).catch(() => null), below(address, link.hash)]);
  if (!note || (!section && !note.lead && note.title === link.textContent)) {
    return [];
  }
  const [above, title, lead] = section ? [note.title, section.heading, section.text] : [note.kind, note.title, note.lead];
  return [
    ...(above ? [h("p", { class: "eyebrow", dir: "auto" }, above)] : []),
    h("p", { class: "preview-title", dir: "auto" }, title),
    ...(lead ? [h("p", { class: "preview-lead", dir: "auto" }, lead)] : []),
  ];
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
