/** What is being looked at, and how the page's fragment says it. */

import type { Document, Vault } from "./data";

export const COLOURS = ["kind", "community", "folder", "tag", "age"] as const;
export const SIZES = ["degree", "rank", "words"] as const;
export const DEPTHS = [1, 2, 3, 4, 5] as const;
export type ColourBy = (typeof COLOURS)[number];
export type SizeBy = (typeof SIZES)[number];

/** Whether the map stands alone, in a frame of another page: `chrome=0` in the fragment it was opened with. */
export const EMBEDDED = new URLSearchParams(globalThis.location?.hash.slice(1)).get("chrome") === "0";

export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly ratio: number;
}

export interface State {
  /** The note in focus, -1 for none. */
  readonly note: number;
  /** How far around it is lit; 0: the whole map is. */
  readonly depth: number;
  /** Where the path from the note leads, -1 for none. */
  readonly to: number;
  /** Whether the reading path to the note is drawn. */
  readonly reading: boolean;
  readonly colour: ColourBy;
  readonly size: SizeBy;
  readonly view: "map" | "table";
  /** The column that the table is sorted by, with a minus before it if downwards. */
  readonly sort: string;
  readonly hiddenKinds: ReadonlySet<number>;
  readonly hiddenTypes: ReadonlySet<number>;
  /** Only these are shown; nothing in it: all are. */
  readonly folders: ReadonlySet<number>;
  readonly tags: ReadonlySet<number>;
  readonly communities: ReadonlySet<number>;
  readonly least: number;
  readonly most: number;
  readonly orphans: boolean;
  readonly ghosts: boolean;
  readonly tagNodes: boolean;
  readonly attachments: boolean;
  /** Only what was there on that day, in days since 1970; null: everything. */
  readonly until: number | null;
  readonly camera: Camera | null;
  /** What the fragment calls for and the vault does not have. */
  readonly unknown: string | null;
}

export const INITIAL: State = {
  note: -1,
  depth: 1,
  to: -1,
  reading: false,
  colour: "kind",
  size: "degree",
  view: "map",
  sort: "-importance",
  hiddenKinds: new Set(),
  hiddenTypes: new Set(),
  folders: new Set(),
  tags: new Set(),
  communities: new Set(),
  least: 0,
  most: Infinity,
  orphans: true,
  ghosts: true,
  // They are in the document only if they were asked for.
  tagNodes: true,
  attachments: true,
  until: null,
  camera: null,
  unknown: null,
};

const known = (column: readonly unknown[] | undefined): boolean => column?.some((each) => each !== null) ?? false;

/** What a vault's notes can be coloured by. */
export function colourings({ document }: { readonly document: Document }): ColourBy[] {
  const has: Readonly<Record<ColourBy, boolean>> = {
    kind: document.kinds.length > 1,
    community: document.communities.length > 0,
    folder: document.folders.length > 1,
    tag: document.tags.length > 0,
    age: known(document.nodes.created) || known(document.nodes.updated),
  };
  return COLOURS.filter((by) => has[by]);
}

/** The state of a vault before anything is chosen. */
export function initial(vault: Vault): State {
  return { ...INITIAL, colour: colourings(vault)[0] ?? "kind" };
}

/** A change that takes all filters away, and leaves what is looked at. */
export function withoutFilters(vault: Vault, state: State): State {
  const { note, to, reading, depth, colour, size, view, sort, camera } = state;
  return { ...initial(vault), note, to, reading, depth, colour, size, view, sort, camera };
}

interface Names {
  readonly key: "hide" | "without" | "in" | "tagged" | "community";
  readonly field: "hiddenKinds" | "hiddenTypes" | "folders" | "tags" | "communities";
  readonly of: (vault: Vault) => readonly string[];
}

const SETS: readonly Names[] = [
  { key: "hide", field: "hiddenKinds", of: (vault) => vault.document.kinds },
  { key: "without", field: "hiddenTypes", of: (vault) => vault.document.types.map((type) => type.name) },
  { key: "in", field: "folders", of: (vault) => vault.document.folders },
  { key: "tagged", field: "tags", of: (vault) => vault.document.tags },
  { key: "community", field: "communities", of: (vault) => vault.document.communities.map((each) => each.name) },
];

const SWITCHES = ["orphans", "ghosts", "tagNodes", "attachments"] as const;

/** The fragment for a state; what is as it was at first is left out. */
export function toFragment(vault: Vault, state: State): string {
  const base = initial(vault);
  const found = new URLSearchParams();
  if (state.note >= 0) {
    found.set("note", vault.reference(state.note));
  }
  if (state.to >= 0) {
    found.set("to", vault.reference(state.to));
  }
  if (state.reading) {
    found.set("reading", "1");
  }
  for (const key of ["depth", "colour", "size", "view", "sort"] as const) {
    // How far around a note is lit says nothing where there is none.
    if (state[key] !== base[key] && (key !== "depth" || state.note >= 0)) {
      found.set(key, String(state[key]));
    }
  }
  for (const { key, field, of } of SETS) {
    const names = of(vault);
    for (const index of state[field]) {
      found.append(key, names[index]);
    }
  }
  if (state.least > 0) {
    found.set("least", String(state.least));
  }
  if (state.most !== Infinity) {
    found.set("most", String(state.most));
  }
  for (const key of SWITCHES) {
    if (state[key] !== base[key]) {
      found.set(key, state[key] ? "1" : "0");
    }
  }
  if (state.until !== null) {
    found.set("until", new Date(state.until * 86_400_000).toISOString().slice(0, 10));
  }
  if (state.camera) {
    const { x, y, ratio } = state.camera;
    found.set("at", [x, y, ratio].map((each) => each.toPrecision(4)).join("~"));
  }
  return found.toString();
}

/** The state that a fragment means; what it does not say, or cannot mean here, is as at first. */
export function fromFragment(vault: Vault, fragment: string): State {
  const base = initial(vault);
  const given = new URLSearchParams(fragment.replace(/^#/, ""));
  const node = (key: string) => {
    const name = given.get(key);
    return name === null ? -1 : vault.find(name);
  };
  const oneOf = <T extends string>(key: string, values: readonly T[], otherwise: T): T =>
    values.find((value) => value === given.get(key)) ?? otherwise;
  const number = (key: string, least: number, most: number, otherwise: number): number => {
    const text = given.get(key);
    const value = text === null || text.trim() === "" ? NaN : Number(text);
    return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : otherwise;
  };
  const sets = Object.fromEntries(
    SETS.map(({ key, field, of }) => {
      const asked = given.getAll(key);
      const names = asked.length ? of(vault) : [];
      return [field, new Set(asked.map((name) => names.indexOf(name)).filter((index) => index >= 0))];
    }),
  ) as unknown as Pick<State, Names["field"]>;
  const switches = Object.fromEntries(
    SWITCHES.map((key) => [key, given.has(key) ? given.get(key) === "1" : base[key]]),
  ) as Pick<State, (typeof SWITCHES)[number]>;
  const day = given.get("until");
  const until = day === null ? NaN : Date.parse(`${day}T00:00:00Z`) / 86_400_000;
  const at = given.get("at")?.split("~").map(Number) ?? [];
  const note = node("note");
  const to = note >= 0 ? node("to") : -1;
  return {
    ...base,
    ...sets,
    ...switches,
    note,
    to,
    unknown: (note < 0 && given.get("note")) || (note >= 0 && to < 0 && given.get("to")) || null,
    reading: note >= 0 && given.get("reading") === "1",
    depth: Math.round(number("depth", 0, 5, base.depth)),
    colour: oneOf("colour", colourings(vault), base.colour),
    size: oneOf("size", SIZES, base.size),
    view: oneOf("view", ["map", "table"], base.view),
    sort: given.get("sort") ?? base.sort,
    least: number("least", 0, 1e9, 0),
    most: number("most", 0, 1e9, Infinity),
    until: Number.isFinite(until) ? until : null,
    camera:
      at.length === 3 && at.every(Number.isFinite) && at[2] > 0 && at[2] < 100
        ? { x: at[0], y: at[1], ratio: at[2] }
        : null,
  };
}

type Listener = (state: State, before: State) => void;

/** Holds the state, tells those who listen, and keeps the fragment and the browser's history in step. */
export class Store {
  private listeners: Listener[] = [];
  private waiting: ReturnType<typeof setTimeout> | undefined;
  /** How many steps back there are that are ours. */
  private steps = 0;
  private top = 0;

  constructor(
    private readonly vault: Vault,
    public state: State,
  ) {
    const held = history.state as { step?: number; top?: number } | null;
    this.steps = held?.step ?? 0;
    this.top = Math.max(this.steps, held?.top ?? 0);
    addEventListener("popstate", (event) => {
      this.settle();
      this.steps = (event.state as { step?: number } | null)?.step ?? 0;
      this.tell(fromFragment(this.vault, location.hash));
    });
  }

  get canGoBack(): boolean {
    return this.steps > 0;
  }

  get canGoForward(): boolean {
    return this.steps < this.top;
  }

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Changes what is looked at; it becomes a step of the history if another note or path comes into view. */
  change(change: Partial<State>): void {
    const next = { ...this.state, unknown: null, ...change };
    const step = (["note", "to", "reading", "view"] as const).some((key) => next[key] !== this.state[key]);
    if (step) {
      // What has changed since the last step is kept with it.
      this.write(false);
      this.steps++;
      this.top = this.steps;
    }
    this.tell(next);
    if (step) {
      this.write(true);
    } else {
      this.later();
    }
  }

  /** Notes where the camera is, and tells nobody. */
  moved(camera: Camera | null): void {
    this.state = { ...this.state, camera };
    this.later();
  }

  private settle(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
  }

  private later(): void {
    // Browsers allow only so many changes of the address in a while.
    this.waiting ??= setTimeout(() => this.write(false), 250);
  }

  private tell(next: State): void {
    const before = this.state;
    this.state = next;
    for (const listener of this.listeners) {
      listener(next, before);
    }
  }

  private write(push: boolean): void {
    this.settle();
    if (EMBEDDED) {
      // The history is the page's that the map stands in.
      return;
    }
    const fragment = toFragment(this.vault, this.state);
    const address = fragment ? `#${fragment}` : "#";
    const held = { step: this.steps, top: this.top };
    if (push) {
      history.pushState(held, "", address);
    } else {
      history.replaceState(held, "", fragment || location.hash ? address : undefined);
    }
  }
}
