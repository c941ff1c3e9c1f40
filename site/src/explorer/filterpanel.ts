/** The filters. */

import { GHOST, NOTE, type Vault } from "./data";
import { bdi, h, icon } from "./dom";
import type { Explorer, Part } from "./explorer";
import { toggled } from "./legend";
import { INITIAL, withoutFilters, type State } from "./state";
import { number, text } from "./texts";

/** How many entries of a list are there before one asks for more. */
const FIRST = 12;

interface Branch {
  readonly name: string;
  /** What is to be chosen for it: itself, or all that is nested in it where it is no name itself. */
  readonly indices: readonly number[];
  readonly count: number;
  readonly children: Branch[];
}

type Set3 = "folders" | "tags" | "communities";

export function filterPanel(explorer: Explorer): Part {
  const { store, vault } = explorer;
  const boxes: { input: HTMLInputElement; checked: (state: State) => boolean }[] = [];

  function box(label: string, count: number | null, checked: (state: State) => boolean, change: () => Partial<State>, role: "switch" | null = null): HTMLElement {
    const input = h("input", { type: "checkbox", role, onchange: () => store.change(change()) });
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
      const isChosen = (state: State) => branch.indices.every((index) => state[field].has(index));
      const own = box(branch.name, branch.count, isChosen, () => {
        const next = new Set(store.state[field]);
        const chosen = isChosen(store.state);
        branch.indices.forEach((index) => (chosen ? next.delete(index) : next.add(index)));
        return { [field]: next };
      });
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
      oninput: () => {
        const written = input.value.trim();
        const isWrong = input.validity.badInput || (written !== "" && !/^\d+$/.test(written));
        input.setAttribute("aria-invalid", String(isWrong));
        wrong.hidden = least.input.getAttribute("aria-invalid") !== "true" && most.input.getAttribute("aria-invalid") !== "true";
        store.change({ [field]: isWrong || written === "" ? INITIAL[field] : Number(written) });
      },
    });
    return { element: h("label", { class: "range" }, h("span", {}, label), input), input };
  };
  const wrong = h("p", { class: "wrong", role: "alert", hidden: true }, text("notANumber"));
  const least = range(text("least"), "least");
  const most = range(text("most"), "most");

  const kinds = count(vault.document.kinds.length, (node) => [vault.kind[node]], (node) => vault.type[node] === 0);
  const types = [0, 0, 0, 0];
  for (const type of vault.type) {
    types[type]++;
  }
  const isOrphan = (node: number) => vault.type[node] === 0 && !vault.joined[node];
  const orphans = vault.order.reduce((sum, node) => sum + Number(isOrphan(node)), 0);
  const tags = branches(vault, vault.document.tags, (node) => vault.document.nodes.tags[node] ?? []);
  const folders = branches(vault, vault.document.folders, (node) => [vault.folder[node]]);
  const members = count(vault.document.communities.length, (node) => [vault.community[node]], (node) => vault.type[node] <= GHOST && vault.community[node] >= 0);

  /** The kinds that are ticked: where some are hidden, those that are not. */
  const kindsChosen = ({ hiddenKinds }: State): number[] =>
    hiddenKinds.size ? [...kinds.keys()].filter((kind) => kinds[kind] && !hiddenKinds.has(kind)) : [];
  const onlyKinds = (chosen: ReadonlySet<number>): Set<number> =>
    new Set(chosen.size ? [...kinds.keys()].filter((kind) => kinds[kind] && !chosen.has(kind)) : []);
  const element = h(
    "div",
    { class: "filters" },
    group(
      text("show"),
      orphans > 0 ? box(text("orphans"), orphans, (state) => state.orphans, () => ({ orphans: !store.state.orphans }), "switch") : null,
      types[1] > 0 ? box(text("ghosts"), types[1], (state) => state.ghosts, () => ({ ghosts: !store.state.ghosts }), "switch") : null,
      types[2] > 0 ? box(text("tagNodes"), types[2], (state) => state.tagNodes, () => ({ tagNodes: !store.state.tagNodes }), "switch") : null,
      types[3] > 0
        ? box(text("attachments"), types[3], (state) => state.attachments, () => ({ attachments: !store.state.attachments }), "switch")
        : null,
    ),
    vault.count > 0 && h("p", { class: "hint" }, text("tickHint")),
    vault.document.kinds.length > 1 &&
      group(
        text("kinds"),
        ...vault.document.kinds.map((kind, index) =>
          kinds[index]
            ? box(kind || text("noKind"), kinds[index], (state) => kindsChosen(state).includes(index), () => ({
                hiddenKinds: onlyKinds(toggled(new Set(kindsChosen(store.state)), index)),
              }))
            : null,
        ),
      ),
    h("fieldset", {}, h("legend", {}, text("degree")), h("div", { class: "ranges" }, least.element, most.element), wrong),
    tags.length > 0 && group(text("tags"), tree("tags", tags)),
    folders.length > 1 && group(text("folders"), tree("folders", folders)),
    vault.document.communities.length > 1 &&
      group(
        text("communities"),
        tree(
          "communities",
          vault.document.communities.map(({ name }, index) => ({ name, indices: [index], count: members[index], children: [] })),
        ),
      ),
    h(
      "button",
      {
        type: "button",
        class: "plain",
        onclick: () => store.change(withoutFilters(vault, store.state)),
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
      for (const [{ input }, value, none] of [
        [least, state.least, 0],
        [most, state.most, Infinity],
      ] as const) {
        // What is being written stays as it is.
        if (input !== document.activeElement) {
          input.value = value === none ? "" : String(value);
          input.setAttribute("aria-invalid", "false");
        }
      }
      wrong.hidden = ![least, most].some(({ input }) => input.getAttribute("aria-invalid") === "true");
    },
  };
}

/** Names with slashes as a tree; `of` has the names of a note, and each note counts once in a branch. */
function branches(vault: Vault, names: readonly string[], of: (node: number) => readonly number[]): Branch[] {
  type Growing = { name: string; indices: number[]; isName: boolean; count: number; children: Growing[] };
  const root: Growing = { name: "", indices: [], isName: false, count: 0, children: [] };
  const at = new Map<string, Growing>();
  const above = names.map((name, index) => {
    let parent = root;
    let path: string | null = null;
    return name.split("/").map((part, depth, parts) => {
      path = path === null ? part : `${path}/${part}`;
      let branch = at.get(path);
      if (!branch) {
        branch = { name: part || text("noFolder"), indices: [], isName: false, count: 0, children: [] };
        at.set(path, branch);
        parent.children.push(branch);
      }
      if (depth === parts.length - 1) {
        branch.isName = true;
        branch.indices = [index];
      } else if (!branch.isName) {
        branch.indices.push(index);
      }
      parent = branch;
      return branch;
    });
  });
  for (let node = 0; node < vault.count; node++) {
    if (vault.type[node] === NOTE) {
      for (const branch of new Set(of(node).flatMap((name) => above[name]))) {
        branch.count++;
      }
    }
  }
  return root.children.filter(({ count }) => count > 0);
}
