/** The side panel: all that is known of the note in focus. */

import { GHOST, NO_DATE, type Vault } from "./data";
import { bdi, h, icon, iconButton } from "./dom";
import type { Explorer, Part, View } from "./explorer";
import { lineMark, swatch } from "./legend";
import { edgeStyles } from "./palette";
import { kindName, searchBox } from "./searchbox";
import { DEPTHS } from "./state";
import { day, number, text, typeName } from "./texts";

/** How many links of a type are listed before one asks for more. */
const FIRST = 8;

export interface Panel extends Part {
  /** Brings up the field that asks where a path shall lead. */
  askForPath(): void;
  /** Moves the focus to the panel's heading. */
  focus(): void;
}

export function panel(explorer: Explorer): Panel {
  const { store, vault } = explorer;
  const element = h("aside", { class: "panel", "aria-label": text("note"), hidden: true });
  let shownNote = -1;
  let asking = false;
  let heading: HTMLElement | null = null;
  const pathBox = searchBox(explorer, text("pathTo"), (node) => {
    asking = false;
    if (node !== store.state.note) {
      store.change({ to: node, reading: false });
    }
  });
  pathBox.input.placeholder = text("pathTo");

  function link(node: number, ...more: (Node | null)[]): HTMLElement {
    return h(
      "button",
      { type: "button", class: "note-link", onclick: () => explorer.open(node) },
      swatch(explorer, node),
      bdi(vault.names[node]),
      more,
    );
  }

  function head(node: number): HTMLElement {
    const folder = vault.document.folders[vault.folder[node]];
    heading = h("h2", { tabindex: -1 }, bdi(vault.names[node]));
    // What differs in case only is no other name to a reader.
    const aliases = [...new Map([vault.names[node], ...(vault.document.nodes.aliases[node] ?? [])].reverse().map((each) => [each.toLowerCase(), each])).values()].reverse().slice(1);
    const url = vault.url(node);
    return h(
      "header",
      {},
      h(
        "p",
        { class: "kicker" },
        swatch(explorer, node),
        h("span", {}, kindName(explorer, node)),
        folder ? h("span", { class: "where" }, bdi(folder)) : null,
      ),
      heading,
      iconButton("close", text("close"), () => store.change({ note: -1, to: -1, reading: false }), { class: "icon-button close" }),
      aliases.length > 0 &&
        h("p", { class: "aliases" }, `${text("aliases")} `, aliases.flatMap((alias, index) => [index ? ", " : "", bdi(alias)])),
      vault.document.nodes.tags[node]?.length > 0 &&
        h(
          "p",
          { class: "tags" },
          vault.document.nodes.tags[node].map((tag) => h("span", { class: "tag" }, "#", bdi(vault.document.tags[tag]))),
        ),
      url !== null && h("p", {}, h("a", { href: url, class: "page-link" }, text("openPage"), icon("out"))),
    );
  }

  function controls(node: number, view: View): HTMLElement {
    const { state } = store;
    const depth = h("input", {
      type: "range",
      min: 0,
      max: DEPTHS.length,
      step: 1,
      id: "depth",
      oninput: () => store.change({ depth: Number(depth.value) }),
    });
    depth.value = String(state.depth);
    const words = state.depth ? text("steps", { count: state.depth }) : text("wholeMap");
    depth.setAttribute("aria-valuetext", words);
    return h(
      "div",
      { class: "controls" },
      h("label", { class: "depth", for: "depth" }, h("span", {}, text("depth")), h("output", {}, words)),
      depth,
      h(
        "div",
        { class: "actions" },
        h(
          "button",
          {
            type: "button",
            class: "plain",
            "aria-expanded": String(asking || state.to >= 0),
            onclick: () => (asking || state.to >= 0 ? endPath() : ask()),
          },
          icon("path"),
          state.to >= 0 ? text("pathEnd") : text("pathTo"),
        ),
        vault.type[node] <= GHOST &&
          h(
            "button",
            {
              type: "button",
              class: "plain",
              "aria-pressed": String(state.reading),
              onclick: () => store.change({ reading: !state.reading, to: -1 }),
            },
            icon("learn"),
            text("readingPath"),
          ),
      ),
      asking && state.to < 0 && pathBox.element,
      state.to >= 0 && path(node, state.to, view),
      state.reading && reading(node, view),
    );
  }

  function path(from: number, to: number, view: View): HTMLElement {
    const names = { from: vault.names[from], to: vault.names[to] };
    if (!view.way) {
      return h("p", { class: "message", dir: "auto" }, text("pathNone", names));
    }
    const { nodes, edges } = view.way;
    return h(
      "ol",
      { class: "way", "aria-label": text("pathFrom", names) },
      nodes.map((node, index) =>
        h("li", {}, link(node), index < edges.length && h("span", { class: "hop" }, hop(edges[index], node))),
      ),
    );
  }

  /** The type of an edge, seen from one of its ends. */
  function hop(edge: number, from: number): string {
    const type = vault.document.types[vault.edgeType[edge]];
    return vault.source[edge] === from ? `${typeName(type.name)} ↓` : `${type.inverse ? typeName(type.inverse) : typeName(type.name)} ↑`;
  }

  function reading(node: number, view: View): HTMLElement {
    const { steps } = view;
    if (steps.length < 2) {
      return h("p", { class: "message" }, text("readingNone"));
    }
    return h(
      "div",
      {},
      h("p", { class: "message", dir: "auto" }, text("readingPathTo", { name: vault.names[node] })),
      h(
        "ol",
        { class: "reading", "aria-label": text("readingPath") },
        steps.map((step) => {
          const needed = [...new Set(step.reasons.map((reason) => reason.by))];
          return h(
            "li",
            {},
            link(step.node),
            needed.length > 0 &&
              h("span", { class: "hop", dir: "auto" }, text("neededFor", { names: needed.slice(0, 3).map((each) => vault.names[each]).join(", ") })),
            step.circle > 0 && h("span", { class: "hop" }, text("readTogether")),
          );
        }),
      ),
    );
  }

  function ask(): void {
    asking = true;
    draw(explorer.view());
    pathBox.input.focus();
  }

  function endPath(): void {
    asking = false;
    if (store.state.to >= 0) {
      store.change({ to: -1 });
    } else {
      draw(explorer.view());
    }
  }

  function prose(node: number): (HTMLElement | null)[] {
    const { text: texts } = vault;
    const definition = texts?.definition[node];
    const why = texts?.why[node];
    const questions = texts?.questions[node] ?? [];
    const wanted = vault.document.wanted?.find((each) => each.node === node);
    return [
      vault.type[node] === GHOST ? h("p", { class: "message" }, text("ghostExplained")) : null,
      vault.document.nodes.cut?.[node] ? h("p", { class: "message" }, text("cut")) : null,
      definition ? section(text("definition"), h("p", { class: "prose", dir: "auto" }, definition)) : null,
      why ? section(text("why"), h("p", { class: "prose", dir: "auto" }, why)) : null,
      questions.length || wanted?.questions.length
        ? section(
            text("questions"),
            h("ul", { class: "prose" }, [...questions, ...(wanted?.questions ?? [])].map((each) => h("li", { dir: "auto" }, each))),
          )
        : null,
      wanted?.askers.length
        ? section(text("askers"), h("ul", { class: "links" }, wanted.askers.map((asker) => h("li", {}, link(asker)))))
        : null,
    ];
  }

  function section(label: string, ...children: (HTMLElement | null)[]): HTMLElement {
    return h("section", {}, h("h3", {}, label), children);
  }

  /** The links of a note in one direction, by type. */
  function links(node: number, label: string, incoming: boolean): HTMLElement | null {
    const ends = incoming ? vault.in : vault.out;
    const others = incoming ? vault.source : vault.target;
    const byType = new Map<number, number[]>();
    for (let place = ends.start[node]; place < ends.start[node + 1]; place++) {
      const edge = ends.edges[place];
      const type = vault.edgeType[edge];
      byType.set(type, [...(byType.get(type) ?? []), edge]);
    }
    if (!byType.size) {
      return null;
    }
    const styles = edgeStyles(vault, explorer.theme());
    return section(
      label,
      ...[...byType]
        .sort(([a], [b]) => a - b)
        .map(([type, edges]) => {
          const { name, inverse } = vault.document.types[type];
          edges.sort((a, b) => vault.rank[others[b]] - vault.rank[others[a]]);
          return h(
            "div",
            { class: "relation" },
            h("h4", {}, lineMark(styles[type]), bdi(typeName(incoming && inverse ? inverse : name)), h("span", { class: "count" }, number(edges.reduce((sum, edge) => sum + vault.weight[edge], 0)))),
            linkList(edges, others, incoming),
          );
        }),
    );
  }

  function linkList(edges: readonly number[], others: Uint32Array, withContext: boolean): HTMLElement {
    const item = (edge: number) => {
      const context = withContext ? vault.context?.[edge] : null;
      const weight = vault.weight[edge];
      return h(
        "li",
        {},
        link(others[edge], weight > 1 ? h("span", { class: "count" }, text("times", { count: weight })) : null),
        context ? h("p", { class: "context", dir: "auto" }, context) : null,
      );
    };
    const list = h("ul", { class: "links" }, edges.slice(0, FIRST).map(item));
    if (edges.length > FIRST) {
      const more = h("button", {
        type: "button",
        class: "more",
        onclick: () => {
          const added = edges.slice(FIRST).map(item);
          list.lastElementChild!.replaceWith(...added);
          added[0].querySelector("button")?.focus();
        },
      }, text("more", { count: edges.length - FIRST }));
      list.append(h("li", {}, more));
    }
    return list;
  }

  function facts(node: number): HTMLElement {
    const { nodes, communities } = vault.document;
    const community = communities[vault.community[node]];
    const depth = nodes.depth?.[node];
    const rows: [string, string | HTMLElement | null][] = [
      [text("linksIn"), number(vault.incoming[node])],
      [text("linksOut"), number(vault.outgoing[node])],
      [text("importance"), percent(vault.rank[node])],
      [text("words"), nodes.words?.[node] && vault.type[node] === 0 ? number(vault.words(node)) : null],
      [text("community"), community ? bdi(community.name) : null],
      [text("requiresDepth"), depth ? number(depth) : null],
      [text("created"), date(nodes.created?.[node])],
      [text("updated"), date(nodes.updated?.[node])],
    ];
    return section(
      text("facts"),
      h(
        "dl",
        {},
        rows.filter(([, value]) => value !== null).map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, value))),
      ),
    );
  }

  function draw(view: View): void {
    const node = store.state.note;
    element.hidden = node < 0;
    if (node < 0) {
      shownNote = -1;
      element.replaceChildren();
      return;
    }
    const scrolled = shownNote === node ? element.scrollTop : 0;
    const holds = element.contains(document.activeElement) ? focusKey(element) : null;
    shownNote = node;
    const out = links(node, text("relationsOut"), false);
    const back = links(node, text("backlinks"), true);
    const parts = [
      head(node),
      controls(node, view),
      ...prose(node),
      out,
      back,
      !out && !back ? h("p", { class: "message" }, text("noLinks")) : null,
      vault.document.limits?.text === "trimmed" && vault.type[node] === 0 ? h("p", { class: "hint" }, text("trimmed")) : null,
      facts(node),
    ];
    element.replaceChildren(...parts.filter((part) => part !== null));
    element.scrollTop = scrolled;
    if (holds !== null) {
      (element.querySelectorAll<HTMLElement>("button, input, a")[holds] ?? heading)?.focus();
    }
  }

  return {
    element,
    update(view: View): void {
      if (store.state.note !== shownNote) {
        asking = false;
      }
      draw(view);
    },
    askForPath: ask,
    focus: () => heading?.focus(),
  };
}

/** Which of the panel's controls has the focus, so that it can keep it when they are made anew. */
function focusKey(element: HTMLElement): number | null {
  const at = [...element.querySelectorAll<HTMLElement>("button, input, a")].indexOf(document.activeElement as HTMLElement);
  return at < 0 ? null : at;
}

const date = (days: number | null | undefined): string | null =>
  days === null || days === undefined || days === NO_DATE ? null : day(days);

/** PageRank as a share of that of the most central note. */
export const percent = (rank: number): string => `${number(Math.round(rank / 1000) / 10)} %`;

export const community = (vault: Vault, node: number): string =>
  vault.document.communities[vault.community[node]]?.name ?? "";
