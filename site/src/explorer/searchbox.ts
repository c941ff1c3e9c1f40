/** The search field with its completions, as the ARIA pattern for comboboxes has it. */

import { bdi, h, icon, iconButton } from "./dom";
import type { Explorer } from "./explorer";
import { swatch } from "./legend";
import type { Hit, TagHit } from "./search";
import { text } from "./texts";

let fields = 0;

export interface SearchBox {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
}

/** `choose` gets the node that was chosen, and `chooseTag` the tag; where that is not given, no tags are offered. */
export function searchBox(explorer: Explorer, label: string, choose: (node: number) => void, chooseTag?: (tag: TagHit) => void): SearchBox {
  const id = `completions-${fields++}`;
  let hits: (Hit | TagHit)[] = [];
  let active = -1;
  const list = h("ul", { id, class: "completions", role: "listbox", "aria-label": label, hidden: true });
  const note = h("p", { class: "completions none", hidden: true }, text("noResults"));
  const input = h("input", {
    type: "text",
    role: "combobox",
    enterkeyhint: "search",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    placeholder: text("search"),
    "aria-label": label,
    "aria-expanded": "false",
    "aria-autocomplete": "list",
    "aria-controls": id,
    oninput: () => complete(),
    onfocus: () => complete(),
    onkeydown: (event: KeyboardEvent) => key(event),
    onblur: () => close(),
  });
  const clear = iconButton("close", text("clear"), () => {
    input.value = "";
    close();
    input.focus();
  });
  const element = h("div", { class: "search" }, icon("search"), input, clear, list, note);

  function complete(): void {
    const query = input.value;
    const tags = chooseTag ? explorer.search.findTags(query, 8) : [];
    hits = [...tags, ...explorer.search.find(query, 12)];
    active = hits.length ? 0 : -1;
    note.hidden = !query.trim() || query.trim() === "#" || hits.length > 0;
    list.replaceChildren(...hits.map(option));
    open(hits.length > 0);
    mark();
    if (query.trim()) {
      explorer.say(hits.length ? text("results", { count: hits.length }) : text("noResults"));
    }
  }

  function option(hit: Hit | TagHit, index: number): HTMLElement {
    return h(
      "li",
      {
        id: `${id}-${index}`,
        role: "option",
        "aria-selected": "false",
        // The field keeps the focus while a completion is clicked.
        onmousedown: (event: MouseEvent) => event.preventDefault(),
        onclick: () => take(index),
      },
      "node" in hit ? described(hit) : [h("span", { class: "what" }, bdi(`#${hit.name}`, "name")), h("span", { class: "kind" }, text("noteCount", { count: hit.count }))],
    );
  }

  function described({ node, by }: Hit): (Node | null)[] {
    return [
      swatch(explorer, node),
      h(
        "span",
        { class: "what" },
        bdi(explorer.vault.names[node], "name"),
        by !== null && h("span", { class: "by" }, by.startsWith("#") ? "" : `${text("alias")} `, bdi(by)),
      ),
      h("span", { class: "kind" }, kindName(explorer, node)),
    ];
  }

  function open(isOpen: boolean): void {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
  }

  function close(): void {
    open(false);
    note.hidden = true;
    input.removeAttribute("aria-activedescendant");
  }

  function mark(): void {
    [...list.children].forEach((child, index) => {
      child.setAttribute("aria-selected", String(index === active));
      if (index === active) {
        child.scrollIntoView({ block: "nearest" });
      }
    });
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", `${id}-${active}`);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function take(index: number): void {
    const hit = hits[index];
    if (hit) {
      input.value = "";
      close();
      if ("node" in hit) {
        choose(hit.node);
      } else {
        chooseTag?.(hit);
      }
    }
  }

  function key(event: KeyboardEvent): void {
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp": {
        event.preventDefault();
        if (list.hidden) {
          complete();
        } else {
          active = (active + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length;
          mark();
        }
        break;
      }
      case "Enter":
        event.preventDefault();
        take(active);
        break;
      case "Escape":
        event.stopPropagation();
        if (list.hidden && note.hidden) {
          input.value = "";
          input.blur();
        }
        close();
        break;
    }
  }

  return { element, input };
}

export function kindName({ vault }: Explorer, node: number): string {
  const type = vault.type[node];
  if (type === 0) {
    return vault.document.kinds[vault.kind[node]] || text("note");
  }
  return text(type === 1 ? "ghost" : type === 2 ? "tagNode" : "attachment");
}
