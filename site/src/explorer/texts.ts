/** All that the interface says, in every language it speaks. */

import { CATALOGUE, TYPES, type Key } from "./catalogue";

const language = globalThis.document?.documentElement.lang.split("-")[0] ?? "en";
const texts = language === "de" ? CATALOGUE.de : CATALOGUE.en;
const locale = language === "de" ? "de" : "en";
const numbers = new Intl.NumberFormat(locale);
const dates = new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, { dateStyle: "medium", timeZone: "UTC" });
const plurals = new Intl.PluralRules(locale);

/** A text by its key, with `{name}` replaced; of `one note|{count} notes` the form that fits `count`. */
export function text(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  const forms = texts[key].split("|");
  const count = values.count;
  const form = forms.length > 1 && typeof count === "number" && plurals.select(count) === "one" ? forms[0] : forms.at(-1)!;
  return form.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : value ?? "";
  });
}

export const number = (value: number): string => numbers.format(value);

/** A date, given in days since 1970. */
export const day = (days: number): string => dates.format(days * 86_400_000);

/** The name of a type of links: those that fmvault knows have one in every language. */
export const typeName = (name: string): string => (language === "de" && Object.hasOwn(TYPES.de, name) ? TYPES.de[name] : title(name));

/** How many notes, tags, attachments and links there are, each only if there are any. `notes` is said in place of their number. */
export function amounts(counts: ArrayLike<number>, links: number | null, notes = text("noteCount", { count: counts[0] + counts[1] })): string {
  return [
    notes,
    counts[2] > 0 && text("tagCount", { count: counts[2] }),
    counts[3] > 0 && text("attachmentCount", { count: counts[3] }),
    links !== null && text("linkCount", { count: links }),
  ]
    .filter(Boolean)
    .join(", ");
}

/** A name as a title: relations and kinds are written in lower case, and with hyphens. */
export const title = (name: string): string => {
  const spaced = name.replace(/[-_]+/g, " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
};
