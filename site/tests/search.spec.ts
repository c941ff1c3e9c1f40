/** Search: what Python wrote is read and found here, in node, and from a file in a browser without a network. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { createRequire } from "node:module";
import { build } from "esbuild";
import MiniSearch from "minisearch";
import type { Browser, Page } from "playwright-core";
import { Engine, type Answer, type Data, type Load, type Section } from "../src/search/engine";
import { excerpt, marks } from "../src/search/excerpts";
import { crc } from "../src/search/data";
import { phrase } from "../src/search/query";
import { distance, nearest } from "../src/search/slips";
import { say } from "../src/search/texts";
import { asked, beginning, placed, words } from "../src/search/words";
import { launch, missing } from "./browser";

const shared = join("..", "tests", "search");
const read = <Value>(name: string): Value => JSON.parse(readFileSync(join(shared, name), "utf8")) as Value;
const cases = read<{ of: string; text: string; words: string[] }[]>("words.json");
const scripts = read<Record<string, string>>("scripts.json");

/** What a script hands over, as a page would receive it. */
const load: Load = async <Value>(name: string) => {
  let told: unknown;
  const content = scripts[`data/${name}.js`];
  assert.ok(content, `there is no script called ${name}`);
  new Function("fmvaultData", content)((given: string, value: unknown) => {
    assert.equal(given, name);
    told = value;
  });
  return told as Value;
};
const titles = ({ hits }: Pick<Answer, "hits">) => hits.map(({ title }) => title);
const shown = (text: string, found: readonly (readonly [number, number])[]) => found.map(([start, end]) => text.slice(start, end));

describe("words", () => {
  for (const { of, text, words: cut } of cases) {
    it(`of ${of} are those that the publisher finds`, () => {
      assert.deepEqual(words(text), cut);
      assert.deepEqual(placed(text).map(({ word }) => word), cut);
    });
  }

  it("are placed where they stand", () => {
    const text = "Ein Café, “Straße”: GPT言語モデル ﾓﾃﾞﾙ 𠮷野 ½x";
    const stand = placed(text).map(({ word, start, end }) => [word, text.slice(start, end)]);
    assert.deepEqual(stand.slice(0, 5), [["ein", "Ein"], ["cafe", "Café"], ["strasse", "Straße"], ["gpt", "GPT"], ["言語", "言語"]]);
    assert.deepEqual(stand.slice(-8), [["ル", "ル"], ["モデ", "ﾓﾃﾞ"], ["デル", "ﾃﾞﾙ"], ["ル", "ﾙ"], ["𠮷野", "𠮷野"], ["野", "野"], ["1", "½"], ["2x", "½x"]]);
  });

  it("are asked for without the last character of several", () => {
    assert.deepEqual(asked("大模型 型 a b a"), ["大模", "模型", "型", "a", "b"]);
  });

  it("are filed by their beginnings", () => {
    assert.deepEqual(["transformer", "a", "模型", "𐐨𐐨𐐨"].map(beginning), ["tr", "a", "模", "𐐨𐐨"]);
    assert.equal(crc("123456789"), 0xcbf43926);
  });
});

describe("the index that Python wrote", () => {
  it("is MiniSearch's own form, to the letter", async () => {
    const { titles: written } = await load<Data>("search");
    const index = MiniSearch.loadJSON(JSON.stringify(written), { fields: ["title", "name", "tag"], storeFields: ["title"] });
    const again = JSON.parse(JSON.stringify(index)) as typeof written;
    const sorted = (entries: readonly (readonly [string, unknown])[]) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
    assert.deepEqual({ ...again, index: sorted(again.index as [string, unknown][]) }, { ...written, index: sorted(written.index as [string, unknown][]) });
  });

  it("has the lengths that MiniSearch would have counted", async () => {
    const { titles: written } = await load<Data>("search");
    const index = new MiniSearch({ fields: ["title", "name", "tag"], tokenize: words, processTerm: (word) => word });
    const stored = Object.values(written.storedFields);
    index.addAll(stored.map(({ title, names = [] }, id) => ({ id, title, name: names.join("\n"), tag: "" })));
    const counted = index.toJSON() as unknown as { fieldLength: Record<string, number[]>; averageFieldLength: number[] };
    const lengths = written as unknown as typeof counted;
    for (const id of Object.keys(stored)) {
      assert.equal(lengths.fieldLength[id]![0], counted.fieldLength[id]![0]);
    }
    assert.ok(Math.abs(lengths.averageFieldLength[0]! - counted.averageFieldLength[0]!) < 0.001);
  });
});

describe("searching", () => {
  let engine: Engine;
  before(async () => {
    engine = await Engine.open(load);
  });
  const first = async (query: string) => titles(await engine.find(query))[0];

  it("puts a title before a text", async () => {
    const { hits } = await engine.find("transformer");
    assert.equal(hits[0]!.title, "Transformer");
    assert.ok(hits.length >= 6);
    assert.ok(hits[0]!.score > 10 * hits[1]!.score);
  });

  it("puts a heading and a definition before a text", async () => {
    assert.equal(await first("momentum"), "Gradient Descent");
    assert.equal(await first("recurrence"), "Transformer");
  });

  it("finds by other names, and says by which", async () => {
    const { hits } = await engine.find("llm");
    assert.equal(hits[0]!.title, "Large Language Model");
    assert.equal(hits[0]!.also, "LLM");
    assert.equal((await engine.find("large")).hits[0]!.also, "");
  });

  it("finds by tags, by code and by words that were begun", async () => {
    assert.equal(await first("#paper"), "Attention Is All You Need");
    assert.equal(await first("max_tokens"), "Large Language Model");
    assert.equal(await first("generate prompt"), "Large Language Model");
    assert.equal(await first("vasw"), "Attention Is All You Need");
  });

  it("wants all words, and says so where only some are there", async () => {
    const both = await engine.find("gradient descent momentum");
    assert.deepEqual([titles(both), both.some], [["Gradient Descent"], false]);
    const some = await engine.find("momentum hallucination");
    assert.deepEqual([titles(some).sort(), some.some], [["Gradient Descent", "Hallucination"], true]);
  });

  it("forgives slips, in titles wherever and in texts behind the beginning", async () => {
    for (const [query, title] of [
      ["transfromer", "Transformer"],
      ["rtansformer", "Transformer"],
      ["halucination", "Hallucination"],
      ["gradeint", "Gradient Descent"],
      ["recurence", "Transformer"],
      ["hallucinations", "Hallucination"],
    ] as const) {
      assert.equal(await first(query), title, query);
    }
  });

  it("says what may have been meant where nothing is found", async () => {
    const meant = async (query: string) => {
      assert.deepEqual((await engine.find(query)).hits, [], query);
      return engine.near(query);
    };
    const near = await meant("halluzinazn");
    assert.deepEqual([near!.query, titles(near!)[0]], ["hallucination", "Hallucination"]);
    // The slip is in the beginning, by which words of texts are filed.
    assert.equal((await meant("kecurrence -paper"))!.query, "recurrence -paper");
    assert.equal((await meant('"long on descent"'))!.query, "long on descent");
    assert.equal(await meant("!?"), null);
    assert.equal(await meant("xylophone"), null);
    assert.equal((await engine.find("kecurrence transformer")).some, true);
    assert.equal((await engine.near("kecurrence transformer"))!.query, "recurrence transformer");
    assert.equal(await engine.near("momentum hallucination"), null);
    assert.equal((await engine.near("kecurrence transf"))!.query, "recurrence transf");
  });

  it("reads many scripts, with or without points, accents and variants", async () => {
    for (const [query, title] of [
      ["模型", "大模型"],
      ["智能", "大模型"],
      ["能", "大模型"],
      ["単語", "言語モデル"],
      ["ﾄﾗﾝｽﾌｫｰﾏｰ", "言語モデル"],
      ["모델", "언어 모델"],
      ["예측", "언어 모델"],
      ["النموذج", "نموذج لغوي"],
      ["مدرسه", "نموذج لغوي"],
      ["احصاء", "نموذج لغوي"],
      ["מודל", "מודל שפה"],
      ["המילה", "מודל שפה"],
      ["еще", "Языковая модель"],
      ["елка", "Языковая модель"],
      ["naive", "Naïve Bayes"],
      ["angstrom", "Naïve Bayes"],
      ["strasse", "Naïve Bayes"],
      ["lodz", "Naïve Bayes"],
      ["istanbul", "İstanbul"],
      ["ISIK", "İstanbul"],
      ["dil", "İstanbul"],
    ] as const) {
      assert.equal(await first(query), title, query);
    }
  });

  it("finds words that JavaScript has in every object", async () => {
    for (const query of ["constructor", "toString", "hasOwnProperty", "__proto__"]) {
      assert.equal(await first(query), "constructor", query);
    }
  });

  it("finds nothing for nothing, and nothing that is not published", async () => {
    for (const query of ["", "  ", "!?", "canary"]) {
      assert.deepEqual(await engine.find(query), { hits: [], some: false }, query);
    }
  });

  it("loads no more than the parts that are asked for", async () => {
    const asked: string[] = [];
    const { groups } = await load<Data>("search");
    const counting = await Engine.open((name) => (asked.push(name), load(name)));
    assert.deepEqual(asked, ["search"]);
    await counting.find("many");
    const parts = new Set(asked.slice(1).map((name) => name.split("-")[2]));
    assert.deepEqual([asked.length, parts.size], [1 + groups, 1]);
    assert.ok(asked.slice(1).every((name) => name.startsWith("search-")));
    await counting.find("same");
    assert.ok(asked.length <= 1 + 2 * groups);
    // What begins so is in few notes: it is asked where else the word stands.
    await counting.find("transformer");
    assert.deepEqual(asked.filter((name) => name.startsWith("words-")).length, groups);
    assert.ok(asked.every((name) => !name.startsWith("places-")));
  });
});

describe("the order of what is found", () => {
  let engine: Engine;
  before(async () => {
    engine = await Engine.open(load);
  });
  const found = async (query: string) => titles(await engine.find(query));

  it("is by title, other name, beginning of a title, title, heading, definition, text, and words within words", async () => {
    assert.deepEqual(await found("lantern"), [
      "Lantern",
      "Lamp",
      "Lantern festival",
      "Paper lantern",
      "Light",
      "Glow",
      "Street",
      "Stage",
    ]);
  });

  it("is much the same while the word is being written", async () => {
    assert.deepEqual((await found("lante")).slice(3), ["Paper lantern", "Light", "Glow", "Street", "Stage"]);
  });

  it("has names with signs before those without", async () => {
    for (const [query, names] of [
      ["C++", ["C++", "C", "C#"]],
      ["c#", ["C#", "C", "C++"]],
      ["c", ["C", "C++", "C#"]],
      [".net", [".NET", "Net"]],
      ["net", ["Net", ".NET"]],
      ["c++ language", ["C++", "C"]],
      ["R", ["R"]],
    ] as const) {
      assert.deepEqual((await found(query)).slice(0, names.length).sort(), [...names].sort(), query);
      assert.equal((await found(query))[0], names[0], query);
    }
  });

  it("is that of all notes where only what is left out is said", async () => {
    const all = (await found("-lantern")).length;
    assert.equal(all, (await found("-zzz")).length - 7);
  });
});

describe("a query", () => {
  let engine: Engine;
  before(async () => {
    engine = await Engine.open(load);
  });
  const found = async (query: string) => titles(await engine.find(query)).sort();

  it("finds phrases where their words follow one another, in names and texts", async () => {
    assert.deepEqual(await found("attention is all"), ["All attention", "Attention Is All You Need"]);
    assert.deepEqual(await found('"attention is all"'), ["Attention Is All You Need"]);
    assert.deepEqual(await found('"Gradient DESCENT on long"'), ["Transformer"]);
    assert.deepEqual(await found('"rolls on. The transformer"'), ["Gradient Descent"]);
    assert.deepEqual(await found('"angstrom und strasse"'), []);
    assert.deepEqual(await found("„angstrom and strasse“"), ["Naïve Bayes"]);
    assert.deepEqual(await found("“trained to go” prompt"), ["Large Language Model"]);
  });

  it("finds phrases where no spaces are", async () => {
    assert.deepEqual(await found('"语言模型是一"'), ["大模型"]);
    assert.deepEqual(await found('"型是一"'), ["大模型"]);
    assert.deepEqual(await found('"模型语言"'), []);
    assert.deepEqual(await found('"型"'), ["大模型"]);
    assert.deepEqual(await found('"다음 단어를"'), ["언어 모델"]);
  });

  it("does not read on from a heading to what stands below it", async () => {
    assert.deepEqual(await found('"momentum a ball"'), []);
    assert.deepEqual(await found('"a ball that"'), ["Gradient Descent"]);
  });

  it("takes the last word of a phrase for a beginning until it is closed", async () => {
    assert.deepEqual(await found('"attention is al'), ["Attention Is All You Need"]);
    assert.deepEqual(await found('"attention is al"'), []);
  });

  it("leaves out words and phrases, as whole words", async () => {
    assert.deepEqual(await found("fox -quick"), ["<img src=x onerror=hacked()>"]);
    assert.deepEqual(await found("fox -qui"), ["<img src=x onerror=hacked()>", "Self-Attention"]);
    assert.deepEqual(await found('attention -"attention is all"'), ["All attention", "Self-Attention", "Transformer"]);
    assert.deepEqual(await found("lantern -festival -path:lamps/s -glow -lamp"), ["Lantern", "Light", "Paper lantern"]);
    assert.deepEqual(await found("attention -self-attention -paid"), ["Attention Is All You Need"]);
  });

  it("is narrowed to tags, those below them, and paths", async () => {
    assert.deepEqual(await found("tag:paper"), ["Attention Is All You Need"]);
    assert.deepEqual(await found("tag:#DEEP"), ["Transformer"]);
    assert.deepEqual(await found("tag:deep/nets"), ["Transformer"]);
    assert.deepEqual(await found("tag:nets"), []);
    assert.deepEqual(await found("tag:pa"), ["Attention Is All You Need"]);
    assert.deepEqual(await found("#status"), ["🧠 Brain"]);
    assert.deepEqual(await found("tag:status/🌱"), ["🧠 Brain"]);
    assert.deepEqual(await found("transformer -tag:deep path:concepts"), ["Gradient Descent", "Large Language Model", "Self-Attention"]);
    assert.deepEqual(await found('path:"concepts/large lang"'), ["Large Language Model"]);
    assert.deepEqual(await found("tag: path: -"), []);
    assert.deepEqual(["tag: path: -", '"', "  ", "-a", "&"].map((query) => engine.asks(query)), [false, false, false, true, true]);
  });

  it("finds what stands within words", async () => {
    assert.deepEqual(await found("netzwerk"), ["Aufmerksamkeitsnetzwerk", "Schrift"]);
    assert.deepEqual(await found("verkehr netzwerk"), ["Schrift"]);
    assert.ok((await found("former")).includes("Transformer"));
    assert.deepEqual(await found("username"), ["Schrift"]);
    assert.deepEqual(await found('"netzwerk"'), []);
    assert.deepEqual(titles(engine.named("netzwerk")), ["Aufmerksamkeitsnetzwerk"]);
  });

  it("finds names that are signs", async () => {
    assert.deepEqual(await found("🧠"), ["🧠 Brain"]);
    assert.deepEqual(await found("🧠\ufe0f brain"), ["🧠 Brain"]);
    assert.deepEqual(await found("&"), ["&"]);
    assert.deepEqual(await found('"&"'), ["&"]);
    assert.deepEqual(await found("🌱"), ["🧠 Brain"]);
    assert.deepEqual(await found("🚀"), []);
    assert.equal(titles(engine.named("🧠"))[0], "🧠 Brain");
  });

  it("finds every phrase of every text in its note", async () => {
    const shares = (await load<Data>("search")).texts;
    let count = 0;
    for (let share = 0; share < shares; share++) {
      const told = await load<Record<string, Section[]>>(`text-${share.toString(16).padStart(2, "0")}`);
      for (const [address, sections] of Object.entries(told)) {
        const texts = sections.flatMap(([, heading, text]) => [heading, text]).filter((text) => !text.includes('"'));
        const spaced = texts.flatMap((text) => {
          const all = text.split(/\s+/u);
          return [text, ...all.flatMap((_, at) => [all.slice(at, at + 2), all.slice(at, at + 5)].map((some) => some.join(" ")))];
        });
        const unspaced = texts.flatMap((text) => (text.match(/[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]+/gu) ?? []).flatMap((run) => [...run].map((_, at) => run.slice(at, at + 4))));
        for (const phrase of new Set([...spaced, ...unspaced].filter((phrase) => words(phrase).length))) {
          const { hits } = await engine.find(`"${phrase}"`);
          assert.ok(hits.some((hit) => hit.address === address), `${phrase}: ${address}`);
          count++;
        }
      }
    }
    assert.ok(count > 300, `${count} phrases`);
  });
});

describe("slips", () => {
  it("are letters that are wrong, missing, too many, or in the wrong order", () => {
    assert.deepEqual(
      [["cat", "cat"], ["cat", "cut"], ["cat", "at"], ["cat", "chat"], ["cat", "act"], ["", "ab"], ["kitten", "sitting"]].map(([one, other]) => distance(one!, other!)),
      [0, 1, 1, 1, 1, 2, 3],
    );
    assert.equal(distance("abcdef", "uvwxyz", 2), 3);
  });

  it("are few, and seldom in the beginning", () => {
    assert.equal(nearest("lentern", ["western", "pattern", "lantern"]), "lantern");
    assert.equal(nearest("later", ["water", "laser"]), "laser");
    assert.equal(nearest("cat", ["dog"]), null);
  });
});

describe("excerpts", () => {
  const section = (text: string, id = "", heading = ""): [string, string, string] => [id, heading, text];

  it("come from the section that has most of the words", () => {
    const sections = [section("fox"), section("The quick fox", "b", "B"), section("quick")];
    const found = excerpt(sections, { words: new Set(["quick", "fox"]) })!;
    assert.deepEqual([found.id, found.heading, found.text, shown(found.text, found.marks)], ["b", "B", "The quick fox", ["quick", "fox"]]);
  });

  it("show a long text where the words are", () => {
    const found = excerpt([section(`${"word ".repeat(200)}needle in hay ${"word ".repeat(200)}`)], { words: new Set(["needle", "hay"]) })!;
    assert.match(found.text, /^…(?:word )+needle in hay (?:word )*word…$/);
    assert.ok(found.text.length < 220);
    assert.deepEqual(shown(found.text, found.marks), ["needle", "hay"]);
  });

  it("begin with the text where a title was found", () => {
    assert.equal(excerpt([section("", "a", "A"), section("Some text", "b", "B")], { words: new Set(["zzz"]) })!.text, "Some text");
    assert.equal(excerpt([], { words: new Set(["zzz"]) }), null);
    const note = [section("", "fox", "Fox"), section("Some text", "b", "B"), section("A fox", "c", "C")];
    assert.equal(excerpt(note, { words: new Set(["fox"]) }, "Fox")!.id, "c");
    assert.equal(excerpt(note.slice(0, 2), { words: new Set(["fox"]) }, "Fox")!.text, "Some text");
  });

  it("lead to a heading that was found, with the text below it", () => {
    const found = excerpt([section("Other"), section("", "fox", "Fox"), section("Deep", "d", "Deeper")], { words: new Set(["fox"]) })!;
    assert.deepEqual([found.id, found.text], ["fox", "Deep"]);
  });

  it("show a phrase where it stands, and no word of it elsewhere", () => {
    const sections = [section("is it all you need? all is"), section("We say: attention is all you need, is it?", "b", "B")];
    const found = excerpt(sections, { words: new Set(["we"]), phrases: [phrase("is all you")] })!;
    assert.deepEqual([found.id, shown(found.text, found.marks)], ["b", ["We", "is", "all", "you"]]);
  });

  it("mark characters that belong together in one piece", () => {
    assert.deepEqual(shown("大型语言模型是", marks("大型语言模型是", { words: new Set(["语言", "言模", "模型"]) })), ["语言模型"]);
  });

  it("split no character", () => {
    const text = "𠮷".repeat(400);
    assert.doesNotThrow(() => encodeURIComponent(excerpt([section(text)], { words: new Set(["zzz"]) })!.text));
    assert.doesNotThrow(() => encodeURIComponent(excerpt([section(`a${text}野`)], { words: new Set(["𠮷野"]) })!.text));
  });
});

describe("what the interface says", () => {
  it("has values in it, and is the catalogue's where that has it", () => {
    assert.equal(say({}, "search_found", { count: 3 }), "3 results");
    assert.equal(say({ search_found: "{count} Ergebnisse" }, "search_found", { count: 3 }), "3 Ergebnisse");
    assert.equal(say({}, "search_none", { query: "{count}" }), "Nothing found for “{count}”");
    assert.equal(say({}, "search_found", { constructor: 1 }), "{count} results");
  });
});

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'";
const axe = readFileSync(createRequire(`${process.cwd()}/tests/`).resolve("axe-core/axe.min.js"), "utf8");

describe("the search field", { skip: missing }, () => {
  let browser: Browser;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "fmvault-search-"));
    const { outputFiles } = await build({
      stdin: { contents: 'import { preview } from "./src/search/previews"; window.preview = preview; import "./src/search/main";', resolveDir: "." },
      bundle: true,
      format: "iife",
      charset: "utf8",
      write: false,
    });
    const files: Record<string, string | Uint8Array> = {
      ...scripts,
      "concepts/hallucination.html": "<!doctype html><title>Hallucination</title>",
      "assets/search.js": outputFiles[0]!.contents,
      "assets/search.css": readFileSync("src/search/search.css"),
    };
    for (const [page, root] of [["index.html", ""], ["concepts/transformer.html", "../"], ["concepts/self-attention.html", "../"]] as const) {
      files[page] = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${page}</title>
        <meta http-equiv="Content-Security-Policy" content="${POLICY}"><link rel="stylesheet" href="${root}assets/search.css">
        <main><h1>A page</h1><form id="_search" role="search" data-root="${root}"><label for="_search-input">Search</label>
        <input id="_search-input" name="q" type="search"></form><p id="training">Text</p></main>
        <script src="${root}assets/search.js"></script></html>`;
    }
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    browser = await launch();
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens a page from a file, does something there, and makes sure that nothing went wrong or beyond the folder. */
  async function at(address: string, act: (page: Page) => Promise<void>, broken = ""): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1000, height: 800 } });
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on("pageerror", (error) => trouble.push(error.message));
    page.on("console", (message) => message.type() === "error" && !broken && trouble.push(message.text()));
    page.on("request", (request) => request.url().startsWith(pathToFileURL(folder).href) || trouble.push(request.url()));
    if (broken) {
      await page.route(`**/${broken}`, (route) => route.abort());
    }
    await context.setOffline(true);
    try {
      await page.goto(pathToFileURL(folder).href + "/" + address);
      await act(page);
      assert.deepEqual(trouble, []);
    } finally {
      await context.close();
    }
  }
  const field = (page: Page) => page.getByRole("combobox", { name: "Search" });
  const option = (page: Page) => page.getByRole("option");
  const status = (page: Page, text: string | RegExp) => page.getByRole("status").filter({ hasText: text }).waitFor();
  const hintIsShown = (page: Page) => page.locator("._search-hint").isVisible();
  const active = async (page: Page) => {
    const id = await field(page).getAttribute("aria-activedescendant");
    assert.equal(await page.locator("[aria-selected=true]").count(), id ? 1 : 0);
    return id && (await page.locator(`[id="${id}"] ._search-title`).textContent());
  };

  it("finds while one types, and shows why", () =>
    at("concepts/self-attention.html", async (page) => {
      assert.equal(await field(page).getAttribute("aria-expanded"), "false");
      await field(page).pressSequentially("quick fox");
      await status(page, "One result");
      assert.equal(await field(page).getAttribute("aria-expanded"), "true");
      await page.locator("._search-excerpt mark").nth(1).waitFor();
      assert.deepEqual(await page.locator("._search-excerpt mark").allTextContents(), ["quick", "fox"]);
      assert.equal(await page.locator("._search-title").textContent(), "Self-Attention");
      assert.match((await page.locator("._search-where").textContent())!, /^Concepts/);
    }));

  it("is worked by keys, and leads to the section", () =>
    at("concepts/self-attention.html", async (page) => {
      await field(page).fill("transformer");
      await status(page, /results/);
      const all = await page.locator("._search-title").allTextContents();
      assert.equal(await active(page), null);
      await field(page).press("ArrowUp");
      assert.equal(await active(page), all.at(-1));
      await field(page).press("ArrowDown");
      assert.equal(await active(page), null);
      await field(page).press("ArrowDown");
      await field(page).press("End");
      assert.equal(await active(page), all.at(-1));
      await field(page).press("Home");
      assert.equal(await active(page), "Transformer");
      await field(page).press("Escape");
      assert.equal(await field(page).getAttribute("aria-expanded"), "false");
      assert.equal(await field(page).inputValue(), "transformer");
      await field(page).press("Escape");
      assert.equal(await field(page).inputValue(), "");
      await field(page).fill("long sequences");
      await page.locator('[role=option][href$="#training"]').waitFor();
      await field(page).press("Enter");
      await page.waitForURL("**/concepts/transformer.html#training");
    }));

  it("says what is searched and how, before anything is asked for", () =>
    at("index.html", async (page) => {
      await field(page).focus();
      await status(page, "Titles, other names, tags, headings and texts of all notes are searched.");
      assert.equal(await field(page).getAttribute("aria-expanded"), "false");
      const hint = await page.locator(`[id="${await field(page).getAttribute("aria-describedby")}"]`).textContent();
      for (const said of ['"exact words"', "-without", "tag:name", "path:folder"]) {
        assert.ok(hint!.includes(said), said);
      }
      await field(page).press("Enter");
      await field(page).press("ArrowDown");
      await field(page).pressSequentially('"brown fox"');
      await status(page, "One result");
      await page.locator("._search-excerpt mark").first().waitFor();
      assert.deepEqual(await page.locator("._search-excerpt mark").allTextContents(), ["brown", "fox"]);
      assert.equal(await hintIsShown(page), true);
      await field(page).fill('"');
      await status(page, "Titles, other names");
      assert.equal(await option(page).count(), 0);
      await field(page).press("Escape");
      assert.equal(await page.locator("#_search-panel").isVisible(), false);
    }));

  it("opens a result beside the page with Ctrl or Cmd and Enter", () =>
    at("index.html", async (page) => {
      await field(page).fill("hallucination");
      await option(page).first().waitFor();
      for (const keys of ["Control+Enter", "Meta+Enter"]) {
        const [other] = await Promise.all([page.context().waitForEvent("page"), field(page).press(keys)]);
        await other.waitForURL("**/concepts/hallucination.html");
        assert.equal(await page.locator("#_search-panel").isVisible(), true);
      }
      assert.match(page.url(), /index\.html$/);
    }));

  it("is asked by the address of the page", () =>
    at("index.html?q=hallucination", async (page) => {
      await option(page).first().waitFor();
      assert.equal(await field(page).inputValue(), "hallucination");
      assert.equal(await option(page).first().getAttribute("href"), "concepts/hallucination.html");
    }));

  it("says that nothing was found, and what is near", () =>
    at("index.html", async (page) => {
      await field(page).fill("halluzinazn");
      await status(page, "Nothing found for “halluzinazn”. Did you mean “hallucination”?");
      assert.equal(await option(page).first().locator("._search-title").textContent(), "Hallucination");
      await field(page).fill("\u{1f680}");
      await status(page, "Nothing found for “\u{1f680}”");
      assert.equal(await option(page).count(), 0);
      await field(page).fill("momentum hallucination");
      await status(page, "No note has all the words; these have some of them.");
      assert.equal(await option(page).count(), 2);
    }));

  it("shows more when it is asked to", () =>
    at("index.html", async (page) => {
      await field(page).fill("filler");
      await status(page, /^10 of 25 results$/);
      await page.getByRole("button", { name: "More results" }).click();
      await status(page, /^20 of 25 results$/);
      assert.equal(await option(page).count(), 20);
      assert.equal(await active(page), await page.locator("._search-title").nth(10).textContent());
      assert.equal(await field(page).evaluate((input) => document.activeElement === input), true);
      await field(page).press("End");
      await field(page).press("ArrowDown");
      await status(page, /^25 results$/);
      assert.equal(await active(page), await page.locator("._search-title").nth(20).textContent());
      assert.equal(await page.getByRole("button", { name: "More results" }).isVisible(), false);
    }));

  it("closes when one goes elsewhere", () =>
    at("index.html", async (page) => {
      await field(page).fill("fox");
      await option(page).first().waitFor();
      await page.locator("#training").click();
      assert.equal(await page.locator("#_search-panel").isVisible(), false);
    }));

  it("shows names and texts as they are, whatever is in them", () =>
    at("index.html", async (page) => {
      await field(page).fill("hacked");
      await page.locator("._search-excerpt mark").first().waitFor();
      assert.equal(await page.locator("._search-title").first().textContent(), "<img src=x onerror=hacked()>");
      assert.equal(await page.locator("#_search-panel img, #_search-panel script, #_search-panel b").count(), 0);
    }));

  it("says so where the index cannot be loaded", () =>
    at(
      "index.html",
      async (page) => {
        await field(page).fill("fox");
        await status(page, "The search index could not be loaded");
      },
      "data/search.js",
    ));

  it("has no fault that axe knows", () =>
    at("index.html", async (page) => {
      await field(page).fill("transformer");
      await page.locator("._search-excerpt mark").first().waitFor();
      await field(page).press("ArrowDown");
      await page.evaluate(axe);
      const faults = await page.evaluate(async () => {
        const { axe } = window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: unknown[] }[] }> } };
        return (await axe.run()).violations.map(({ id }) => id);
      });
      assert.deepEqual(faults, []);
    }));

  it("previews a page", () =>
    at("concepts/transformer.html", async (page) => {
      const preview = (address: string) =>
        page.evaluate((address) => (window as unknown as { preview(address: string, root: string): Promise<unknown> }).preview(address, "../"), address);
      assert.deepEqual(await preview("concepts/transformer.html"), {
        title: "Transformer",
        kind: "",
        lead: "A network built of self-attention, without recurrence.",
      });
      assert.equal(await preview("concepts/none.html"), null);
      assert.equal(await preview("constructor"), null);
    }));
});
