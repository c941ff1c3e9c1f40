/** On paper nothing scrolls: what is too wide for a sheet is broken into lines before it is printed. */

import { h } from "./dom";

// The width of the text on a sheet of A4 without its margins, the size of its letters and of those of tables, in pixels.
const WIDTH = 627;
const TEXT = 11 * (96 / 72);
const TABLE = 9 * (96 / 72);

const sizeOf = (element: Element): number => parseFloat(getComputedStyle(element).fontSize);

/** A formula in pieces, each with the sign before it, between which lines may end; null if it has but one. */
function pieces(math: Element): HTMLElement | null {
  const row = math.children.length === 1 && math.firstElementChild!.localName === "mrow" ? math.firstElementChild! : math;
  const found: Element[] = [];
  for (const [index, child] of [...row.children].entries()) {
    const isSign = child.localName === "mo" && /^[+\-−±=≈≡<>≤≥→⇒]$/.test((child.textContent ?? "").trim());
    if (!found.length || (isSign && index)) {
      found.push(math.cloneNode() as Element);
      found[found.length - 1].setAttribute("display", "inline");
    }
    const copy = child.cloneNode(true) as Element;
    if (isSign && index) {
      copy.setAttribute("form", "infix");
    }
    found[found.length - 1].append(copy);
  }
  return found.length > 1 ? h("div", { class: "math" }, ...found.flatMap((each) => [each, " "])) : null;
}

export function printing(): void {
  const undo: (() => void)[] = [];
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll<HTMLDetailsElement>(".prose details:not([open])")) {
      fold.open = true;
      undo.push(() => (fold.open = false));
    }
    for (const box of document.querySelectorAll<HTMLElement>(".math")) {
      const width = box.scrollWidth * (TEXT / sizeOf(box));
      const math = box.querySelector("math");
      if (!math || box.scrollWidth <= box.clientWidth || width <= WIDTH) {
        continue;
      }
      const broken = pieces(math);
      if (broken) {
        box.after(broken);
        box.hidden = true;
        undo.push(() => {
          broken.remove();
          box.hidden = false;
        });
      } else {
        box.style.fontSize = `${((WIDTH / width) * TEXT).toFixed(1)}px`;
        undo.push(() => (box.style.fontSize = ""));
      }
    }
    for (const table of document.querySelectorAll<HTMLElement>(".prose table")) {
      table.style.width = "0";
      const least = table.offsetWidth * (TABLE / sizeOf(table));
      table.style.width = "";
      if (least > WIDTH) {
        table.classList.add("too-wide");
        undo.push(() => table.classList.remove("too-wide"));
      }
    }
  });
  addEventListener("afterprint", () => undo.splice(0).forEach((each) => each()));
}
