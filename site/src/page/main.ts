/** What every page does beside being read. */

import { board } from "./board";
import { choose, themeNow } from "./chosen";
import { contents } from "./contents";
import { copying } from "./copying";
import { graph } from "./graph";
import { previews } from "./previews";
import { printing } from "./printing";
import { searching } from "./searching";

document.getElementById("_theme")?.addEventListener("click", () => choose(themeNow() === "dark" ? "light" : "dark"));

// The small menu closes as menus do.
const menu = document.querySelector<HTMLDetailsElement>("details.menu-small");
menu?.addEventListener("focusout", (event) => {
  if (event.relatedTarget && !menu.contains(event.relatedTarget as Node)) {
    menu.open = false;
  }
});
menu?.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu.open) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});
for (const fold of document.querySelectorAll<HTMLDetailsElement>("details.toc-small")) {
  fold.addEventListener("click", (event) => {
    if ((event.target as Element).closest("a")) {
      fold.open = false;
    }
  });
}

searching();
board();
contents();
copying();
graph();
previews();
printing();
