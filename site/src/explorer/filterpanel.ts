/** The filters. */

import { bdi, h, icon } from "./dom";
import type { Explorer, Part } from "./explorer";
import { toggled } from "./legend";
import { initial, type State } from "./state";
import { number, text } from "./texts";

/** How many entries of a list are there before one asks for more. */
const FIRST = 12;

interface Branch {
  readonly name: string;
  readonly index: number;
  readonly count: number;
  readonly children: Branch[];
}

type Set3 = "folders" | "tags" | "communities";

export function filterPanel(explorer: Explorer): Part {
  const { store, vault } = explorer;
  const boxes: { input: HTMLInputElement; checked: (state: State) => boolean }[] = [];

  function box(label: string, count: number | null, checked: (state: State) => boolean, change: () => Partial<State>): HTMLElement {
    const input = h("input", { type: "checkbox", onchange: () => store.change(change()) });
    boxes.push({ input, checked });
    input.checked = checked(store.state);
    return h(
      "label",
      { class: "check" },
      input,
      bdi(label, "label"),
      count !== null && h("span", { class: "count" }, number(count)),
    );
  }

  const group = (label: string, ...children: (HTMLElement | null)[]) =>
    h("fieldset", {}, h("legend", {}, label), children);

  /** A list that shows its first entries, and the others when asked. */
  function list<T>(items: readonly T[], render: (item: T) => HTMLElement): HTMLElement {
    const element = h("ul", { class: "tree" }, items.slice(0, FIRST).map(render));
    let at = FIRST;
    if (items.length > at) {
      const more = h("button", {
        type: "button",
        class: "more",
        onclick: () => {
          const added = items.slice(at, at + 100).map(render);
          at += added.length;
          holder.before(...added);
          added[0]?.querySelector("input")?.focus();
          label();
        },
      });
      const holder = h("li", {}, more);
      const label = () => {
        more.textContent = text("more", { count: items.length - at });
        holder.hidden = at >= items.length;
      };
      label();
      element.append(holder);
    }
    return element;
  }

  function tree(field: Set3, branches: readonly Branch[]): HTMLElement {
    return list(branches, (branch) => {
      const own =
        branch.index >= 0
          ? box(branch.name, branch.count, (state) => state[field].has(branch.index), () => ({
              [field]: toggled(store.state[field], branch.index),
            }))
          : h("span", { class: "check" }, bdi(branch.name, "label"));
      if (!branch.children.length) {
        return h("li", {}, own);
      }
      const toggle = h(
        "button",
        {
          type: "button",
          class: "expand",
          "aria-expanded": "false",
          "aria-label": text("expand", { name: branch.name }),
          onclick: () => {
            const open = toggle.getAttribute("aria-expanded") !== "true";
            toggle.setAttribute("aria-expanded", String(open));
            if (open && !nested.firstChild) {
              nested.append(tree(field, branch.children));
            }
            nested.hidden = !open;
          },
        },
        icon("chevron"),
      );
      const nested = h("div", { class: "nested", hidden: true });
      return h("li", { class: "branch" }, toggle, own, nested);
    });
  }

  const range = (label: string, field: "least" | "most") => {
    const input = h("input", {
      type: "number",
      min: 0,
      step: 1,
      inputmode: "numeric",
      placeholder: text("any"),
      onchange: () => {
        const value = input.value.trim() === "" ? NaN : Math.max(0, Math.round(Number(input.value)));
        store.change({ [field]: Number.isFinite(value) ? value : field === "least" ? 0 : Infinity });
      },
    });
    return { element: h("label", { class: "range" }, h("span", {}, label), input), input };
  };
  const least = range(text("least"), "least");
  const most = range(text("most"), "most");

  const kinds = count(vault.document.kinds.length, (node) => [vault.kind[node]], (node) => vault.type[node] === 0);
  const types = [0, 0, 0, 0];
  for (const type of vault.type) {
    types[type]++;
  }
  const isOrphan = (node: number) => vault.type[node] === 0 && vault.degree(node) === 0;
  const orphans = vault.order.reduce((sum, node) => sum + Number(isOrphan(node)), 0);
  const tags = branches(
    vault.document.tags,
    count(vault.document.tags.length, (node) => vault.document.nodes.tags[node], (node) => vault.type[node] === 0),
  );
  const folders = branches(
    vault.document.folders,
    count(vault.document.folders.length, (node) => [vault.folder[node]], (node) => vault.type[node] === 0),
  );
  const element = h(
    "div",
    { class: "filters" },
    group(
      text("show"),
      orphans > 0 ? box(text("orphans"), orphans, (state) => state.orphans, () => ({ orphans: !store.state.orphans })) : null,
      types[1] > 0 ? box(text("ghosts"), types[1], (state) => state.ghosts, () => ({ ghosts: !store.state.ghosts })) : null,
      types[2] > 0 ? box(text("tagNodes"), types[2], (state) => state.tagNodes, () => ({ tagNodes: !store.state.tagNodes })) : null,
      types[3] > 0
        ? box(text("attachments"), types[3], (state) => state.attachments, () => ({ attachments: !store.state.attachments }))
        : null,
    ),
    vault.document.kinds.length > 1 &&
      group(
        text("kinds"),
        ...vault.document.kinds.map((kind, index) =>
          kinds[index]
            ? box(kind || text("noKind"), kinds[index], (state) => !state.hiddenKinds.has(index), () => ({
                hiddenKinds: toggled(store.state.hiddenKinds, index),
              }))
            : null,
        ),
      ),
    h("fieldset", {}, h("legend", {}, text("degree")), h("div", { class: "ranges" }, least.element, most.element)),
    tags.length > 0 && group(text("tags"), tree("tags", tags)),
    folders.length > 1 && group(text("folders"), tree("folders", folders)),
    vault.document.communities.length > 1 &&
      group(
        text("communities"),
        tree(
          "communities",
          vault.document.communities.map(({ name, size }, index) => ({ name, index, count: size, children: [] })),
        ),
      ),
    h(
      "button",
      {
        type: "button",
        class: "plain",
        onclick: () => {
          const base = initial(vault);
          const { note, to, reading, depth, colour, size, view, camera } = store.state;
          store.change({ ...base, note, to, reading, depth, colour, size, view, camera });
        },
      },
      text("reset"),
    ),
  );

  function count(length: number, of: (node: number) => readonly number[], counts: (node: number) => boolean): Uint32Array {
    const found = new Uint32Array(length);
    for (let node = 0; node < vault.count; node++) {
      if (counts(node)) {
        for (const each of of(node)) {
          found[each]++;
        }
      }
    }
    return found;
  }

  return {
    element,
    update(): void {
      const { state } = store;
      for (const { input, checked } of boxes) {
        input.checked = checked(state);
      }
      least.input.value = state.least > 0 ? String(state.least) : "";
      most.input.value = state.most === Infinity ? "" : String(state.most);
    },
  };
}

/** Names with slashes as a tree; what only nested names have in common is a branch without a number of its own. */
function branches(names: readonly string[], counts: Uint32Array): Branch[] {
  type Growing = { name: string; index: number; count: number; children: Branch[] };
  const root: Growing = { name: "", index: -1, count: 0, children: [] };
  const at = new Map<string, Growing>([["", root]]);
  names.forEach((name, index) => {
    if (name === "") {
      if (counts[index]) {
        root.children.push({ name: text("noFolder"), index, count: counts[index], children: [] });
      }
      return;
    }
    let parent = root;
    let path = "";
    for (const part of name.split("/")) {
      path = path ? `${path}/${part}` : part;
      let branch = at.get(path);
      if (!branch) {
        branch = { name: part, index: -1, count: 0, children: [] };
        at.set(path, branch);
        parent.children.push(branch);
      }
      branch.count += counts[index];
      parent = branch;
    }
    parent.index = index;
  });
  return root.children;
}
