/** Elements are made here, and text is only ever set as text. */

type Child = Node | string | null | false;
type Handler = (event: never) => void;
type Value = string | number | boolean | null | undefined | Handler;

/** An element with attributes (`on...` are listeners, null and false are left out) and children. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, Value>> = {},
  ...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  set(element, attributes);
  append(element, children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function s(
  name: string,
  attributes: Readonly<Record<string, Value>> = {},
  ...children: readonly (Child | readonly Child[])[]
): SVGElement {
  const element = document.createElementNS(SVG, name);
  set(element, attributes);
  append(element, children);
  return element;
}

function set(element: Element, attributes: Readonly<Record<string, Value>>): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (typeof value === "function") {
      element.addEventListener(key.slice(2), value as unknown as EventListener);
    } else {
      element.setAttribute(key, value === true ? "" : String(value));
    }
  }
}

function append(element: Element, children: readonly (Child | readonly Child[])[]): void {
  for (const child of children.flat() as Child[]) {
    if (child !== null && child !== false) {
      element.append(child);
    }
  }
}

/** A name from the vault: whatever it holds, it is text, in its own direction. */
export const bdi = (name: string, className?: string): HTMLElement =>
  h("bdi", { dir: "auto", class: className }, name);

/** Sizes and colours that depend on data are set on the element, as the page's policy allows no style attributes. */
export function styled<E extends HTMLElement | SVGElement>(element: E, properties: Readonly<Record<string, string>>): E {
  for (const [name, value] of Object.entries(properties)) {
    element.style.setProperty(name, value);
  }
  return element;
}

const PATHS = {
  back: "M15 5 8 12l7 7",
  forward: "m9 5 7 7-7 7",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5 12 5 5",
  close: "M6 6l12 12M18 6 6 18",
  save: "M12 4v11m-5-4 5 5 5-5M5 20h14",
  theme: "M12 3a9 9 0 1 0 0 18V3Z",
  help: "M9 9a3 3 0 1 1 4 2.8c-.8.4-1 1-1 2.2m0 3.2v.3",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5",
  play: "M8 5v14l11-7Z",
  pause: "M8 5v14M16 5v14",
  legend: "M5 7h.01M5 12h.01M5 17h.01M9 7h10M9 12h10M9 17h10",
  filters: "M4 6h16M7 12h10M10 18h4",
  learn: "M4 6c3-1.500 5.500-1 8 1 2.500-2 5-2.500 8-1v12c-3-1.500-5.500-1-8 1-2.500-2-5-2.500-8-1ZM12 7v12",
  chevron: "m9 6 6 6-6 6",
  path: "M6 19a2 2 0 1 0 0-.1M18 5a2 2 0 1 0 0 .1M8 18c7 0 1-12 8-12.500",
  out: "M14 4h6v6m0-6-9 9M10 5H5v14h14v-5",
} as const;

export function icon(name: keyof typeof PATHS): SVGElement {
  return s(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    s("path", { d: PATHS[name] }),
  );
}

/** A button that only shows a picture, with its name for those who cannot see it and as a tip. */
export function iconButton(name: keyof typeof PATHS, label: string, onclick: () => void, more: Record<string, Value> = {}): HTMLButtonElement {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...more }, icon(name));
}
