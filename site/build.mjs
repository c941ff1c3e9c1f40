// Builds the explorer: one script, one style sheet, and a template and phrases a language, with the licences of what is bundled.
import { build } from "esbuild";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const from = join(here, "src", "explorer");
const to = join(here, "fmvault_site", "explorer");

await rm(to, { recursive: true, force: true });
await mkdir(to, { recursive: true });

const script = await build({
  absWorkingDir: here,
  entryPoints: ["src/explorer/main.ts"],
  bundle: true,
  format: "iife",
  target: ["chrome111", "firefox128", "safari17.4"],
  minify: true,
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  write: false,
  define: { "process.env.NODE_ENV": '"production"' },
});
const style = await build({
  absWorkingDir: here,
  entryPoints: ["src/explorer/main.css"],
  bundle: true,
  target: ["chrome111", "firefox128", "safari17.4"],
  minify: true,
  charset: "utf8",
  write: false,
});
// The licences of every package that a module of the bundle comes from.
const packages = new Set();
for (const input of Object.keys(script.metafile.inputs)) {
  const at = input.lastIndexOf("node_modules/");
  if (at >= 0) {
    const parts = input.slice(at + "node_modules/".length).split("/");
    packages.add(input.slice(0, at) + "node_modules/" + parts.slice(0, parts[0].startsWith("@") ? 2 : 1).join("/"));
  }
}
const licences = [];
for (const folder of [...packages].sort()) {
  const about = JSON.parse(await readFile(join(here, folder, "package.json"), "utf8"));
  const file = (await readdir(join(here, folder))).find((name) => /^licen[cs]e/i.test(name));
  if (!file) {
    throw new Error(`${about.name} has no licence file`);
  }
  licences.push(`${about.name} ${about.version} (${about.license})\n\n${(await readFile(join(here, folder, file), "utf8")).trim()}\n`);
}
const notice = licences.join(`\n${"-".repeat(78)}\n\n`);
await writeFile(join(to, "LICENSES.txt"), notice);

// Neither may end the element that holds it. Every page is a copy of the packages, and so carries their licences.
const code = `${script.outputFiles[0].text}/*\n${notice.replaceAll("*/", "* /")}*/\n`;
const inert = code.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--");
await writeFile(join(to, "explorer.js"), inert);
await writeFile(join(to, "explorer.css"), style.outputFiles[0].text.replace(/<\/(style)/gi, "<\\/$1"));

const catalogue = await build({
  absWorkingDir: here,
  entryPoints: ["src/explorer/catalogue.ts"],
  bundle: true,
  format: "esm",
  write: false,
});
const { CATALOGUE, PHRASES } = await import(`data:text/javascript;base64,${Buffer.from(catalogue.outputFiles[0].text).toString("base64")}`);
const template = await readFile(join(from, "template.html"), "utf8");
const escaped = (text) => text.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`);
for (const [language, texts] of Object.entries(CATALOGUE)) {
  const filled = template.replace(/\[\[(\w+)\]\]/g, (_, key) => escaped(texts[key]));
  await writeFile(join(to, `template.${language}.html`), filled);
  await writeFile(join(to, `phrases.${language}.json`), JSON.stringify(PHRASES[language]));
}

console.log(`explorer: ${Math.round(code.length / 1024)} kB of script, ${packages.size} packages`);
