/** What is asked for: words, phrases, what is to be left out, tags and paths. */

import { asked, cut, folded, isUnspaced, mayBegin } from "./words";

/** A word; where it `begins` others, they are found as well. */
export interface Term {
  readonly word: string;
  readonly begins: boolean;
}

/** Words that stand one after the other, each so many places behind the first. */
export type Phrase = readonly (Term & { readonly at: number })[];

/** A piece of a query: as it was written, but a phrase without what encloses it. */
export interface Piece {
  readonly text: string;
  readonly terms: readonly Term[];
}

export interface Query {
  readonly pieces: readonly Piece[];
  readonly terms: readonly Term[];
  readonly phrases: readonly Phrase[];
  readonly without: readonly Phrase[];
  readonly tags: readonly Filter[];
  readonly paths: readonly Filter[];
  /** What is written with signs, as it is found in names: `c++`, `🧠`. */
  readonly signs: readonly string[];
  /** What is compared with whole names: all that is asked for but for what narrows it. */
  readonly name: string;
}

export interface Filter {
  readonly value: string;
  readonly isWithout: boolean;
}

const OPENING = "\"“”„«»＂";
const QUOTED = `[${OPENING}]([^${OPENING}]*)([${OPENING}]|$)`;
const PIECE = new RegExp(`([-−]?)(?:(tag|path):)?(?:${QUOTED}|(\\S+))`, "giu");
// What is still to be said.
const UNSAID = /^[-−]?(?:tag:|path:)?$/iu;
// A letter with signs behind it is a name of its own: no other is meant that begins so.
const SIGNED = /^\p{L}[+#*]+$/u;

/** How names and signs are compared: without case, accents and double spaces. */
export const literal = (text: string): string => folded(text).trim().replace(/\s+/gu, " ");

const SIGN = /[^\p{L}\p{N}\p{M}\s_]/u;

/** What a query asks for; `isTag` knows which tags there are. */
export function parsed(query: string, isTag: (name: string) => boolean): Query {
  const pieces: Piece[] = [];
  const terms = new Map<string, Term>();
  const phrases: Phrase[] = [];
  const without: Phrase[] = [];
  const tags: Filter[] = [];
  const paths: Filter[] = [];
  const signs: string[] = [];
  const name: string[] = [];
  for (const [text, minus = "", key = "", quoted, closed, bare = ""] of query.matchAll(PIECE)) {
    const isWithout = minus !== "";
    const value = quoted ?? bare;
    const tag = value.replace(/^#/u, "");
    const isPhrase = quoted !== undefined && !isWithout && !key;
    const piece: { text: string; terms: readonly Term[] } = { text: isPhrase ? quoted.trim() : text, terms: [] };
    pieces.push(piece);
    if (UNSAID.test(text)) {
      continue;
    }
    if (key.toLowerCase() === "path") {
      paths.push({ value: literal(value), isWithout });
    } else if (key || (tag !== value && quoted === undefined && isTag(literal(tag)))) {
      tags.push({ value: literal(tag), isWithout });
    } else if (isWithout) {
      without.push(phrase(value));
    } else {
      name.push(value);
      const sign = literal(value);
      if (SIGN.test(sign)) {
        signs.push(sign);
      }
      if (isPhrase) {
        // While it is being written, the last word may be another's beginning.
        phrases.push(phrase(value, !closed));
      } else {
        piece.terms = asked(value).map((word) => ({ word, begins: !SIGNED.test(value) }));
        for (const term of piece.terms) {
          terms.set(term.word, terms.get(term.word)?.begins ? terms.get(term.word)! : term);
        }
      }
    }
  }
  const some = (all: readonly Phrase[]) => all.filter(({ length }) => length);
  const said = (all: readonly Filter[]) => all.filter(({ value }) => value);
  return {
    pieces,
    terms: [...terms.values()],
    phrases: some(phrases),
    without: some(without),
    tags: said(tags),
    paths: said(paths),
    signs,
    name: name.join(" "),
  };
}

/** The words of a text as they follow one another; `isBegun` where the last may go on. */
export function phrase(text: string, isBegun = false): Phrase {
  // The last of several characters alone stands for what may follow: it has a place but is not asked for.
  const all = cut(text, (characters) =>
    characters.length === 1 ? characters : characters.map((character, at) => (at + 1 < characters.length ? character + characters[at + 1]! : "")),
  )
    .map((word, at) => ({ word, at, begins: isUnspaced(word) && [...word].length === 1 }))
    .filter(({ word }) => word);
  const last = all.at(-1);
  if (last && isBegun && mayBegin(last.word)) {
    last.begins = true;
  }
  const first = all[0]?.at ?? 0;
  return all.map((term) => ({ ...term, at: term.at - first }));
}

const is = (word: string | undefined, term: Term): boolean => word !== undefined && (term.begins ? word.startsWith(term.word) : word === term.word);

/** Where a phrase begins among words that follow one another. */
export function starts(all: readonly string[], phrase: Phrase): number[] {
  const found: number[] = [];
  for (let start = 0; start < all.length; start++) {
    if (phrase.every((term) => is(all[start + term.at], term))) {
      found.push(start);
    }
  }
  return found;
}
