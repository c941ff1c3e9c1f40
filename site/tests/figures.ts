/**
 * What a browser says of a built site, as a Markdown table: `npm run figures -- FOLDER [--runs 5] [--slow]`.
 *
 * Pages come from a server on this machine that compresses text with gzip, as most hosts do, each to a browser that has
 * nothing of the site yet. With `--slow` there are rows of a telephone too, on a line of 1.6 Mbit/s and 150 ms and a
 * processor of a quarter of the speed. First and largest contentful paint, and what long tasks take beyond 50 ms after
 * the first (total blocking time), are medians in milliseconds; shift is the sum of all layout shifts. Weights are kB
 * of all that the page asks for.
 */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, relative, resolve, sep } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { launch } from "./browser";

interface Told {
  largest: number;
  shift: number;
  tasks: [start: number, length: number][];
}

interface Figures {
  readonly first: number;
  readonly largest: number;
  readonly shift: number;
  readonly blocked: number;
  readonly paths: readonly string[];
  readonly raw: number;
  readonly gzip: number;
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".pdf": "application/pdf",
};
const TEXT = new Set([".html", ".css", ".js", ".svg"]);
const WIDE: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const LINE = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const SLOWER = 4;
const SETTLED = 600;

const given = process.argv.slice(2);
const at = given.indexOf("--runs");
const runs = at >= 0 ? Number(given[at + 1]) : 5;
const folder = given.find((each, index) => !each.startsWith("--") && (at < 0 || index !== at + 1));
if (!folder || !existsSync(join(folder, "index.html")) || !(runs >= 1)) {
  console.error("usage: npm run figures -- FOLDER [--runs 5] [--slow], with the FOLDER of a built site");
  process.exit(2);
}
const site = resolve(folder);

/** The pages that are opened, by what they are: of the notes the longest with each of what makes a page heavy. */
function chosen(): Map<string, string> {
  const pages = readdirSync(site, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
  const notes = pages
    .map((name) => ({ name, text: readFileSync(join(site, name), "utf8") }))
    .filter(({ text }) => text.includes('<body class="page-note"'))
    .sort((a, b) => b.text.length - a.text.length || (a.name < b.name ? -1 : 1));
  const found = new Map([["home", "index.html"]]);
  const isHeavy = /<math\b|<pre class="mermaid"/;
  const plain = notes.filter(({ text }) => !isHeavy.test(text));
  for (const [label, note] of [
    ["a note of middling length", plain[Math.floor(plain.length / 2)]],
    ["the longest note", plain[0]],
    ["the longest with math", notes.find(({ text }) => text.includes("<math"))],
    ["the longest with a diagram", notes.find(({ text }) => text.includes('<pre class="mermaid"'))],
  ] as const) {
    if (note) {
      found.set(label, note.name.split(sep).join("/"));
    }
  }
  for (const name of ["glossary", "graph"]) {
    if (existsSync(join(site, `${name}.html`))) {
      found.set(name, `${name}.html`);
    }
  }
  return found;
}

const packed = new Map<string, Buffer>();

function serve(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const file = join(site, decodeURIComponent(new URL(request.url!, "http://localhost").pathname));
    if (relative(site, file).startsWith("..") || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    const type = extname(file);
    const headers = { "content-type": TYPES[type] ?? "application/octet-stream", "cache-control": "max-age=600" };
    if (TEXT.has(type)) {
      if (!packed.has(file)) {
        packed.set(file, gzipSync(readFileSync(file)));
      }
      response.writeHead(200, { ...headers, "content-encoding": "gzip" }).end(packed.get(file));
    } else {
      response.writeHead(200, headers).end(readFileSync(file));
    }
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() })));
}

async function measured(browser: Browser, url: string, options: BrowserContextOptions, isSlow: boolean): Promise<Figures> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  if (isSlow) {
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", LINE);
    await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  }
  await page.addInitScript(() => {
    const told: Told = { largest: 0, shift: 0, tasks: [] };
    (window as unknown as { told: Told }).told = told;
    const observe = (type: string, take: (entry: PerformanceEntry) => void) =>
      new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
    observe("largest-contentful-paint", (entry) => (told.largest = entry.startTime));
    observe("layout-shift", (entry) => (told.shift += (entry as unknown as { value: number }).value));
    observe("longtask", (entry) => told.tasks.push([entry.startTime, entry.duration]));
  });
  await page.goto(url, { waitUntil: "load" });
  // What a page's scripts go on to draw is a part of it.
  await page.waitForFunction(
    () => {
      const isMapped = !location.pathname.endsWith("/graph.html") || document.documentElement.classList.contains("ready");
      const isDrawn = !document.querySelector("pre.mermaid") || document.querySelector(".diagram svg, .plugin-note");
      return isMapped && isDrawn;
    },
    null,
    { timeout: 120_000 },
  );
  await page.waitForTimeout(SETTLED);
  const figures = await page.evaluate(() => {
    const { told } = window as unknown as { told: Told };
    const first = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN;
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")] as PerformanceResourceTiming[];
    const kept = entries.filter((entry) => !/^(blob|data):/.test(entry.name));
    const sum = (of: (entry: PerformanceResourceTiming) => number) => kept.reduce((total, entry) => total + of(entry), 0);
    return {
      first,
      largest: told.largest,
      shift: told.shift,
      blocked: told.tasks.filter(([start, length]) => start + length > first).reduce((total, [start, length]) => total + Math.max(0, start + length - Math.max(start, first) - 50), 0),
      paths: kept.map((entry) => new URL(entry.name).pathname),
      raw: sum((entry) => entry.decodedBodySize),
      gzip: sum((entry) => entry.encodedBodySize),
    };
  });
  await context.close();
  return figures;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const kB = (size: number): string => (size / 1000).toFixed(1);

function brotli(paths: readonly string[]): number {
  const files = paths.map((path) => join(site, decodeURIComponent(path)));
  return files.reduce((sum, file) => sum + (TEXT.has(extname(file)) ? brotliCompressSync(readFileSync(file)).length : statSync(file).size), 0);
}

const { url, close } = await serve();
const browser = await launch();
const ways: [label: string, options: BrowserContextOptions, isSlow: boolean][] = [
  ["1280", WIDE, false],
  ["390", PHONE, false],
];
if (given.includes("--slow")) {
  ways.push(["390, slow", PHONE, true]);
}
console.log(`Medians of ${runs}, Chromium ${browser.version()}\n`);
console.log("| page | width | first paint | largest paint | shift | blocked | requests | raw kB | gzip kB | brotli kB |");
console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
for (const [label, path] of chosen()) {
  for (const [width, options, isSlow] of ways) {
    const rounds: Figures[] = [];
    // The first is not counted: in it, the server compresses and the system reads.
    for (let round = 0; round <= runs; round++) {
      rounds.push(await measured(browser, url + encodeURI(path), options, isSlow));
    }
    const [, ...counted] = rounds;
    const middle = (of: (figures: Figures) => number) => median(counted.map(of));
    const { paths, raw, gzip } = counted[0];
    const times = [middle(({ first }) => first), middle(({ largest }) => largest)].map((time) => time.toFixed(0));
    const row = [`${label} (${path})`, width, ...times, middle(({ shift }) => shift).toFixed(3), middle(({ blocked }) => blocked).toFixed(0), String(paths.length), kB(raw), kB(gzip), kB(brotli(paths))];
    console.log(`| ${row.join(" | ")} |`);
  }
}
await browser.close();
close();
