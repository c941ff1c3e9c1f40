/** The explorer's data: a document of columns, and the same as typed arrays. */

export const NOTE = 0;
export const GHOST = 1;
export const TAG = 2;
export const ATTACHMENT = 3;

export interface EdgeType {
  readonly name: string;
  readonly kind: "relation" | "section" | "mention";
  readonly inverse: string | null;
  readonly symmetric: boolean;
  readonly count: number;
}

export interface Community {
  readonly name: string;
  readonly node: number;
  readonly size: number;
}

export interface Wanted {
  readonly node: number;
  readonly gain: number;
  readonly askers: readonly number[];
  readonly questions: readonly string[];
}

export interface Texts {
  readonly definition: readonly string[];
  readonly why: readonly string[];
  readonly questions: readonly (readonly string[])[];
}

type Days = readonly (number | null)[];

/** The document as it is written; version 1. */
export interface Document {
  readonly version: number;
  readonly title: string;
  readonly kinds: readonly string[];
  readonly folders: readonly string[];
  readonly tags: readonly string[];
  readonly types: readonly EdgeType[];
  readonly communities: readonly Community[];
  readonly nodes: {
    readonly name: readonly string[];
    readonly type: readonly number[];
    readonly kind: readonly number[];
    readonly folder: readonly number[];
    readonly tags: readonly (readonly number[])[];
    readonly aliases: readonly (readonly string[])[];
    readonly x: readonly number[];
    readonly y: readonly number[];
    readonly rank: readonly number[];
    readonly community: readonly number[];
    readonly words: readonly (number | null)[];
    readonly created: Days;
    readonly updated: Days;
    readonly depth: readonly (number | null)[];
    readonly between?: readonly number[];
    readonly cut?: readonly number[];
    readonly component?: readonly number[];
    readonly url?: readonly (string | null)[] | null;
  };
  readonly text?: Texts | null;
  readonly edges: {
    readonly source: readonly number[];
    readonly target: readonly number[];
    readonly type: readonly number[];
    readonly weight: readonly number[];
    readonly context?: readonly string[] | null;
  };
  readonly bridges?: readonly number[];
  readonly wanted?: readonly Wanted[];
  readonly limits?: { readonly table?: number; readonly text?: string; readonly context?: string };
}

/** What is not needed to draw, and may come in a part of its own. */
export interface Prose {
  readonly text?: Texts | null;
  readonly context?: readonly string[] | null;
}

export const NO_DATE = -2147483648;

/** Edges by one of their ends: those of node `n` are `edges[start[n]]` up to `edges[start[n + 1]]`. */
export interface Ends {
  readonly start: Uint32Array;
  readonly edges: Uint32Array;
}

/** The vault that is explored. Nodes and edges are known by their number. */
export class Vault {
  readonly count: number;
  readonly edgeCount: number;
  readonly names: readonly string[];
  readonly type: Uint8Array;
  readonly kind: Uint16Array;
  readonly folder: Uint32Array;
  readonly community: Int32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly rank: Float64Array;
  readonly source: Uint32Array;
  readonly target: Uint32Array;
  readonly edgeType: Uint16Array;
  readonly weight: Uint32Array;
  /** Links to and from other nodes; an edge may stand for several. */
  readonly incoming: Uint32Array;
  readonly outgoing: Uint32Array;
  /** For each type of edge, how many links are of it. */
  readonly links: Uint32Array;
  /** 1 for what a link joins to another note, written or not. */
  readonly joined: Uint8Array;
  /** The nodes, the most central first. */
  readonly order: Uint32Array;
  text: Texts | null;
  context: readonly string[] | null;
  private outEnds: Ends | null = null;
  private inEnds: Ends | null = null;
  private references: Map<string, number> | null = null;

  constructor(readonly document: Document) {
    const { nodes, edges } = document;
    this.count = nodes.name.length;
    this.edgeCount = edges.source.length;
    this.names = nodes.name;
    this.type = Uint8Array.from(nodes.type);
    this.kind = Uint16Array.from(nodes.kind);
    this.folder = Uint32Array.from(nodes.folder);
    this.community = Int32Array.from(nodes.community, (each) => each ?? -1);
    this.x = Float32Array.from(nodes.x);
    // The document counts downwards, as pictures do; sigma counts upwards.
    this.y = Float32Array.from(nodes.y, (y) => Math.min(32767, -y));
    this.rank = Float64Array.from(nodes.rank);
    this.source = Uint32Array.from(edges.source);
    this.target = Uint32Array.from(edges.target);
    this.edgeType = Uint16Array.from(edges.type);
    this.weight = Uint32Array.from(edges.weight);
    this.incoming = new Uint32Array(this.count);
    this.outgoing = new Uint32Array(this.count);
    this.links = new Uint32Array(document.types.length);
    this.joined = new Uint8Array(this.count);
    for (let edge = 0; edge < this.edgeCount; edge++) {
      const source = this.source[edge];
      const target = this.target[edge];
      const weight = this.weight[edge];
      this.outgoing[source] += weight;
      this.incoming[target] += weight;
      this.links[this.edgeType[edge]] += weight;
      if (this.type[source] <= GHOST && this.type[target] <= GHOST) {
        this.joined[source] = 1;
        this.joined[target] = 1;
      }
    }
    this.order = byRank(this.rank);
    this.text = document.text ?? null;
    this.context = edges.context ?? null;
  }

  get out(): Ends {
    return (this.outEnds ??= ends(this.source, this.count));
  }

  get in(): Ends {
    return (this.inEnds ??= ends(this.target, this.count));
  }

  degree(node: number): number {
    return this.incoming[node] + this.outgoing[node];
  }

  /** A note's name, with its folder where another has the same name: what a fragment calls it by. */
  reference(node: number): string {
    const name = this.names[node];
    return this.find(name) === node ? name : `${this.path(node)}`;
  }

  /** The node that a fragment means; -1 if there is none any more. */
  find(reference: string): number {
    if (this.references === null) {
      this.references = new Map();
      for (let node = this.count - 1; node >= 0; node--) {
        this.references.set(this.path(node), node);
      }
      for (let node = this.count - 1; node >= 0; node--) {
        this.references.set(this.names[node], node);
      }
    }
    return this.references.get(reference) ?? -1;
  }

  path(node: number): string {
    const folder = this.document.folders[this.folder[node]];
    const sign = ["", "?", "#", "@"][this.type[node]];
    return `${sign}${folder ? `${folder}/` : ""}${this.names[node]}`;
  }

  created(node: number): number {
    return this.document.nodes.created?.[node] ?? this.document.nodes.updated?.[node] ?? NO_DATE;
  }

  updated(node: number): number {
    return this.document.nodes.updated?.[node] ?? this.document.nodes.created?.[node] ?? NO_DATE;
  }

  words(node: number): number {
    return this.document.nodes.words?.[node] ?? 0;
  }

  /** Whether the notes have pages beside the map's: addresses that lead on from it. */
  get isPublished(): boolean {
    return !!this.document.nodes.url?.some((url) => url && !/^[a-z][a-z0-9+.-]*:|^\//i.test(url));
  }

  /** The address of the published page; only where following it can run nothing. */
  url(node: number): string | null {
    const url = this.document.nodes.url?.[node];
    if (!url) {
      return null;
    }
    try {
      return /^https?:$/.test(new URL(url, "https://page.invalid/").protocol) ? url : null;
    } catch {
      return null;
    }
  }
}

function byRank(rank: Float64Array): Uint32Array {
  const count = rank.length;
  // A native sort of numbers is ten times as fast as one that asks a function: rank and place share a number.
  const keys = new Float64Array(count);
  for (let node = 0; node < count; node++) {
    keys[node] = -Math.round(rank[node]) * 2 ** 24 + node;
  }
  keys.sort();
  return Uint32Array.from(keys, (key) => ((key % 2 ** 24) + 2 ** 24) % 2 ** 24);
}

function ends(of: Uint32Array, count: number): Ends {
  const start = new Uint32Array(count + 1);
  for (let edge = 0; edge < of.length; edge++) {
    start[of[edge] + 1]++;
  }
  for (let node = 0; node < count; node++) {
    start[node + 1] += start[node];
  }
  const next = start.slice();
  const edges = new Uint32Array(of.length);
  for (let edge = 0; edge < of.length; edge++) {
    edges[next[of[edge]]++] = edge;
  }
  return { start, edges };
}
