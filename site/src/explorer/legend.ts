/** The legend: what colours, shapes and lines mean, and a filter at once. */

import { bdi, h, s, styled } from "./dom";
import type { Explorer, Part, View } from "./explorer";
import { css, edgeStyles, shapeOf, type Category, type EdgeStyle, type Shape } from "./palette";
import { COLOURS, SIZES, type ColourBy, type SizeBy, type State } from "./state";
import { number, text, title } from "./texts";

/** A node as it looks on the map. */
export function mark(shape: Shape, colour: string): SVGElement {
  const drawn =
    shape === "diamond"
      ? s("path", { d: "M8 1.500 14.500 8 8 14.500 1.500 8Z", fill: "currentColor" })
      : shape === "square"
        ? s("rect", { x: 2.5, y: 2.5, width: 11, height: 11, fill: "currentColor" })
        : shape === "ring"
          ? s("circle", { cx: 8, cy: 8, r: 5, fill: "none", stroke: "currentColor", "stroke-width": 2.4 })
          : s("circle", { cx: 8, cy: 8, r: 6, fill: "currentColor" });
  return styled(s("svg", { class: "mark", viewBox: "0 0 16 16", "aria-hidden": "true" }, drawn), { color: colour });
}

export function swatch({ drawing, vault }: Explorer, node: number): SVGElement {
  const colours = drawing?.colours;
  const colour = colours?.categories[colours.of[node]]?.colour;
  return mark(shapeOf(vault.type[node]), colour ? css(colour) : "currentColor");
}

export function lineMark({ colour, line, arrow }: EdgeStyle): SVGElement {
  return styled(
    s(
      "svg",
      { class: "line-mark", viewBox: "0 0 34 12", "aria-hidden": "true" },
      s("path", {
        d: arrow ? "M1 6H26" : "M1 6H33",
        stroke: "currentColor",
        fill: "none",
        "stroke-width": 2,
        "stroke-dasharray": line === "line" ? null : line === "dashes" ? "7 3" : "2 2.500",
      }),
      arrow && s("path", { d: "M25 2 33 6 25 10Z", fill: "currentColor" }),
    ),
    { color: css(colour) },
  );
}

export function toggled<T>(set: ReadonlySet<T>, value: T): Set<T> {
  const next = new Set(set);
  if (!next.delete(value)) {
    next.add(value);
  }
  return next;
}

export function legend(explorer: Explorer): Part {
  const { store, vault } = explorer;
  const choice = <T extends string>(label: string, values: readonly T[], prefix: string, apply: (value: T) => void) => {
    const select = h(
      "select",
      { onchange: () => apply(select.value as T) },
      values.map((value) => h("option", { value }, text(`${prefix}-${value}` as never))),
    );
    return { element: h("label", { class: "choice" }, h("span", {}, label), select), select };
  };
  const colours = COLOURS.filter((by) => useful(explorer, by));
  const colour = choice<ColourBy>(text("colourBy"), colours, "colour", (value) => store.change({ colour: value }));
  const size = choice<SizeBy>(text("sizeBy"), SIZES, "size", (value) => store.change({ size: value }));
  const nodes = h("ul", { class: "entries" });
  const hint = h("p", { class: "hint" });
  const types = h("ul", { class: "entries" });
  const element = h(
    "div",
    { class: "legend" },
    h("div", { class: "choices" }, colour.element, size.element),
    h("h2", {}, text("nodes")),
    nodes,
    hint,
    vault.document.types.length > 0 && h("h2", {}, text("relations")),
    types,
    vault.document.types.length > 0 && h("p", { class: "hint" }, text("lineHint")),
  );

  /** What pressing an entry changes, and whether what it stands for is shown. */
  function entry(category: Category, state: State): { shown: boolean; press: Partial<State> | null } {
    const { value } = category;
    if (value !== null && value < 0) {
      const key = (["", "ghosts", "tagNodes", "attachments"] as const)[-value] as "ghosts" | "tagNodes" | "attachments";
      return { shown: state[key], press: { [key]: !state[key] } };
    }
    if (state.colour === "kind" && value !== null) {
      return { shown: !state.hiddenKinds.has(value), press: { hiddenKinds: toggled(state.hiddenKinds, value) } };
    }
    const field = ({ community: "communities", folder: "folders", tag: "tags" } as const)[state.colour as "tag"];
    if (!field || value === null) {
      return { shown: !field || !state[field].size, press: null };
    }
    return { shown: !state[field].size || state[field].has(value), press: { [field]: toggled(state[field], value) } };
  }

  function row(icon: SVGElement, label: string, count: number, shown: boolean, press: (() => void) | null): HTMLElement {
    const content = [icon, bdi(label, "label"), h("span", { class: "count" }, number(count))];
    return h(
      "li",
      { class: shown ? null : "off" },
      press
        ? h("button", { type: "button", "aria-pressed": String(shown), onclick: press }, content)
        : h("span", { class: "entry" }, content),
    );
  }

  function keepFocus(list: HTMLElement, rows: HTMLElement[]): void {
    const at = [...list.querySelectorAll("button")].indexOf(document.activeElement as HTMLButtonElement);
    list.replaceChildren(...rows);
    list.querySelectorAll("button")[at]?.focus();
  }

  return {
    element,
    update(): void {
      const { state } = store;
      colour.select.value = state.colour;
      size.select.value = state.size;
      const categories = explorer.drawing?.colours.categories ?? [];
      keepFocus(
        nodes,
        categories.map((category) => {
          const { shown, press } = entry(category, state);
          const icon = mark(category.shape, css(category.colour));
          return row(icon, category.label, category.count, shown, press && (() => store.change(press)));
        }),
      );
      hint.textContent = state.colour === "age" ? "" : text(state.colour === "kind" ? "legendHint" : "onlyHint");
      const styles = edgeStyles(vault, explorer.drawing?.theme ?? "light");
      keepFocus(
        types,
        vault.document.types.map((type, index) =>
          row(lineMark(styles[index]), title(type.name), type.count, !state.hiddenTypes.has(index), () =>
            store.change({ hiddenTypes: toggled(store.state.hiddenTypes, index) }),
          ),
        ),
      );
    },
  };
}

/** Whether a vault has what nodes would be coloured by. */
function useful({ vault }: Explorer, by: ColourBy): boolean {
  const { document } = vault;
  switch (by) {
    case "kind":
      return document.kinds.length > 1;
    case "community":
      return document.communities.length > 0;
    case "folder":
      return document.folders.length > 1;
    case "tag":
      return document.tags.length > 0;
    case "age":
      return hasDates(vault.document.nodes.created) || hasDates(vault.document.nodes.updated);
  }
}

export const hasDates = (days: readonly (number | null)[] | undefined): boolean =>
  days?.some((each) => each !== null) ?? false;

export type { View };
