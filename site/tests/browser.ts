/** The system's Chromium, without a network. */

import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

const PLACES = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export const executable = PLACES.find((path) => path && existsSync(path)) ?? null;

/** Why nothing can be tested here; false if it can. */
export const missing: string | false = executable ? false : "no Chromium is installed";

export const launch = (...args: string[]): Promise<Browser> =>
  chromium.launch({
    executablePath: executable!,
    args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--allow-file-access-from-files=false", ...args],
  });

export interface Visit {
  readonly page: Page;
  /** What went wrong on the page, and what it asked of others. */
  readonly trouble: string[];
}

export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}, until: "ready" | "load" = "ready"): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on("pageerror", (error) => trouble.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      if (!/GPU stall|GL Driver Message|swiftshader/i.test(message.text())) {
        trouble.push(`${message.type()}: ${message.text()}`);
      }
    }
  });
  page.on("request", (request) => {
    if (!/^(blob:|data:)/.test(request.url()) && request.url().split("#")[0] !== url.split("#")[0]) {
      trouble.push(`request: ${request.url()}`);
    }
  });
  await context.setOffline(true);
  await page.goto(url);
  if (until === "ready") {
    await page.waitForFunction(() => document.documentElement.classList.contains("ready"), null, { timeout: 60_000 });
  }
  return { page, trouble };
}
