/** The legend: what colours, shapes and lines mean, and a filter at once. */

import { bdi, h, s, styled } from "./dom";
import type { Explorer, Part } from "./explorer";
import { css, edgeStyles, shapeOf, type Category, type EdgeStyle, type Shape } from "./palette";
import { colourings, SIZES, type ColourBy, type SizeBy, type State } from "./state";
import { number, text, typeName } from "./texts";

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

export function swatch({ colours, vault }: Explorer, node: number): SVGElement {
  const { of, categories } = colours();
  return mark(shapeOf(vault.type[node]), css(categories[of[node]].colour));
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
  const colours = colourings(vault);
  const colour = choice<ColourBy>(text("colourBy"), colours, "colour", (value) => store.change({ colour: value }));
  const size = choice<SizeBy>(text("sizeBy"), SIZES, "size", (value) => store.change({ size: value }));
  const nodes = h("ul", { class: "entries" });
  const hint = h("p", { class: "hint" });
  const types = h("ul", { class: "entries" });
  const element = h(
    "div",
    { class: "legend" },
    h("div", { class: "choices" }, colours.length > 1 && colour.element, vault.count > 1 && size.element),
    vault.count > 0 && h("h2", {}, text("nodes")),
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
      const { categories } = explorer.colours();
      let canPress = false;
      keepFocus(
        nodes,
        categories.map((category) => {
          const { shown, press } = entry(category, state);
          canPress ||= press !== null;
          const icon = mark(category.shape, css(category.colour));
          return row(icon, category.label, category.count, shown, press && (() => store.change(press)));
        }),
      );
      hint.textContent = canPress ? text(state.colour === "kind" || state.colour === "age" ? "legendHint" : "onlyHint") : "";
      const styles = edgeStyles(vault, explorer.theme());
      keepFocus(
        types,
        vault.document.types.map((type, index) =>
          row(lineMark(styles[index]), typeName(type.name), vault.links[index], !state.hiddenTypes.has(index), () =>
            store.change({ hiddenTypes: toggled(store.state.hiddenTypes, index) }),
          ),
        ),
      );
    },
  };
}

