/** The picture and the table that stand in the page before its map is there, and where there is none. */

import { h } from "./dom";
import type { Explorer, Part, View } from "./explorer";
import { css } from "./palette";
import { text } from "./texts";

export const still = document.getElementById("static")!;

/** Brings both back where the data cannot be read. */
export function restore(into: HTMLElement): void {
  const rows = still.querySelector("noscript.rows")?.textContent ?? "";
  const table = new DOMParser().parseFromString(rows, "text/html").querySelector("table");
  const figure = still.querySelector("figure.picture");
  still.remove();
  into.append(h("div", { class: "static" }, figure, table && document.importNode(table, true)));
}

/** The picture in place of the map. It has the same notes, in the colours that the legend explains. */
export function picture({ vault, colours }: Explorer): Part {
  const figure = still.querySelector("figure.picture");
  still.remove();
  const element = h("div", { class: "static" }, h("p", { class: "notice" }, text("noWebgl")), figure);
  const dots = [...element.querySelectorAll("circle")];
  // The most central lies on top, and so is the last.
  const nodes = [...vault.order.subarray(0, dots.length)].reverse();
  return {
    element,
    update({ shown }: View): void {
      const { of, categories } = colours();
      dots.forEach((dot, index) => {
        const node = nodes[index];
        const { colour, shape } = categories[of[node]];
        dot.style.fill = shape === "ring" ? "var(--paper)" : css(colour);
        dot.style.stroke = css(colour);
        dot.style.visibility = shown.nodes[node] ? "" : "hidden";
      });
    },
  };
}
