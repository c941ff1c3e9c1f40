/** Colours, sizes and shapes: what a node looks like, and the legend that explains it. */

import { ATTACHMENT, GHOST, NOTE, NO_DATE, TAG, type Vault } from "./data";
import type { SizeBy, State } from "./state";
import { day, text } from "./texts";

export type Theme = "light" | "dark";
export type Rgb = readonly [red: number, green: number, blue: number];

interface Inks {
  readonly paper: Rgb;
  readonly ink: Rgb;
  /** Categories, told apart with every common kind of colour vision, each 3:1 against the paper at least. */
  readonly categories: readonly Rgb[];
  readonly other: Rgb;
  readonly ghost: Rgb;
  readonly tag: Rgb;
  readonly attachment: Rgb;
  /** From long ago to lately. */
  readonly age: readonly Rgb[];
  readonly edge: Rgb;
}

const rgb = (hex: string): Rgb => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;

export const INKS: Readonly<Record<Theme, Inks>> = {
  light: {
    paper: rgb("faf9f6"),
    ink: rgb("23211d"),
    categories: ["2a6fb0", "d5630f", "16806a", "6a2c8c", "685800", "cf6fa0", "8a1538", "2b97ba"].map(rgb),
    other: rgb("8b877e"),
    ghost: rgb("8a6d4b"),
    tag: rgb("6a6f3c"),
    attachment: rgb("6b6f7a"),
    age: ["5b3f8f", "33659a", "1f8577", "73901f", "b07d00"].map(rgb),
    edge: rgb("6d6a63"),
  },
  dark: {
    paper: rgb("16171a"),
    ink: rgb("ecebe7"),
    categories: ["6aaef0", "f08a52", "35b08c", "ecaee6", "f2d04e", "8a7cf0", "d04868", "a6ecf7"].map(rgb),
    other: rgb("8d8f96"),
    ghost: rgb("c0a27c"),
    tag: rgb("aab07a"),
    attachment: rgb("9aa0ad"),
    age: ["9a83d6", "6ba3da", "52c2b0", "b5cf5c", "f5c84c"].map(rgb),
    edge: rgb("8f9199"),
  },
};

export const css = ([red, green, blue]: Rgb): string => `rgb(${red} ${green} ${blue})`;
export const hex = (colour: Rgb): string =>
  `#${colour.map((each) => each.toString(16).padStart(2, "0")).join("")}`;

export const SHAPES = ["disc", "ring", "diamond", "square"] as const;
export type Shape = (typeof SHAPES)[number];

/** A node's shape says what it is: a note, a missing note, a tag or an attachment. */
export const shapeOf = (type: number): Shape => SHAPES[type] ?? "disc";

/** One entry of the legend. `value` is what a filter has for it; null where it cannot be filtered. */
export interface Category {
  readonly label: string;
  readonly colour: Rgb;
  readonly shape: Shape;
  readonly count: number;
  readonly value: number | null;
}

export interface Colouring {
  /** For each node its category. */
  readonly of: Uint8Array;
  readonly categories: readonly Category[];
}

const SPECIAL = 4;

/** What of the state decides about colours: a note of several tags has that of the one it is shown for. */
export type Choice = Pick<State, "colour" | "tags" | "folders">;

/** The colours of all nodes. What is not a note has a category of its own, whatever the notes are coloured by. */
export function colouring(vault: Vault, state: Choice, theme: Theme): Colouring {
  const by = state.colour;
  const inks = INKS[theme];
  const key = keyOf(vault, state);
  const counts = new Map<number, number>();
  const special = new Uint32Array(SPECIAL);
  const keyed = new Int32Array(vault.count);
  const grouped = by === "community";
  for (let node = 0; node < vault.count; node++) {
    const type = vault.type[node];
    if (type === NOTE || (grouped && type === GHOST)) {
      keyed[node] = key.of(node);
      counts.set(keyed[node], (counts.get(keyed[node]) ?? 0) + 1);
    } else {
      special[type]++;
    }
  }
  const categories: Category[] = [];
  const place = new Map<number, number>();
  if (by === "age") {
    key.labels.forEach((label, index) => {
      place.set(index, categories.length);
      const count = counts.get(index) ?? 0;
      categories.push({ label, colour: inks.age[index], shape: "disc", count, value: null });
    });
    if (counts.has(-1)) {
      place.set(-1, categories.length);
      const count = counts.get(-1)!;
      categories.push({ label: text("noDate"), colour: inks.other, shape: "disc", count, value: null });
    }
  } else {
    const none = key.none;
    const ranked = [...counts].filter(([value]) => value !== none).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    const named = ranked.slice(0, inks.categories.length);
    named.forEach(([value, count], index) => {
      place.set(value, index);
      const all = key.all?.[value] ?? count;
      categories.push({ label: key.labels[value], colour: inks.categories[index], shape: "disc", count: all, value });
    });
    const rest = ranked.slice(named.length);
    if (rest.length) {
      for (const [value] of rest) {
        place.set(value, categories.length);
      }
      const count = rest.reduce((sum, each) => sum + each[1], 0);
      categories.push({
        label: text("others", { count: rest.length }),
        colour: inks.other,
        shape: "disc",
        count,
        value: null,
      });
    }
    if (none !== null && counts.has(none)) {
      place.set(none, categories.length);
      categories.push({
        label: key.noneLabel,
        colour: inks.other,
        shape: "disc",
        count: counts.get(none)!,
        value: by === "kind" || by === "folder" ? none : null,
      });
    }
  }
  const specials = new Uint8Array(SPECIAL);
  for (const [type, label, colour] of [
    [GHOST, text("ghost"), inks.ghost],
    [TAG, text("tagNode"), inks.tag],
    [ATTACHMENT, text("attachment"), inks.attachment],
  ] as const) {
    if (special[type]) {
      specials[type] = categories.length;
      categories.push({ label, colour, shape: shapeOf(type), count: special[type], value: -type });
    }
  }
  const of = new Uint8Array(vault.count);
  for (let node = 0; node < vault.count; node++) {
    const type = vault.type[node];
    of[node] = type === NOTE || (grouped && type === GHOST) ? place.get(keyed[node])! : specials[type];
  }
  return { of, categories };
}

interface Key {
  readonly of: (node: number) => number;
  readonly labels: readonly string[];
  /** How many notes a filter by each shows, where one note may be shown by several. */
  readonly all?: ArrayLike<number>;
  readonly none: number | null;
  readonly noneLabel: string;
}

function keyOf(vault: Vault, { colour, folders, tags }: Choice): Key {
  const { document } = vault;
  switch (colour) {
    case "kind":
      return { of: (node) => vault.kind[node], labels: document.kinds, none: 0, noneLabel: text("noKind") };
    case "community":
      return {
        of: (node) => vault.community[node],
        labels: document.communities.map((each) => each.name),
        none: -1,
        noneLabel: text("noCommunity"),
      };
    case "folder":
      return {
        ...nested(vault, document.folders, (node) => [vault.folder[node]], folders),
        labels: document.folders,
        none: document.folders.indexOf(""),
        noneLabel: text("noFolder"),
      };
    case "tag":
      return {
        ...nested(vault, document.tags, (node) => document.nodes.tags[node] ?? [], tags),
        labels: document.tags.map((tag) => `#${tag}`),
        none: -1,
        noneLabel: text("noTag"),
      };
    case "age":
      return ages(vault);
  }
}

/** Keys that are nested in each other: a note has the first of its own, or what it is nested in if that is chosen. */
function nested(vault: Vault, names: readonly string[], own: (node: number) => readonly number[], chosen: ReadonlySet<number>): Pick<Key, "of" | "all"> {
  const place = new Map(names.map((name, index) => [name, index]));
  const above = names.map((name, index) => {
    const parts = name.split("/");
    const outer = parts.slice(1).map((_, end) => place.get(parts.slice(0, end + 1).join("/")));
    return [...outer.filter((each) => each !== undefined), index];
  });
  const all = new Uint32Array(names.length);
  for (let node = 0; node < vault.count; node++) {
    if (vault.type[node] === NOTE) {
      for (const each of new Set(own(node).flatMap((key) => above[key]))) {
        all[each]++;
      }
    }
  }
  return {
    of: (node) => {
      const keys = own(node);
      for (const key of chosen.size ? keys : []) {
        const found = above[key].find((each) => chosen.has(each));
        if (found !== undefined) {
          return found;
        }
      }
      return keys[0] ?? -1;
    },
    all,
  };
}

function ages(vault: Vault): Key {
  const dated: number[] = [];
  for (let node = 0; node < vault.count; node++) {
    const updated = vault.updated(node);
    if (vault.type[node] === NOTE && updated !== NO_DATE) {
      dated.push(updated);
    }
  }
  const sorted = Float64Array.from(dated).sort();
  const bins = INKS.light.age.length;
  // As many notes in each as in any other, so that a burst of writing does not make one colour of all.
  const starts = sorted.length
    ? [...new Set(Array.from({ length: bins }, (_, bin) => sorted[Math.floor((bin * sorted.length) / bins)]))]
    : [];
  const last = sorted[sorted.length - 1];
  const labels = starts.map((start, bin) => {
    const end = bin + 1 < starts.length ? starts[bin + 1] - 1 : last;
    return start >= end ? day(start) : `${day(start)} – ${day(end)}`;
  });
  return {
    of: (node) => {
      const updated = vault.updated(node);
      return updated === NO_DATE ? -1 : Math.max(0, starts.findLastIndex((start) => start <= updated));
    },
    labels,
    none: -1,
    noneLabel: text("noDate"),
  };
}

/** The radius of every node in pixels, as it is drawn when the whole map is in view. */
export function sizes(vault: Vault, by: SizeBy): Float32Array {
  const { count } = vault;
  const value = (node: number): number =>
    by === "degree" ? vault.degree(node) : by === "rank" ? vault.rank[node] : vault.words(node);
  let most = 1;
  for (let node = 0; node < count; node++) {
    most = Math.max(most, value(node));
  }
  // The more nodes, the less room each has.
  const crowd = Math.log10(Math.max(10, count));
  const least = Math.max(0.9, 6.2 - crowd * 1.3);
  const range = Math.max(6, 18 - crowd * 2.6);
  const found = new Float32Array(count);
  for (let node = 0; node < count; node++) {
    found[node] = least + range * Math.sqrt(value(node) / most);
  }
  return found;
}

export interface EdgeStyle {
  readonly colour: Rgb;
  readonly arrow: boolean;
  /** Relations are lines, sections dashes, mentions dots: told apart without colour. */
  readonly line: "line" | "dashes" | "dots";
}

/** The categories' colours in another order: the first two are those of most nodes. */
const EDGE_ORDER = [2, 3, 6, 4, 5, 7, 1, 0];

/** How the edges of each type are drawn: relations have colours first; where these give out, edges have none. */
export function edgeStyles(vault: Vault, theme: Theme): EdgeStyle[] {
  const inks = INKS[theme];
  const { types } = vault.document;
  const coloured = [...types.keys()]
    .filter((type) => types[type].kind !== "mention")
    .sort((a, b) => Number(types[a].kind === "section") - Number(types[b].kind === "section") || a - b);
  return types.map((type, index) => {
    const colour = inks.categories[EDGE_ORDER[coloured.indexOf(index)]] ?? inks.edge;
    const line = type.kind === "mention" ? "dots" : type.kind === "relation" ? "line" : "dashes";
    return { colour, arrow: !type.symmetric, line };
  });
}

/** How strongly an edge is drawn: relations more than what a section holds; and the more edges there are, the fainter. */
export function edgeStrength(vault: Vault, type: number, count: number): number {
  const { kind } = vault.document.types[type];
  const dense = Math.min(1, (180 / Math.max(1, count)) ** 0.4);
  return Math.max(0.07, { relation: 0.78, section: 0.6, mention: 0.55 }[kind] * dense);
}
