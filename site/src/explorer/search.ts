/** Finding nodes by name, alias and tag. */

import { NOTE, TAG, type Vault } from "./data";

export interface Hit {
  readonly node: number;
  /** The alias or tag that was found, where it was not the name. */
  readonly by: string | null;
}

/** A tag, or what nested tags have in common: `tags` are those to be filtered by. */
export interface TagHit {
  readonly name: string;
  readonly tags: readonly number[];
  readonly count: number;
}

const fold = (text: string): string => text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();

const EXACT = 0;
const BEGINS = 1;
const WORD = 2;
const INSIDE = 3;
const TAGGED = 4;
const NEAR = 5;

interface Name {
  readonly folded: string;
  readonly node: number;
  readonly by: string | null;
}

/** All names of a vault, folded once; a hundred thousand of them are looked through in a few milliseconds. */
export class Search {
  private readonly names: Name[] = [];
  private readonly tags: readonly string[];
  private readonly place: Uint32Array;
  private paths: readonly (TagHit & { readonly folded: string })[] | null = null;

  constructor(private readonly vault: Vault) {
    this.tags = vault.document.tags.map(fold);
    this.place = new Uint32Array(vault.count);
    vault.order.forEach((node, index) => {
      this.place[node] = index;
    });
  }

  /** Takes the names of one node in. */
  add(node: number): void {
    this.names.push({ folded: fold(this.vault.names[node]), node, by: null });
    for (const alias of this.vault.document.nodes.aliases[node] ?? []) {
      this.names.push({ folded: fold(alias), node, by: alias });
    }
  }

  /** The best hits, at most `limit`: first what is called so, then what begins so, then what has it inside. */
  find(query: string, limit: number, allowed: (node: number) => boolean = () => true): Hit[] {
    const wanted = fold(query.trim());
    if (!wanted || wanted === "#") {
      return [];
    }
    const found = new Map<number, Hit & { readonly score: number }>();
    const note = (node: number, by: string | null, rank: number) => {
      const score = rank * this.vault.count + this.place[node];
      const known = found.get(node);
      if ((!known || known.score > score) && allowed(node)) {
        found.set(node, { node, by, score });
      }
    };
    if (!wanted.startsWith("#")) {
      for (const { folded, node, by } of this.names) {
        const at = folded.indexOf(wanted);
        if (at >= 0) {
          const rank =
            folded === wanted ? EXACT : at === 0 ? BEGINS : /[\s\-_(/]/.test(folded[at - 1]) ? WORD : INSIDE;
          note(node, by, rank);
        }
      }
    }
    this.byTag(wanted.replace(/^#/, ""), note);
    if (!found.size && wanted.length > 3) {
      const allowance = wanted.length > 7 ? 2 : 1;
      for (const { folded, node, by } of this.names) {
        if (near(folded, wanted, allowance)) {
          note(node, by, NEAR);
        }
      }
    }
    return [...found.values()].sort((a, b) => a.score - b.score).slice(0, limit);
  }

  /** The tags that a query with a `#` may mean, those of most notes first. */
  findTags(query: string, limit: number): TagHit[] {
    const wanted = fold(query.trim());
    if (!wanted.startsWith("#")) {
      return [];
    }
    const name = wanted.slice(1);
    const score = ({ folded }: { readonly folded: string }) =>
      folded === name ? EXACT : folded.startsWith(name) ? BEGINS : folded.includes(`/${name}`) ? WORD : INSIDE;
    this.paths ??= this.tagPaths();
    return this.paths
      .filter((path) => score(path) < INSIDE)
      .sort((a, b) => score(a) - score(b) || b.count - a.count)
      .slice(0, limit);
  }

  private tagPaths(): (TagHit & { readonly folded: string })[] {
    const found = new Map<string, { tags: number[]; notes: number }>();
    const above = this.vault.document.tags.map((tag, index) => {
      const parts = tag.split("/");
      return parts.map((_, end) => {
        const path = parts.slice(0, end + 1).join("/");
        const entry = found.get(path) ?? { tags: [], notes: 0 };
        entry.tags.push(index);
        found.set(path, entry);
        return entry;
      });
    });
    for (let node = 0; node < this.vault.count; node++) {
      for (const entry of new Set((this.vault.document.nodes.tags[node] ?? []).flatMap((tag) => above[tag]))) {
        entry.notes++;
      }
    }
    return [...found].map(([name, { tags, notes }]) => {
      const own = this.vault.document.tags.indexOf(name);
      return { name, folded: fold(name), tags: own >= 0 ? [own] : tags, count: notes };
    });
  }

  private byTag(wanted: string, note: (node: number, by: string, rank: number) => void): void {
    const matching = new Set(this.tags.flatMap((tag, index) => (tag.startsWith(wanted) ? [index] : [])));
    if (!matching.size) {
      return;
    }
    for (let node = 0; node < this.vault.count; node++) {
      if (this.vault.type[node] === NOTE || this.vault.type[node] === TAG) {
        const tag = this.vault.document.nodes.tags[node].find((each) => matching.has(each));
        if (tag !== undefined) {
          note(node, `#${this.vault.document.tags[tag]}`, TAGGED);
        }
      }
    }
  }
}

/** Whether `text` begins with what is `allowance` slips or less from `wanted`, or has a word that does. */
function near(text: string, wanted: string, allowance: number): boolean {
  return [text, ...text.split(/[\s\-_]+/)].some((part) => {
    if (part.length < wanted.length - allowance) {
      return false;
    }
    let row = Array.from({ length: wanted.length + 1 }, (_, index) => index);
    let best = row[wanted.length];
    const end = Math.min(part.length, wanted.length + allowance);
    for (let at = 1; at <= end; at++) {
      const next = [at];
      for (let index = 1; index <= wanted.length; index++) {
        const same = part[at - 1] === wanted[index - 1] ? 0 : 1;
        next[index] = Math.min(row[index - 1] + same, row[index] + 1, next[index - 1] + 1);
      }
      row = next;
      best = Math.min(best, row[wanted.length]);
    }
    return best <= allowance;
  });
}
