// Runs TypeScript of this folder: the tests, or the file that is named.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const [named, ...rest] = process.argv.slice(2);
const files = named && named.endsWith(".ts") ? [basename(named)] : readdirSync(here).filter((name) => name.endsWith(".spec.ts"));
const out = join(root, "node_modules", ".tests");
await build({
  absWorkingDir: root,
  entryPoints: files.map((name) => join("tests", name)),
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  logLevel: "warning",
});
const built = files.map((name) => join(out, name.replace(/\.ts$/, ".mjs")));
const args = named && named.endsWith(".ts") ? [...built, ...rest] : ["--test", "--test-reporter=spec", ...process.argv.slice(2), ...built];
const { status } = spawnSync(process.execPath, ["--enable-source-maps", ...args], { cwd: root, stdio: "inherit" });
process.exit(status ?? 1);
