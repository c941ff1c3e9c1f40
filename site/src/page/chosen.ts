/** Light or dark, as the reader chose; the explorer reads the same. */

export type Theme = "light" | "dark";

const KEY = "fmvault-theme";

export function chosen(): Theme | null {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : null;
  } catch {
    return null;
  }
}

export function choose(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Where nothing may be kept, it holds until the page is closed.
  }
  document.dispatchEvent(new Event("fmvault-theme"));
}

export function themeNow(): Theme {
  const said = document.documentElement.dataset["theme"];
  if (said === "light" || said === "dark") {
    return said;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Calls when the theme has changed, by the switch or by the system. */
export function onTheme(act: () => void): void {
  document.addEventListener("fmvault-theme", act);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", act);
}
