/** Finding notes: titles in one index, and texts in as much of another as is asked for. */

import MiniSearch, { type AsPlainObject, type Options, type SearchOptions } from "minisearch";
import { asked, beginning, mayBegin, mayBeMisspelt, words } from "./words";
import { crc, hex } from "./data";

/** What a script hands over; `version` tells its contents apart where numbers in it would mean others. */
export type Load = <Value>(name: string, version?: string) => Promise<Value>;

type Entry = readonly [string, Readonly<Record<string, Record<string, number>>>];

interface Stored {
  readonly title: string;
  readonly size: number;
  readonly kind?: string;
  readonly folder?: string;
  readonly names?: readonly string[];
}

export interface Data {
  readonly groups: number;
  readonly parts: number;
  readonly texts: number;
  readonly said: Readonly<Record<string, string>>;
  readonly titles: AsPlainObject & {
    readonly documentCount: number;
    readonly documentIds: Readonly<Record<string, string>>;
    readonly storedFields: Readonly<Record<string, Stored>>;
  };
}

/** Texts of a note: the id and text of a heading, and what stands below it. */
export type Section = readonly [id: string, heading: string, text: string];

export interface Hit {
  readonly address: string;
  readonly title: string;
  readonly kind: string;
  readonly folder: string;
  /** Another name of the note, where it is by that that it was found. */
  readonly also: string;
  /** The words that it was found by, as the index has them. */
  readonly words: ReadonlySet<string>;
  readonly score: number;
}

export interface Answer {
  readonly hits: readonly Hit[];
  /** No note has all the words that were asked for; these have some of them. */
  readonly some: boolean;
}

interface Match {
  score: number;
  words: Set<string>;
}
type Matches = Map<number, Match>;

const TITLES = { title: 10, name: 8, tag: 3 };
const TEXTS = { heading: 3, definition: 2.5, text: 1 };
// Where a title is what was asked for, or begins so, nothing comes before it.
const SAME_TITLE = 1000;
const SAME_BEGINNING = 20;
const STEP = 1.25;
// Characters of a word in running text, roughly; what lengths are counted in makes little difference.
const LETTERS = 6;
const NEAR = 5;
// No longer are the endings of words that are taken off.
const ENDING = 2;

const asIs = (text: string): string[] => [text];
const options = (boost: Record<string, number>): Options => ({
  fields: Object.keys(boost),
  storeFields: ["title"],
  tokenize: asIs,
  processTerm: (term) => term,
  searchOptions: { boost },
});

const key = (name: string): string => words(name).join(" ");

/** One slip in a short word, two in a longer one. */
const slips = (word: string): number => (mayBeMisspelt(word) ? (word.length > 7 ? 2 : 1) : 0);

export class Engine {
  private readonly titles: MiniSearch;
  private readonly number = new Map<string, number>();
  private readonly stored: readonly Stored[];
  private readonly addresses: readonly string[];
  /** The titles and other names, as they are compared with a whole query. */
  private readonly keys: readonly (readonly string[])[];
  /** The numbers of the notes of each group, in their order there, and what tells this order from another. */
  private readonly groups: { readonly notes: number[]; readonly version: string }[];
  private readonly parts = new Map<number, Promise<MiniSearch>>();
  private readonly shares = new Map<number, Promise<Readonly<Record<string, readonly Section[]>>>>();

  constructor(
    private readonly data: Data,
    private readonly load: Load,
  ) {
    this.titles = MiniSearch.loadJS(data.titles, options(TITLES));
    const { documentIds, storedFields, documentCount } = data.titles;
    const documents = Array.from({ length: documentCount }, (_, index) => index);
    this.addresses = documents.map((index) => documentIds[index]!);
    this.stored = documents.map((index) => storedFields[index]!);
    this.keys = this.stored.map(({ title, names = [] }) => [title, ...names].map(key));
    this.groups = Array.from({ length: data.groups }, () => ({ notes: [], version: "" }));
    this.addresses.forEach((address, index) => {
      this.number.set(address, index);
      this.groups[crc(address) % data.groups]!.notes.push(index);
    });
    this.groups = this.groups.map(({ notes }) => ({
      notes,
      version: crc(notes.map((note) => this.addresses[note]).join("\n")).toString(36),
    }));
  }

  static async open(load: Load): Promise<Engine> {
    return new Engine(await load<Data>("search"), load);
  }

  get said(): Readonly<Record<string, string>> {
    return this.data.said;
  }

  /** What is found in titles, other names and tags alone: at once. */
  named(query: string): Answer {
    const terms = asked(query);
    return this.joined(query, terms.map((term) => this.inTitles(term, 0)));
  }

  /** What is found in all there is. Where no note has a word, those that are a slip or two from it are taken for it. */
  async find(query: string): Promise<Answer> {
    const terms = asked(query);
    const found = await Promise.all(terms.map((term) => this.all(term)));
    return this.joined(query, found);
  }

  /** Titles that have something in common with a query that nothing was found for. */
  near(query: string): readonly Hit[] {
    const found = asked(query).map((term) => this.inTitles(term, Math.min(4, Math.ceil(term.length * 0.4))));
    const all = found.reduce<Matches>((one, other) => added(one, other), new Map());
    return this.ranked(all).slice(0, NEAR);
  }

  /** The sections of a note, for excerpts. */
  async sections(address: string): Promise<readonly Section[]> {
    const share = crc(address) % this.data.texts;
    let promise = this.shares.get(share);
    if (!promise) {
      promise = this.load(`text-${hex(share)}`);
      this.shares.set(share, promise);
      promise.catch(() => this.shares.delete(share));
    }
    const told = await promise;
    return Object.hasOwn(told, address) ? told[address]! : [];
  }

  private async all(term: string): Promise<Matches> {
    const texts = await this.part(term);
    const inTitles = this.inTitles(term, 0);
    const inTexts = this.inTexts(texts, term, 0);
    if (inTitles.size) {
      return added(inTitles, inTexts);
    }
    const close = this.inTitles(term, slips(term));
    if (!inTexts.size) {
      return added(close, this.inTexts(texts, term, slips(term)));
    }
    // A word of the texts may be one of the titles with an ending.
    const ending = (word: string) => term.startsWith(word) && term.length - word.length <= ENDING;
    return added(new Map([...close].filter(([, { words }]) => [...words].some(ending))), inTexts);
  }

  private inTitles(term: string, slips: number): Matches {
    return this.matches(this.titles, term, { prefix: true, fuzzy: slips }, (id) => this.number.get(id as string)!);
  }

  private inTexts(texts: MiniSearch, term: string, slips: number): Matches {
    return this.matches(texts, term, { prefix: mayBegin(term), fuzzy: slips }, (id) => id as number);
  }

  private matches(index: MiniSearch, term: string, search: SearchOptions, number: (id: unknown) => number): Matches {
    const found: Matches = new Map();
    for (const result of index.search(term, search)) {
      found.set(number(result.id), { score: result.score, words: new Set(Object.keys(result.match)) });
    }
    return found;
  }

  /** The index of the words that begin as a word does, of all groups together. */
  private part(term: string): Promise<MiniSearch> {
    const number = crc(beginning(term)) % this.data.parts;
    let promise = this.parts.get(number);
    if (!promise) {
      promise = this.gather(number);
      this.parts.set(number, promise);
      promise.catch(() => this.parts.delete(number));
    }
    return promise;
  }

  private async gather(part: number): Promise<MiniSearch> {
    const loaded = await Promise.all(
      this.groups.map(({ version }, group) => this.load<readonly Entry[]>(`search-${group.toString(16)}-${hex(part)}`, version)),
    );
    const merged = new Map<string, Record<string, Record<string, number>>>();
    const documentIds: Record<string, number> = {};
    const fieldLength: Record<string, [number, number, number]> = {};
    loaded.forEach((entries, group) => {
      const { notes } = this.groups[group]!;
      for (const [word, fields] of entries) {
        let known = merged.get(word);
        if (!known) {
          merged.set(word, (known = {}));
        }
        for (const [field, documents] of Object.entries(fields)) {
          const counts = (known[field] ??= {});
          for (const [place, count] of Object.entries(documents)) {
            const note = notes[Number(place)];
            if (note !== undefined) {
              counts[note] = count;
              documentIds[note] = note;
            }
          }
        }
      }
    });
    let total = 0;
    this.stored.forEach(({ size }, note) => {
      const length = STEP ** size / LETTERS;
      total += length;
      if (note in documentIds) {
        fieldLength[note] = [1, 1, length];
      }
    });
    const count = this.stored.length;
    return MiniSearch.loadJS(
      {
        documentCount: count,
        nextId: count,
        documentIds,
        fieldIds: { heading: 0, definition: 1, text: 2 },
        fieldLength,
        averageFieldLength: [1, 1, total / Math.max(count, 1)],
        storedFields: {},
        dirtCount: 0,
        index: [...merged],
        serializationVersion: 2,
      } as unknown as AsPlainObject,
      options(TEXTS),
    );
  }

  /** The notes that have all the words; if there are none, those that have most of them. */
  private joined(query: string, found: readonly Matches[]): Answer {
    const all = found.reduce<Matches>((one, other) => added(one, other), new Map());
    const having = (note: number) => found.filter((matches) => matches.has(note)).length;
    const whole = [...all].filter(([note]) => having(note) === found.length);
    const some = !whole.length && all.size > 0;
    const matches: Matches = some ? all : new Map(whole);
    const wanted = key(query);
    for (const [note, match] of matches) {
      if (some) {
        match.score += 100 * having(note);
      }
      const keys = this.keys[note]!;
      if (keys.includes(wanted)) {
        match.score += SAME_TITLE;
      } else if (keys[0]!.startsWith(wanted)) {
        match.score += SAME_BEGINNING;
      }
    }
    return { hits: this.ranked(matches), some };
  }

  private ranked(matches: Matches): Hit[] {
    const order = [...matches].sort(([one, a], [other, b]) => b.score - a.score || one - other);
    return order.map(([note, match]) => {
      const { title, kind = "", folder = "", names = [] } = this.stored[note]!;
      const has = (text: string) => words(text).filter((word) => match.words.has(word)).length;
      return {
        address: this.addresses[note]!,
        title,
        kind,
        folder,
        get also() {
          const inTitle = has(title);
          return names.find((name) => has(name) > inTitle) ?? "";
        },
        words: match.words,
        score: match.score,
      };
    });
  }
}

/** What either has found, in one: the scores of what both have added up. */
function added(one: Matches, other: Matches): Matches {
  const all: Matches = new Map([...one].map(([note, match]) => [note, { score: match.score, words: new Set(match.words) }]));
  for (const [note, { score, words }] of other) {
    const known = all.get(note);
    if (known) {
      known.score += score;
      words.forEach((word) => known.words.add(word));
    } else {
      all.set(note, { score, words: new Set(words) });
    }
  }
  return all;
}
