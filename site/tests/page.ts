/** The page as it is made from the built template, in a folder of its own. */

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { deflateRawSync, gzipSync } from "node:zlib";
import type { Document } from "../src/explorer/data";

const BUILT = join(process.cwd(), "fmvault_site", "explorer");
const read = (name: string) => readFileSync(join(BUILT, name), "utf8");
const escaped = (text: string) => text.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);
const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

export type Packing = "plain" | "deflate-raw" | "gzip" | "apart";

export function pack(document: Document, packing: Packing): string {
  const base64 = (value: unknown) => deflateRawSync(JSON.stringify(value)).toString("base64");
  switch (packing) {
    case "plain":
      return JSON.stringify(document).replace(/</g, "\\u003c");
    case "deflate-raw":
      return base64(document);
    case "gzip":
      return gzipSync(JSON.stringify(document)).toString("base64");
    case "apart": {
      const { text, edges, ...rest } = document;
      return `${base64({ ...rest, text: null, edges: { ...edges, context: null } })}\n${base64({ text, context: edges.context })}`;
    }
  }
}

export function html(document: Document, packing: Packing = "plain", language = "en"): string {
  const { nodes } = document;
  const script = read("explorer.js");
  const style = read("explorer.css");
  const rows = nodes.name.slice(0, 500).map((name, node) => `<tr><th scope="row"><bdi>${escaped(name)}</bdi></th><td>${nodes.words[node]}</td></tr>`);
  const dots = [...nodes.name.keys()]
    .sort((a, b) => nodes.rank[a] - nodes.rank[b] || b - a)
    .map((node) => `<circle cx="${nodes.x[node]}" cy="${-nodes.y[node]}" r="400" class="k0"><title>${escaped(nodes.name[node])}</title></circle>`);
  const values: Record<string, string> = {
    lang: language,
    title: escaped(document.title),
    csp: `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data: blob:; base-uri 'none'; form-action 'none'`,
    style,
    script,
    data: pack(document, packing),
    svg: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-33000 -33000 66000 66000" role="img" aria-label="Map">${dots.join("")}</svg>`,
    table: `<table><caption>Notes</caption><thead><tr><th scope="col">Name</th><th scope="col">Words</th></tr></thead><tbody>${rows.join("")}</tbody></table>`,
  };
  // In one pass, so that what stands in a value is not taken for a place to fill.
  return read(`template.${language}.html`).replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key]);
}

const folder = mkdtempSync(join(tmpdir(), "fmvault-site-"));

/** Writes a page and gives its address. */
export function page(name: string, content: string): string {
  const path = join(folder, `${name}.html`);
  writeFileSync(path, content);
  return pathToFileURL(path).href;
}
