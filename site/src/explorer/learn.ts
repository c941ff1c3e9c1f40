/** What to learn next: the notes that others ask for, and the way to each. */

import { bdi, h } from "./dom";
import type { Explorer, Part } from "./explorer";
import { swatch } from "./legend";
import { text } from "./texts";

const FIRST = 20;

export function learn(explorer: Explorer): Part {
  const { store, vault } = explorer;
  const wanted = vault.document.wanted ?? [];
  const most = Math.max(1, ...wanted.slice(0, 1).map((each) => each.gain));
  const rows: [HTMLElement, number][] = [];
  const item = (each: (typeof wanted)[number]) => {
    const meter = h("meter", { min: 0, max: most, "aria-label": text("gain"), class: "gain" });
    meter.value = each.gain;
    const button = h(
      "button",
      { type: "button", class: "note-link", onclick: () => store.change({ note: each.node, to: -1, reading: false, ghosts: true, view: "map" }) },
      swatch(explorer, each.node),
      bdi(vault.names[each.node]),
    );
    rows.push([button, each.node]);
    return h(
      "li",
      {},
      button,
      meter,
      h(
        "span",
        { class: "hop" },
        [
          text("askedBy", { count: each.askers.length }),
          each.questions.length ? text("questionsOpen", { count: each.questions.length }) : "",
        ]
          .filter(Boolean)
          .join(" · "),
      ),
      h(
        "button",
        {
          type: "button",
          class: "more",
          onclick: () => store.change({ note: each.node, to: -1, reading: true, ghosts: true, view: "map" }),
        },
        text("readingShow"),
      ),
    );
  };
  const list = h("ol", { class: "wanted" }, wanted.slice(0, FIRST).map(item));
  const more =
    wanted.length > FIRST &&
    h(
      "button",
      {
        type: "button",
        class: "more",
        onclick: (event: MouseEvent) => {
          const start = list.children.length;
          list.append(...wanted.slice(start, start + 100).map(item));
          const button = event.currentTarget as HTMLElement;
          button.hidden = list.children.length >= wanted.length;
          button.textContent = text("more", { count: wanted.length - list.children.length });
          list.children[start]?.querySelector("button")?.focus();
        },
      },
      text("more", { count: wanted.length - FIRST }),
    );
  const element = h(
    "div",
    { class: "learn" },
    h("p", { class: "hint" }, wanted.length ? text("wantedHint") : text("nothingWanted")),
    list,
    more,
  );
  return {
    element,
    update(): void {
      for (const [button, node] of rows) {
        if (store.state.note === node) {
          button.setAttribute("aria-current", "true");
        } else {
          button.removeAttribute("aria-current");
        }
      }
    },
  };
}

