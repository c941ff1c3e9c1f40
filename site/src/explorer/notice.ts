/** What is said on the map where it does not show what was asked for, and the way out. */

import { h } from "./dom";
import type { Explorer, Part, View } from "./explorer";
import { withoutFilters } from "./state";
import { text } from "./texts";

export function notice({ store, vault }: Explorer): Part {
  const words = h("p", { role: "status", dir: "auto" });
  const button = h("button", {
    type: "button",
    class: "plain",
    onclick: () => store.change(store.state.unknown === null ? withoutFilters(vault, store.state) : { unknown: null }),
  });
  const element = h("div", { class: "verdict", hidden: true }, words, button);

  function verdict({ shown }: View): string | null {
    const { note, to, unknown } = store.state;
    if (unknown !== null) {
      return text("unknown", { name: unknown });
    }
    if (!vault.count) {
      return text("empty");
    }
    if (!shown.nodeCount) {
      return text("nothingShown");
    }
    const hidden = [note, to].find((node) => node >= 0 && !shown.nodes[node]);
    return hidden === undefined ? null : text("hiddenNote", { name: vault.names[hidden] });
  }

  return {
    element,
    update(view: View): void {
      const said = verdict(view);
      element.hidden = said === null;
      words.textContent = said ?? "";
      button.hidden = !vault.count && store.state.unknown === null;
      button.textContent = text(store.state.unknown === null ? "reset" : "close");
    },
  };
}
