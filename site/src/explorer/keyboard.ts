/** Keys. Those that move are the map's; single letters work wherever no field has the focus, and can be turned off. */

import type { Explorer } from "./explorer";
import { neighbours } from "./walks";

export interface Actions {
  readonly search: () => void;
  readonly path: () => void;
  readonly read: () => void;
  readonly tab: (name: "legend" | "filters" | "learn") => void;
  readonly help: () => void;
  readonly singleKeys: () => boolean;
  /** Moves the focus to the map, or to the table where that is in view. */
  readonly home: () => void;
}

/** Whether letters are text there. */
const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("select, textarea, input:not([type=checkbox], [type=range])"));

const DIRECTIONS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const PAN = 80;

export function keyboard(explorer: Explorer, map: HTMLElement, actions: Actions): void {
  const { store, drawing } = explorer;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open], details[open]")) {
      return;
    }
    if (event.key === "Escape") {
      out();
      return;
    }
    // Where nothing has the focus, as right after loading, the map has the keys.
    const isMap = event.target === map || (event.target === document.body && drawing !== null && store.state.view === "map");
    if ((isMap && move(event) !== false) || (!isField(event.target) && letter(event) !== false)) {
      event.preventDefault();
    }
  });

  function move(event: KeyboardEvent): false | void {
    const direction = DIRECTIONS[event.key];
    if (direction) {
      if (event.shiftKey || store.state.note < 0) {
        drawing?.pan(direction[0] * PAN, direction[1] * PAN);
      } else {
        step(direction);
      }
      return;
    }
    if (event.key === "Enter") {
      if (store.state.note < 0) {
        const first = explorer.vault.order.find((node) => explorer.view().shown.nodes[node] === 1);
        if (first !== undefined) {
          explorer.open(first);
        }
      } else {
        actions.read();
      }
      return;
    }
    return false;
  }

  function letter(event: KeyboardEvent): false | void {
    if (!actions.singleKeys()) {
      return false;
    }
    const { state } = store;
    switch (event.key) {
      case "+":
      case "=":
        return drawing?.zoom(1 / 1.5);
      case "-":
        return drawing?.zoom(1.5);
      case "0":
        return drawing?.fit(explorer.view().lit?.nodes ?? null);
      case "[":
        return store.change({ depth: Math.max(0, state.depth - 1) });
      case "]":
        return store.change({ depth: Math.min(5, state.depth + 1) });
      case "/":
        return actions.search();
      case "p":
        return state.note >= 0 ? actions.path() : undefined;
      case "r":
        return state.note >= 0 ? store.change({ reading: !state.reading, to: -1 }) : undefined;
      case "t":
        if (drawing) {
          store.change({ view: state.view === "map" ? "table" : "map" });
          actions.home();
        }
        return;
      case "l":
        return actions.tab("legend");
      case "f":
        return actions.tab("filters");
      case "n":
        return actions.tab("learn");
      case "?":
        return actions.help();
      default:
        return false;
    }
  }

  /** One step out: from a path, then from the note. */
  function out(): void {
    const { state } = store;
    if (state.to >= 0 || state.reading) {
      store.change({ to: -1, reading: false });
    } else if (state.note >= 0) {
      store.change({ note: -1 });
      actions.home();
    }
  }

  /** Goes to the neighbour that lies best in a direction. */
  function step([dx, dy]: readonly [number, number]): void {
    const { note } = store.state;
    if (!drawing) {
      return;
    }
    const from = drawing.at(note);
    let best = -1;
    let least = Infinity;
    for (const [, other] of neighbours(explorer.vault, note, explorer.view().shown)) {
      const at = drawing.at(other);
      const [x, y] = [at.x - from.x, at.y - from.y];
      const along = x * dx + y * dy;
      const aside = Math.abs(x * dy) + Math.abs(y * dx);
      const cost = along + 2 * aside;
      if (along > 0 && aside <= along * 1.8 && cost < least && other !== note) {
        least = cost;
        best = other;
      }
    }
    if (best >= 0) {
      explorer.open(best);
    }
  }
}
