/** The table of what is shown: for those who cannot see the map, and for whoever wants to sort. */

import { NO_DATE, NOTE } from "./data";
import { bdi, h } from "./dom";
import type { Explorer, Part, View } from "./explorer";
import { swatch } from "./legend";
import { community, percent } from "./panel";
import { kindName } from "./searchbox";
import { amounts, day, number, text } from "./texts";

interface Column {
  readonly key: string;
  readonly label: string;
  readonly value: (node: number) => string | number;
  readonly shown: (node: number) => string | HTMLElement;
  readonly numeric: boolean;
}

export function table(explorer: Explorer): Part {
  const { vault } = explorer;
  const page = vault.document.limits?.table ?? 500;
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const dated = vault.document.nodes.updated?.some((each) => each !== null) ?? false;
  const columns: Column[] = [
    {
      key: "name",
      label: text("name"),
      value: (node) => vault.names[node],
      shown: (node) =>
        h("button", { type: "button", class: "note-link", onclick: () => explorer.open(node) }, swatch(explorer, node), bdi(vault.names[node])),
      numeric: false,
    },
    { key: "kind", label: text("kind"), value: (node) => kindName(explorer, node), shown: (node) => bdi(kindName(explorer, node)), numeric: false },
    { key: "in", label: text("linksIn"), value: (node) => vault.incoming[node], shown: (node) => number(vault.incoming[node]), numeric: true },
    { key: "out", label: text("linksOut"), value: (node) => vault.outgoing[node], shown: (node) => number(vault.outgoing[node]), numeric: true },
    { key: "importance", label: text("importance"), value: (node) => vault.rank[node], shown: (node) => percent(vault.rank[node]), numeric: true },
    {
      key: "words",
      label: text("words"),
      value: (node) => vault.words(node),
      shown: (node) => (vault.type[node] === NOTE ? number(vault.words(node)) : ""),
      numeric: true,
    },
    { key: "community", label: text("community"), value: (node) => community(vault, node), shown: (node) => bdi(community(vault, node)), numeric: false },
  ];
  if (dated) {
    columns.push({
      key: "updated",
      label: text("updated"),
      value: (node) => vault.updated(node),
      shown: (node) => (vault.updated(node) === NO_DATE ? "" : day(vault.updated(node))),
      numeric: true,
    });
  }
  let rows = page;
  let drawnFor: View | null = null;
  let nodes: number[] = [];

  function order(): { by: number; down: boolean } {
    const { sort } = explorer.store.state;
    const by = columns.findIndex(({ key }) => key === sort.replace("-", ""));
    return by < 0 ? { by: 4, down: true } : { by, down: sort.startsWith("-") };
  }

  const heads = columns.map((column, index) =>
    h(
      "th",
      { scope: "col", class: column.numeric ? "number" : null },
      h(
        "button",
        {
          type: "button",
          onclick: () => {
            const { by, down } = order();
            const isDown = by === index ? !down : column.numeric;
            explorer.store.change({ sort: `${isDown ? "-" : ""}${column.key}` });
          },
        },
        column.label,
      ),
    ),
  );
  const body = h("tbody", {});
  const caption = h("caption", {});
  const more = h("button", {
    type: "button",
    class: "plain",
    onclick: () => {
      const first = rows;
      rows += page;
      draw(explorer.view());
      body.children[first]?.querySelector("button")?.focus();
    },
  }, text("tableMore"));
  const element = h(
    "section",
    { class: "table-view", id: "table", "aria-label": text("table"), tabindex: 0 },
    h("table", {}, caption, h("thead", {}, h("tr", {}, heads)), body),
    more,
  );

  /** How much there is, and around what, where not all that is shown is listed. */
  function scope({ lit }: View): string {
    const { note, to, reading } = explorer.store.state;
    const counts = [0, 0, 0, 0];
    for (const node of nodes) {
      counts[vault.type[node]]++;
    }
    const all = amounts(counts, null);
    if (!lit) {
      return all;
    }
    const name = vault.names[note];
    return to >= 0
      ? text("onPath", { amounts: all, from: name, to: vault.names[to] })
      : text(reading ? "onReadingPath" : "around", { amounts: all, name });
  }

  function draw(view: View): void {
    const { shown, lit } = view;
    const { by, down } = order();
    const held = nodes[[...body.children].findIndex((row) => row.contains(document.activeElement))];
    nodes = [...vault.order].filter((node) => shown.nodes[node] && (!lit || lit.nodes.has(node)));
    const { value, numeric, label } = columns[by];
    const sign = down ? -1 : 1;
    if (!(by === 4 && down)) {
      const values = new Map(nodes.map((node) => [node, value(node)]));
      nodes.sort((a, b) => {
        const [first, second] = [values.get(a)!, values.get(b)!];
        return sign * (numeric ? Number(first) - Number(second) : collator.compare(String(first), String(second)));
      });
    }
    const count = Math.min(rows, nodes.length);
    const said = { amounts: scope(view), shown: count, column: label };
    caption.textContent = text(count < nodes.length ? "tablePart" : "tableCaption", said);
    heads.forEach((head, index) =>
      index === by ? head.setAttribute("aria-sort", down ? "descending" : "ascending") : head.removeAttribute("aria-sort"),
    );
    body.replaceChildren(
      ...nodes
        .slice(0, count)
        .map((node) =>
          h(
            "tr",
            {},
            columns.map((column, index) =>
              index === 0
                ? h("th", { scope: "row" }, column.shown(node))
                : h("td", { class: column.numeric ? "number" : column.key }, column.shown(node)),
            ),
          ),
        ),
    );
    more.hidden = count >= nodes.length;
    drawnFor = view;
    if (held !== undefined) {
      body.children[nodes.indexOf(held)]?.querySelector("button")?.focus({ preventScroll: true });
    }
  }

  return {
    element,
    update(view: View): void {
      // A table that nobody sees is not made.
      if (explorer.store.state.view === "table" || !explorer.drawing) {
        if (drawnFor !== view) {
          rows = page;
          draw(view);
        }
      }
    },
  };
}
