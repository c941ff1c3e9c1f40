/** Elements and texts. */

declare global {
  interface Window {
    fmvaultTexts?: Readonly<Record<string, string>>;
  }
}

/** A text of the interface; of `1 step|{count} steps` the form that fits. */
export function text(key: string, count?: number): string {
  const forms = (window.fmvaultTexts?.[key] ?? key).split("|");
  const form = count === 1 ? forms[0] : forms[forms.length - 1];
  return form.replace("{count}", String(count ?? ""));
}

/** The way from this page to the site's root. */
export const root = (): string => document.documentElement.dataset["root"] ?? "";

type Value = string | number | boolean | ((event: never) => void);

/** An element with attributes (`on...` are listeners) and children; text is only ever set as text. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, Value>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(key.slice(2), value as unknown as EventListener);
    } else if (value !== false) {
      element.setAttribute(key, value === true ? "" : String(value));
    }
  }
  element.append(...children);
  return element;
}
