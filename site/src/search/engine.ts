/** Finding notes: what a query asks for is looked up in the index, and what is found is put in order. */

import { Index, RANKS, type Data, type Load, type Match, type Matches, type Places, type Section } from "./index";
import { literal, parsed, starts, type Filter, type Phrase, type Query, type Term } from "./query";
import { nearest } from "./slips";
import { mayBegin, mayBeMisspelt, mayBeWithin, words } from "./words";

export type { Data, Load, Section } from "./index";

export interface Hit {
  readonly address: string;
  readonly title: string;
  readonly kind: string;
  readonly folder: string;
  /** Another name of the note, where it is by that that it was found. */
  readonly also: string;
  /** The words that it was found by, as the index has them. */
  readonly words: ReadonlySet<string>;
  /** The phrases that it was found by. */
  readonly phrases: readonly Phrase[];
  readonly score: number;
}

export interface Answer {
  readonly hits: readonly Hit[];
  /** No note has all the words that were asked for; these have some of them. */
  readonly some: boolean;
}

/** What may have been meant by a query that nothing was found for. */
export interface Suggestion {
  readonly query: string;
  readonly hits: readonly Hit[];
}

// Whatever a note is found by, what its whole name says comes first, and each of these before all below: that it is the
// same, that it is but for signs, that it begins so; of the title, or of another name.
const NAMED = 10_000;
const [BEGINS_NAME, BEGINS_TITLE, ALIKE_NAME, ALIKE_TITLE, SAME_NAME, SAME_TITLE] = [1, 2, 3, 4, 5, 6] as const;
// So much is a sign of a query worth that stands in a name.
const SIGN = 3000;
// A word's place comes before how often it stands there; that a note has more of the words, before either.
const RANK = 200;
const HAVING = 2000;
const WITHIN = 0;
// Where fewer notes are found, it is asked what has the words within others: in no more parts of the index than these.
const FEW = 10;
const PARTS = 8;
// No longer are the endings of words that are taken off.
const ENDING = 2;

const key = (name: string): string => words(name).join(" ");

/** One slip in a short word, two in a longer one. */
const slips = (word: string): number => (mayBeMisspelt(word) ? (word.length > 7 ? 2 : 1) : 0);

interface Named {
  readonly literal: string;
  readonly key: string;
  readonly words: readonly string[];
}

export class Engine {
  /** The names of each note, as they are compared with a whole query and with phrases. */
  private readonly names: readonly (readonly Named[])[];
  private readonly tags: ReadonlyMap<string, readonly number[]>;

  constructor(private readonly index: Index) {
    this.names = index.names.map((all) =>
      all.map((name) => {
        const cut = words(name);
        return { literal: literal(name), key: cut.join(" "), words: cut };
      }),
    );
    this.tags = new Map(index.data.tags.map(([name, notes]) => [literal(name), notes]));
  }

  static async open(load: Load): Promise<Engine> {
    return new Engine(new Index(await load<Data>("search"), load));
  }

  get said(): Readonly<Record<string, string>> {
    return this.index.data.said;
  }

  /** The sections of a note, for excerpts. */
  sections(address: string): Promise<readonly Section[]> {
    return this.index.sections(address);
  }

  /** Whether anything is asked for yet: not by a quotation mark alone. */
  asks(text: string): boolean {
    const { terms, phrases, without, tags, paths, signs } = this.read(text);
    return [terms, phrases, without, tags, paths, signs].some(({ length }) => length);
  }

  /** What is found in titles, other names and tags alone: at once. */
  named(text: string): Answer {
    const query = this.read(text);
    const found = query.terms.map((term) => added(this.withinTitles(term), this.inTitles(term, 0)));
    const called = (phrase: Phrase) => {
      const all = joinedTerms(phrase.map((term) => this.inTitles(term, 0)));
      const having = this.namedBy(phrase);
      return new Map([...all].filter(([note]) => having.has(note)));
    };
    const left = new Set(query.without.flatMap((phrase) => [...called(phrase).keys()]));
    return this.joined(query, found, query.phrases.map(called), left);
  }

  /**
   * What is found in all there is; `early` has what was found before it was asked what words stand within others.
   * Where no note has a word, those that are a slip or two from it are taken for it.
   */
  async find(text: string, early: (answer: Answer) => void = () => {}): Promise<Answer> {
    const query = this.read(text);
    const [phrases, without] = await Promise.all([
      Promise.all(query.phrases.map((phrase) => this.phrase(phrase))),
      Promise.all(query.without.map((phrase) => this.phrase(phrase))),
    ]);
    const left = new Set(without.flatMap((found) => [...found.keys()]));
    const answer = async (isDeep: boolean) =>
      this.joined(query, await Promise.all(query.terms.map((term) => this.all(term, isDeep))), phrases, left);
    const first = await answer(false);
    const isFound = first.hits.length > 0 && !first.some;
    if ((isFound && first.hits.length >= FEW) || !query.terms.some(({ word, begins }) => begins && mayBeWithin(word))) {
      return first;
    }
    if (isFound) {
      early(first);
    }
    return answer(true);
  }

  /** What is found by the words nearest to those of a query that nothing was found for, or by its phrases' words. */
  async near(text: string): Promise<Suggestion | null> {
    const query = this.read(text);
    if (!query.terms.length && !query.phrases.length) {
      return null;
    }
    const known = await this.index.words();
    const right = ({ word }: Term) =>
      !mayBeMisspelt(word) || known.some((other) => other.startsWith(word)) ? word : (nearest(word, known) ?? word);
    const meant = query.pieces.map(({ terms }) => terms.map(right).join(" "));
    const other = query.pieces.map((piece, index) => {
      const unchanged = piece.terms.map(({ word }) => word).join(" ");
      return meant[index] === unchanged ? piece.text : meant[index]!;
    });
    const suggested = other.join(" ");
    if (suggested === text) {
      return null;
    }
    const { hits, some } = await this.find(suggested);
    return hits.length && !some ? { query: suggested, hits } : null;
  }

  private read(text: string): Query {
    return parsed(text, (name) => this.tags.has(name) || [...this.tags.keys()].some((tag) => tag.startsWith(`${name}/`)));
  }

  /** The notes that a word leads to; `isDeep` where also those count that have it within others. */
  private async all(term: Term, isDeep: boolean): Promise<Matches> {
    const { word } = term;
    const begun = this.inTitles(term, 0);
    const inTexts = await this.index.inTexts(word, { prefix: term.begins && mayBegin(word) });
    let found = added(this.withinTitles(term), added(begun, inTexts));
    if (isDeep && term.begins && mayBeWithin(word)) {
      found = added(await this.withinTexts(word), found);
    }
    if (begun.size) {
      return found;
    }
    const close = this.inTitles(term, slips(word));
    if (!found.size) {
      return added(close, await this.index.inTexts(word, { prefix: term.begins && mayBegin(word), fuzzy: slips(word) }));
    }
    // A word of the texts may be one of the titles with an ending.
    const ending = (other: string) => word.startsWith(other) && word.length - other.length <= ENDING;
    return added(new Map([...close].filter(([, { words }]) => [...words].some(ending))), found);
  }

  private inTitles({ word, begins }: Term, fuzzy: number): Matches {
    return this.index.inTitles(word, { prefix: begins, fuzzy });
  }

  private withinTitles({ word, begins }: Term): Matches {
    if (!begins || !mayBeWithin(word)) {
      return new Map();
    }
    return this.index.inNames
      .filter((name) => name.indexOf(word) > 0)
      .map((name) => below(this.index.inTitles(name, {})))
      .reduce<Matches>(added, new Map());
  }

  private async withinTexts(word: string): Promise<Matches> {
    const having = (await this.index.words()).filter((other) => other.indexOf(word) > 0);
    // The shortest are closest to what is asked for.
    having.sort((one, other) => one.length - other.length || (one < other ? -1 : 1));
    const parts = new Set<number>();
    const closest = having.filter((other) => {
      const part = this.index.part(other);
      return parts.has(part) || (parts.size < PARTS && parts.add(part));
    });
    const found = await Promise.all(closest.map((other) => this.index.inTexts(other, {})));
    return found.map(below).reduce<Matches>(added, new Map());
  }

  /** The notes in which the words of a phrase stand one after the other. */
  private async phrase(phrase: Phrase): Promise<Matches> {
    const found = await Promise.all(
      phrase.map(async ({ word, begins }) => added(this.index.inTitles(word, { prefix: begins }), await this.index.inTexts(word, { prefix: begins }))),
    );
    const all = joinedTerms(found);
    if (phrase.length === 1) {
      return all;
    }
    const named = this.namedBy(phrase);
    const stands = await Promise.all(phrase.map(({ word }) => this.index.places(word)));
    const places = phrase.map(({ word, begins }, index) =>
      begins ? [...stands[index]!].flatMap(([other, at]) => (other.startsWith(word) ? [at] : [])) : [stands[index]!.get(word)].filter((at) => at !== undefined),
    );
    const kept: Matches = new Map();
    for (const [note, match] of all) {
      if (named.has(note)) {
        kept.set(note, match);
      } else if (follow(phrase, places, note)) {
        // The words may stand in the title, but not one after the other.
        kept.set(note, { ...match, rank: Math.min(match.rank, RANKS["heading"]!) });
      }
    }
    return kept;
  }

  private namedBy(phrase: Phrase): ReadonlySet<number> {
    const found = new Set<number>();
    this.names.forEach((names, note) => {
      if (names.some(({ words }) => starts(words, phrase).length)) {
        found.add(note);
      }
    });
    return found;
  }

  /** Which notes a query is narrowed to; null where it is not. */
  private narrowed(query: Query): ((note: number) => boolean) | null {
    const tags = query.tags.map((filter) => ({ ...filter, notes: this.tagged(filter) }));
    const signs = (query.terms.length || query.phrases.length ? [] : query.signs).map((sign) => this.signed(sign));
    if (!tags.length && !query.paths.length && !signs.length && !query.without.length) {
      return null;
    }
    return (note) =>
      tags.every(({ notes, isWithout }) => notes.has(note) !== isWithout) &&
      query.paths.every(({ value, isWithout }) => this.paths(note).some((path) => path.includes(value)) !== isWithout) &&
      signs.every((notes) => notes.has(note));
  }

  /** The notes that have a sign in their names or tags. */
  private signed(sign: string): ReadonlySet<number> {
    const tagged = [...this.tags].flatMap(([tag, notes]) => (tag.includes(sign) ? notes : []));
    return new Set([...this.names.flatMap((names, note) => (names.some(({ literal }) => literal.includes(sign)) ? note : [])), ...tagged]);
  }

  /** The notes with a tag, or with one below it; if no tag is called so, with those that begin so. */
  private tagged({ value }: Filter): ReadonlySet<number> {
    const all = [...this.tags];
    const same = all.filter(([tag]) => tag === value || tag.startsWith(`${value}/`));
    return new Set((same.length ? same : all.filter(([tag]) => tag.startsWith(value))).flatMap(([, notes]) => notes));
  }

  private paths(note: number): readonly string[] {
    const { folder = "" } = this.index.stored[note]!;
    return this.names[note]!.map((name) => (folder ? `${literal(folder)}/${name.literal}` : name.literal));
  }

  /** The notes that have all that is asked for; if there are none, those that have most of the words. */
  private joined(query: Query, found: readonly Matches[], phrases: readonly Matches[], without: ReadonlySet<number>): Answer {
    const isKept = this.narrowed(query);
    const all: Matches = [...found, ...phrases].reduce<Matches>(added, new Map());
    if (!found.length && !phrases.length && isKept) {
      this.names.forEach((_, note) => all.set(note, { score: 0, rank: WITHIN, words: new Set() }));
    }
    for (const note of all.keys()) {
      if (without.has(note) || (isKept && !isKept(note)) || !phrases.every((matches) => matches.has(note))) {
        all.delete(note);
      }
    }
    const having = (note: number) => found.filter((matches) => matches.has(note)).length;
    const whole = [...all].filter(([note]) => having(note) === found.length);
    const some = !whole.length && [...all.keys()].some(having);
    const matches: Matches = new Map(some ? [...all].filter(([note]) => having(note)) : whole);
    const wanted = { literal: literal(query.name), key: key(query.name) };
    for (const [note, match] of matches) {
      const ranks = [...found, ...phrases].flatMap((matches) => matches.get(note)?.rank ?? []);
      match.rank = Math.min(...ranks, ...(ranks.length ? [] : [WITHIN]));
      match.score += RANK * match.rank + (some ? HAVING * having(note) : 0) + this.byName(note, wanted, query.signs);
    }
    return { hits: this.ranked(matches, query.phrases), some };
  }

  /** How well the names of a note answer a query as a whole. */
  private byName(note: number, wanted: { readonly literal: string; readonly key: string }, signs: readonly string[]): number {
    let best = 0;
    this.names[note]!.forEach((name, index) => {
      const isTitle = index === 0;
      if (wanted.literal && name.literal === wanted.literal) {
        best = Math.max(best, isTitle ? SAME_TITLE : SAME_NAME);
      } else if (wanted.key && name.key === wanted.key) {
        best = Math.max(best, isTitle ? ALIKE_TITLE : ALIKE_NAME);
      } else if (wanted.key && name.key.startsWith(wanted.key)) {
        best = Math.max(best, isTitle ? BEGINS_TITLE : BEGINS_NAME);
      }
    });
    const having = signs.filter((sign) => this.names[note]!.some((name) => name.literal.includes(sign))).length;
    return NAMED * best + SIGN * having;
  }

  private ranked(matches: Matches, phrases: readonly Phrase[]): Hit[] {
    const order = [...matches].sort(([one, a], [other, b]) => b.score - a.score || one - other);
    return order.map(([note, match]) => {
      const { title, kind = "", folder = "", names = [] } = this.index.stored[note]!;
      const has = (text: string) => {
        const cut = words(text);
        return cut.filter((word) => match.words.has(word)).length + phrases.filter((phrase) => starts(cut, phrase).length).length;
      };
      return {
        address: this.index.addresses[note]!,
        title,
        kind,
        folder,
        get also() {
          const inTitle = has(title);
          return names.find((name) => has(name) > inTitle) ?? "";
        },
        words: match.words,
        phrases,
        score: match.score,
      };
    });
  }
}

/** What either has found, in one: the scores of what both have added up, and the better of their ranks. */
function added(one: Matches, other: Matches): Matches {
  if (!one.size || !other.size) {
    return copied(one.size ? one : other);
  }
  const all = copied(one);
  for (const [note, { score, rank, words }] of other) {
    const known = all.get(note);
    if (known) {
      known.score += score;
      known.rank = Math.max(known.rank, rank);
      words.forEach((word) => known.words.add(word));
    } else {
      all.set(note, { score, rank, words: new Set(words) });
    }
  }
  return all;
}

const copied = (found: Matches): Matches => new Map([...found].map(([note, match]): [number, Match] => [note, { ...match, words: new Set(match.words) }]));

/** What each has found; the words of phrases alone are none to be marked wherever they stand. */
function joinedTerms(found: readonly Matches[]): Matches {
  const all: Matches = new Map();
  const [least, ...others] = [...found].sort((one, other) => one.size - other.size);
  for (const [note, match] of least ?? []) {
    const rest = others.map((matches) => matches.get(note));
    if (rest.every((other) => other !== undefined)) {
      const having = [match, ...rest];
      all.set(note, {
        score: having.reduce((sum, { score }) => sum + score, 0),
        rank: Math.min(...having.map(({ rank }) => rank)),
        words: new Set(),
      });
    }
  }
  return all;
}

/** What has a word within others is found after all that begins with it. */
const below = (found: Matches): Matches => new Map([...found].map(([note, match]): [number, Match] => [note, { ...match, rank: WITHIN }]));

/** Whether the words of a phrase stand one after the other in a note; of a word that is begun, any of those it begins. */
function follow(phrase: Phrase, places: readonly (readonly Places[])[], note: number): boolean {
  let starts: Set<number> | null = null;
  for (const [index, { at }] of phrase.entries()) {
    const here = new Set<number>();
    for (const stands of places[index]!) {
      let place = 0;
      for (const step of stands.get(note) ?? []) {
        place += step;
        if (!starts || starts.has(place - at)) {
          here.add(place - at);
        }
      }
    }
    if (!here.size) {
      return false;
    }
    starts = here;
  }
  return true;
}
