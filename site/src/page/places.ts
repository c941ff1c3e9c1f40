/** What stands at a place: of this page as it is shown, of another note as the search knows it. */

import { crc, hex, load } from "../search/data";
import { h, root } from "./dom";

// So many characters are enough to say what a place is about.
const ENOUGH = 300;
// What is nothing to be read, or would play.
const LEFT_OUT = ".anchor, .footnote-back, .copy, script, svg, iframe, audio, video, input, .unseen";
const HEADINGS = "h1, h2, h3, h4, h5, h6";
const BLOCKS = "p, li, blockquote, table, figure, pre, dd, dt, div, section";

const named = (hash: string): string => {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return "";
  }
};

/** What stands on this page where a link leads to; nothing if there is no such place. */
export function standing(hash: string): readonly HTMLElement[] {
  const target = document.getElementById(named(hash));
  if (!target || !target.closest(".note, .board")) {
    return [];
  }
  const heading = target.closest<HTMLElement>(HEADINGS);
  const box = h("div", { class: "preview-here", dir: "auto" });
  if (!heading) {
    // An id of a stranger's stands on nothing at all, as often as not.
    const block = target.matches(BLOCKS) ? target : (target.closest(BLOCKS) ?? target);
    box.append(...(block.matches("li, div, section, blockquote, dd, dt") ? still(block).childNodes : [still(block)]));
  }
  for (let next = heading?.nextElementSibling; next && (box.textContent ?? "").length < ENOUGH && !isAbove(next, heading!); ) {
    box.append(still(next));
    next = next.nextElementSibling;
  }
  const title = heading ? (still(heading).textContent ?? "").trim() : "";
  const isSaid = (box.textContent ?? "").trim() !== "" || box.querySelector("img") !== null;
  return [...(title ? [h("p", { class: "preview-title", dir: "auto" }, title)] : []), ...(isSaid ? [box] : [])];
}

/** Whether an element begins what is no part of the section below a heading. */
const isAbove = (element: Element, heading: Element): boolean =>
  element.matches(".footnotes") || (element.matches(HEADINGS) && element.localName <= heading.localName);

/** A copy that is only read: nothing in it can be followed, opened or found by its id. */
function still(element: Element): Element {
  const copy = element.cloneNode(true) as Element;
  copy.querySelectorAll(LEFT_OUT).forEach((each) => each.remove());
  for (const each of copy.querySelectorAll("a, summary, details")) {
    each.replaceWith(h(each.localName === "a" ? "span" : "div", {}, ...each.childNodes));
  }
  for (const each of [copy, ...copy.querySelectorAll("*")]) {
    ["id", "tabindex", "role", "class"].forEach((name) => each.removeAttribute(name));
  }
  return copy;
}

type Section = readonly [id: string, heading: string, text: string];

/** The beginning of what stands below a heading of another note; null where that is not known. */
export async function below(address: string, hash: string): Promise<{ heading: string; text: string } | null> {
  const id = named(hash);
  // Where nothing is to be searched there are no texts.
  if (!id || !document.getElementById("_search")) {
    return null;
  }
  try {
    const few = await load<number>(root(), "previews");
    // There are eight texts to each script of previews; of a site with one such script the search's own says how many.
    const count = few > 1 ? 8 * few : (await load<{ texts: number }>(root(), "search")).texts;
    const told = await load<Record<string, readonly Section[]>>(root(), `text-${hex(crc(address) % count)}`);
    const sections = Object.hasOwn(told, address) ? told[address]! : [];
    const at = sections.findIndex(([each]) => each === id);
    if (at < 0) {
      return null;
    }
    const [, heading, own] = sections[at]!;
    const text = own || (sections[at + 1]?.[2] ?? "");
    return { heading, text: text.length > ENOUGH ? `${text.slice(0, ENOUGH).replace(/\s+\S*$/, "")}…` : text };
  } catch {
    return null;
  }
}
