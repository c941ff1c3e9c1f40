/** What the interface says; the site's catalogue comes before it. */

const ENGLISH: Readonly<Record<string, string>> = {
  search_results: "Search results",
  search_loading: "Searching…",
  search_found_one: "One result",
  search_found: "{count} results",
  search_shown: "{shown} of {count} results",
  search_more: "More results",
  search_none: "Nothing found for “{query}”",
  search_near: "Did you mean “{query}”?",
  search_some: "No note has all the words; these have some of them.",
  search_failed: "The search index could not be loaded",
  search_about: "Titles, other names, tags, headings and texts of all notes are searched.",
  search_hint: "\"exact words\" · -without · tag:name · path:folder",
  search_also: "also: {name}",
};

export function say(said: Readonly<Record<string, string>>, key: string, values: Readonly<Record<string, string | number>> = {}): string {
  const text = Object.hasOwn(said, key) ? said[key]! : (ENGLISH[key] ?? "");
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}
