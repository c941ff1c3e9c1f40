// Builds what browsers run: the pages' scripts and styles, and the explorer, with the licences of what is bundled.
import { build } from "esbuild";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const common = {
  absWorkingDir: here,
  bundle: true,
  target: ["chrome111", "firefox128", "safari17.4"],
  minify: true,
  charset: "utf8",
  legalComments: "none",
  write: false,
};

/** A classic script and the packages whose modules are in it. */
async function script(entry) {
  const built = await build({
    ...common,
    entryPoints: [entry],
    format: "iife",
    metafile: true,
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return { code: built.outputFiles[0].text, packages: packagesOf(built.metafile) };
}

async function style(entry) {
  return (await build({ ...common, entryPoints: [entry] })).outputFiles[0].text;
}

/** The folders of all packages that a module of the bundle comes from, by their names. */
function packagesOf(metafile) {
  const packages = new Map();
  const [output] = Object.values(metafile.outputs);
  for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
    const at = input.lastIndexOf("node_modules/");
    if (at >= 0 && bytesInOutput > 0) {
      const parts = input.slice(at + "node_modules/".length).split("/");
      const name = parts.slice(0, parts[0].startsWith("@") ? 2 : 1).join("/");
      packages.set(input.slice(0, at) + "node_modules/" + name, name);
    }
  }
  return [...packages.keys()].sort();
}

/** The texts of the packages' licences. */
async function notice(folders) {
  const licences = [];
  for (const folder of folders) {
    const about = JSON.parse(await readFile(join(here, folder, "package.json"), "utf8"));
    const file = (await readdir(join(here, folder))).find((name) => /^licen[cs]e/i.test(name));
    if (!file && !about.license) {
      throw new Error(`${about.name} does not say under which licence it is`);
    }
    const text = file ? (await readFile(join(here, folder, file), "utf8")).trim() : "";
    licences.push(`${about.name} ${about.version} (${about.license})${text && `\n\n${text}`}\n`);
  }
  return licences.join(`\n${"-".repeat(78)}\n\n`);
}

const asComment = (text) => (text ? `/*\n${text.replaceAll("*/", "* /")}*/\n` : "");

// -- the explorer ------------------------------------------------------------------------------------------------------

async function explorer() {
  const from = join(here, "src", "explorer");
  const to = join(here, "fmvault_site", "explorer");
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  const { code: bundle, packages } = await script("src/explorer/main.ts");
  const licences = await notice(packages);
  await writeFile(join(to, "LICENSES.txt"), licences);
  // Neither may end the element that holds it. Every page is a copy of the packages, and so carries their licences.
  const code = bundle + asComment(licences);
  const inert = code.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--");
  await writeFile(join(to, "explorer.js"), inert);
  await writeFile(join(to, "explorer.css"), (await style("src/explorer/main.css")).replace(/<\/(style)/gi, "<\\/$1"));

  const catalogue = await build({ ...common, minify: false, entryPoints: ["src/explorer/catalogue.ts"], format: "esm" });
  const { CATALOGUE, PHRASES } = await import(`data:text/javascript;base64,${Buffer.from(catalogue.outputFiles[0].text).toString("base64")}`);
  const template = await readFile(join(from, "template.html"), "utf8");
  const escaped = (text) => text.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`);
  for (const [language, texts] of Object.entries(CATALOGUE)) {
    const filled = template.replace(/\[\[(\w+)\]\]/g, (_, key) => escaped(texts[key]));
    await writeFile(join(to, `template.${language}.html`), filled);
    await writeFile(join(to, `phrases.${language}.json`), JSON.stringify(PHRASES[language]));
  }
  console.log(`explorer: ${Math.round(code.length / 1024)} kB of script, ${packages.length} packages`);
}

// -- the pages ---------------------------------------------------------------------------------------------------------

async function pages() {
  const to = join(here, "fmvault_site", "assets");
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  const scripts = { "theme.js": "src/page/theme.ts", "page.js": "src/page/main.ts", "mermaid.js": "src/page/mermaid.ts", "search.js": "src/search/main.ts" };
  const weights = [];
  const write = async (name, content) => {
    await writeFile(join(to, name), content);
    const kB = (size) => (size / 1024).toFixed(1);
    weights.push(`${name} ${kB(gzipSync(content).length)} kB (${kB(brotliCompressSync(content).length)} brotli)`);
  };
  for (const [name, entry] of Object.entries(scripts)) {
    if (existsSync(join(here, entry))) {
      const { code, packages } = await script(entry);
      await write(name, code + asComment(await notice(packages)));
    }
  }
  const search = existsSync(join(here, "src/search/search.css")) ? await style("src/search/search.css") : "";
  await write("page.css", (await style("src/page/main.css")) + search);
  console.log(`pages, compressed: ${weights.join(", ")}`);
}

await Promise.all([explorer(), pages()]);
