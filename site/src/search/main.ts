/** The search field of every page: a combobox whose list has the notes that are found. */

import { load } from "./data";
import { Engine, type Answer, type Hit } from "./engine";
import { excerpt, marks } from "./excerpts";
import { say } from "./texts";

const FORM = "_search";
const PANEL = "_search-panel";
const LIST = "_search-list";
const HINT = "_search-hint";
const OPTION = "_search-option-";
const AT_ONCE = 10;
// In milliseconds: typing goes on, and what is found by titles alone is shown if texts take longer.
const PAUSE = 25;
const PATIENCE = 150;

type Marks = readonly (readonly [number, number])[];

/** An element of a class, with text in it. */
function element<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string, text = ""): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

/** A text with parts of it marked. */
function marked(text: string, found: Marks): DocumentFragment {
  const fragment = document.createDocumentFragment();
  let at = 0;
  for (const [start, end] of found) {
    const mark = document.createElement("mark");
    mark.textContent = text.slice(start, end);
    fragment.append(text.slice(at, start), mark);
    at = end;
  }
  fragment.append(text.slice(at));
  return fragment;
}

/** An address from the root, as a page below it writes it. */
const href = (root: string, address: string, id: string): string =>
  root + address.split("/").map(encodeURIComponent).join("/") + (id && `#${encodeURIComponent(id)}`);

const isSame = (one: readonly Hit[] | null, other: readonly Hit[]): boolean =>
  one?.length === other.length && one.every(({ address }, index) => address === other[index]!.address);

class Field {
  private readonly root: string;
  private readonly panel = element("div", "_search-panel");
  private readonly status = element("p", "_search-status");
  private readonly list = element("div", "_search-list");
  private readonly more = element("button", "_search-more");
  private readonly hint = element("p", "_search-hint");
  private engine: Promise<Engine> | null = null;
  private said: Readonly<Record<string, string>> = {};
  private hits: readonly Hit[] = [];
  private options: HTMLAnchorElement[] = [];
  private active = -1;
  private turn = 0;
  private timer = 0;

  constructor(
    form: HTMLFormElement,
    private readonly input: HTMLInputElement,
  ) {
    this.root = form.dataset["root"] ?? document.documentElement.dataset["root"] ?? "";
    this.panel.id = PANEL;
    this.panel.hidden = true;
    this.status.setAttribute("role", "status");
    this.list.id = LIST;
    this.list.setAttribute("role", "listbox");
    this.more.type = "button";
    this.more.hidden = true;
    this.hint.id = HINT;
    this.panel.append(this.status, this.list, this.more, this.hint);
    form.append(this.panel);
    for (const [name, value] of Object.entries({
      role: "combobox",
      autocomplete: "off",
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      "aria-controls": LIST,
      "aria-describedby": HINT,
      "aria-expanded": "false",
    })) {
      input.setAttribute(name, value);
    }
    input.addEventListener("input", () => this.later());
    input.addEventListener("focus", () => this.panel.hidden && (this.input.value.trim() ? this.later() : void this.welcome()));
    input.addEventListener("keydown", (event) => this.key(event));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !form.contains(event.relatedTarget as Node)) {
        this.close();
      }
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && event.target !== input && !this.panel.hidden) {
        this.close();
        input.focus();
      }
    });
    document.addEventListener("pointerdown", (event) => {
      if (!form.contains(event.target as Node)) {
        this.close();
      }
    });
    this.list.addEventListener("click", (event) => {
      if (!(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) {
        this.close();
      }
    });
    this.more.addEventListener("click", () => {
      const next = this.options.length;
      this.show(next + AT_ONCE);
      this.input.focus();
      this.choose(next);
    });
  }

  /** Searches when typing has paused. */
  later(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.search(), PAUSE);
  }

  /** Says what is searched and how, before anything is asked for; by then the index is there as well. */
  async welcome(): Promise<void> {
    const turn = ++this.turn;
    clearTimeout(this.timer);
    try {
      await this.opened();
    } catch {
      // Who asks for something is told.
      return;
    }
    if (turn === this.turn && document.activeElement === this.input && !this.input.value.trim()) {
      this.about();
    }
  }

  private about(): void {
    this.hits = [];
    this.fill();
    this.open(say(this.said, "search_about"), false);
  }

  async search(): Promise<void> {
    const query = this.input.value.trim();
    if (!query) {
      this.close();
      void this.welcome();
      return;
    }
    const turn = ++this.turn;
    let engine: Engine;
    try {
      if (!this.engine && !this.list.hasChildNodes()) {
        this.open(say(this.said, "search_loading"));
      }
      engine = await this.opened();
    } catch {
      this.open(say(this.said, "search_failed"));
      return;
    }
    if (turn !== this.turn) {
      return;
    }
    if (!engine.asks(query)) {
      this.about();
      return;
    }
    let told: readonly Hit[] | null = null;
    const waiting = window.setTimeout(() => {
      const named = engine.named(query);
      if (turn === this.turn && !told && named.hits.length) {
        this.tell(engine, query, named, say(this.said, "search_loading"));
      }
    }, PATIENCE);
    try {
      const answer = await engine.find(query, (early) => {
        if (turn === this.turn) {
          told = early.hits;
          this.tell(engine, query, early);
        }
      });
      const near = answer.hits.length && !answer.some ? null : await engine.near(query);
      if (turn === this.turn && !isSame(told, answer.hits)) {
        this.tell(engine, query, near ?? answer, "", near?.query);
      }
    } catch {
      if (turn === this.turn && !told) {
        this.tell(engine, query, engine.named(query), say(this.said, "search_failed"));
      }
    } finally {
      clearTimeout(waiting);
    }
  }

  /** The engine, once it is loaded; what it says is what the interface says from then on. */
  private async opened(): Promise<Engine> {
    try {
      this.engine ??= Engine.open((name, version) => load(this.root, name, version));
      const engine = await this.engine;
      this.said = engine.said;
    } catch (error) {
      this.engine = null;
      throw error;
    }
    this.list.setAttribute("aria-label", say(this.said, "search_results"));
    this.more.textContent = say(this.said, "search_more");
    this.hint.textContent = say(this.said, "search_hint");
    return this.engine;
  }

  /** Shows an answer; a `note` says why there is no more, and `meant` is what it answers instead. */
  private tell(engine: Engine, query: string, answer: Pick<Answer, "hits"> & Partial<Answer>, note = "", meant = ""): void {
    const kept = this.hits[this.active]?.address;
    this.hits = answer.hits;
    this.fill(engine);
    const nothing = say(this.said, "search_none", { query });
    this.open(
      note ||
        (meant
          ? `${nothing}. ${say(this.said, "search_near", { query: meant })}`
          : !this.hits.length
            ? nothing
            : answer.some
              ? say(this.said, "search_some")
              : this.counted()),
    );
    this.choose(kept === undefined ? -1 : this.hits.slice(0, this.options.length).findIndex(({ address }) => address === kept));
  }

  /** Puts the first hits into the list, in place of all that is there. */
  private fill(engine?: Engine): void {
    this.options = [];
    this.list.replaceChildren();
    this.active = -1;
    this.show(AT_ONCE, engine);
    this.list.hidden = !this.options.length;
  }

  private counted(): string {
    const count = this.hits.length;
    const shown = this.options.length;
    return count === 1
      ? say(this.said, "search_found_one")
      : say(this.said, shown < count ? "search_shown" : "search_found", { count, shown });
  }

  /** Shows the first hits, up to so many. */
  private show(count: number, engine?: Engine): void {
    const before = this.options.length;
    for (const hit of this.hits.slice(before, count)) {
      const option = this.option(hit, this.options.length);
      this.options.push(option);
      this.list.append(option);
    }
    this.options.forEach((option, index) => {
      option.setAttribute("aria-posinset", String(index + 1));
      option.setAttribute("aria-setsize", String(this.hits.length));
    });
    this.more.hidden = this.options.length >= this.hits.length;
    if (before) {
      this.status.textContent = this.counted();
    }
    const shown = this.options.slice(before);
    void (engine ? Promise.resolve(engine) : this.engine)?.then((found) => {
      shown.forEach((option, index) => void this.explain(found, option, this.hits[before + index]!));
    });
  }

  private option(hit: Hit, index: number): HTMLAnchorElement {
    const option = element("a", "_search-option");
    option.id = `${OPTION}${index}`;
    option.href = href(this.root, hit.address, "");
    option.tabIndex = -1;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const title = element("span", "_search-title");
    title.dir = "auto";
    title.append(marked(hit.title, marks(hit.title, hit)));
    option.append(title);
    if (hit.also) {
      const also = element("span", "_search-also");
      const text = say(this.said, "search_also", { name: hit.also });
      also.append(" ", marked(text, marks(text, hit)));
      option.append(also);
    }
    if (hit.kind) {
      option.append(" ", element("span", "_search-kind", hit.kind));
    }
    const where = element("span", "_search-where", hit.folder.split("/").join(" › "));
    where.dir = "auto";
    const text = element("span", "_search-excerpt");
    text.dir = "auto";
    option.append(" ", where, " ", text);
    option.addEventListener("pointermove", () => this.active !== index && this.choose(index, false));
    return option;
  }

  /** Adds the passage that shows why a note was found, and leads to its section. */
  private async explain(engine: Engine, option: HTMLAnchorElement, hit: Hit): Promise<void> {
    try {
      const found = excerpt(await engine.sections(hit.address), hit, hit.title);
      if (!found || !option.isConnected) {
        return;
      }
      if (found.id) {
        option.href = href(this.root, hit.address, found.id);
        option.querySelector("._search-where")!.textContent = [...hit.folder.split("/"), found.heading].filter(Boolean).join(" › ");
      }
      option.querySelector("._search-excerpt")!.replaceChildren(marked(found.text, found.marks));
    } catch {
      // The note was found all the same.
    }
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing || event.altKey) {
      return;
    }
    if (event.ctrlKey || event.metaKey) {
      const option = this.options[Math.max(this.active, 0)];
      if (event.key === "Enter" && option && !this.panel.hidden) {
        window.open(option.href, "_blank", "noopener");
        event.preventDefault();
      }
      return;
    }
    const last = this.options.length - 1;
    const isOpen = !this.panel.hidden;
    switch (event.key) {
      case "ArrowDown":
        if (!isOpen) {
          void this.search();
        } else if (this.active === last && !this.more.hidden) {
          this.show(last + 1 + AT_ONCE);
          this.choose(last + 1);
        } else {
          this.choose(this.active >= last ? -1 : this.active + 1);
        }
        break;
      case "ArrowUp":
        if (isOpen) {
          this.choose(this.active < 0 ? last : this.active - 1);
        }
        break;
      case "Home":
      case "End":
        // The field's own, unless one has gone down into the list.
        if (this.active < 0) {
          return;
        }
        this.choose(event.key === "Home" ? 0 : last);
        break;
      case "Enter":
        if (isOpen && this.active >= 0) {
          this.options[this.active]!.click();
        } else if (matchMedia("(pointer: coarse)").matches) {
          // The keyboard of a phone makes room for the results.
          this.input.blur();
        } else if (isOpen) {
          this.options[0]?.click();
        }
        break;
      case "Escape":
        if (isOpen) {
          this.close();
        } else {
          this.input.value = "";
        }
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  private choose(index: number, scroll = true): void {
    this.options[this.active]?.setAttribute("aria-selected", "false");
    this.active = index;
    const option = this.options[index];
    if (option) {
      option.setAttribute("aria-selected", "true");
      this.input.setAttribute("aria-activedescendant", option.id);
      if (scroll) {
        option.scrollIntoView({ block: "nearest" });
      }
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  private open(status: string, isExpanded = true): void {
    this.status.textContent = status;
    this.panel.hidden = false;
    this.input.setAttribute("aria-expanded", String(isExpanded));
  }

  private close(): void {
    this.turn++;
    clearTimeout(this.timer);
    this.panel.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.choose(-1);
  }
}

/** Takes over the form of the page, if it has one and nobody has. */
function mount(): void {
  const form = document.getElementById(FORM);
  const input = form?.querySelector("input");
  if (!(form instanceof HTMLFormElement) || !input || document.getElementById(PANEL)) {
    return;
  }
  const field = new Field(form, input);
  const asked = new URLSearchParams(location.search).get("q")?.trim();
  if (asked) {
    input.value ||= asked;
    input.focus();
  }
  if (input.value.trim()) {
    void field.search();
  } else if (document.activeElement === input) {
    void field.welcome();
  }
}

mount();
