/** What scripts have of the notes: titles at once, and of the texts as much as is asked for. */

import MiniSearch, { type AsPlainObject, type Options, type SearchOptions } from "minisearch";
import { beginning } from "./words";
import { crc, hex } from "./data";

/** What a script hands over; `version` tells its contents apart where numbers in it would mean others. */
export type Load = <Value>(name: string, version?: string) => Promise<Value>;

type Entry<Of> = readonly [word: string, Of];
type Postings = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Stored {
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
  /** The numbers of the notes that have each tag. */
  readonly tags: readonly Entry<readonly number[]>[];
  readonly titles: AsPlainObject & {
    readonly documentCount: number;
    readonly documentIds: Readonly<Record<string, string>>;
    readonly storedFields: Readonly<Record<string, Stored>>;
  };
}

/** Texts of a note: the id and text of a heading, and what stands below it. */
export type Section = readonly [id: string, heading: string, text: string];

export interface Match {
  score: number;
  /** How much the place of a word says of the note. */
  rank: number;
  readonly words: Set<string>;
}
/** What is found, by the numbers of notes. */
export type Matches = Map<number, Match>;

/** Where a word stands in each note: the first place, and how far each next is from the last. */
export type Places = ReadonlyMap<number, readonly number[]>;

const TITLES = { title: 10, name: 8, tag: 3 };
const TEXTS = { heading: 3, definition: 2.5, text: 1 };
export const RANKS: Readonly<Record<string, number>> = { title: 5, name: 4, heading: 3, tag: 3, definition: 2, text: 1 };
const STEP = 1.25;
// Characters of a word in running text, roughly; what lengths are counted in makes little difference.
const LETTERS = 6;

const asIs = (text: string): string[] => [text];
const options = (boost: Record<string, number>): Options => ({
  fields: Object.keys(boost),
  storeFields: ["title"],
  tokenize: asIs,
  processTerm: (term) => term,
  searchOptions: { boost },
});

/** What is made once of each key; what fails is tried again. */
class Kept<Value> {
  private readonly made = new Map<number, Promise<Value>>();

  constructor(private readonly make: (key: number) => Promise<Value>) {}

  get(key: number): Promise<Value> {
    let promise = this.made.get(key);
    if (!promise) {
      promise = this.make(key);
      this.made.set(key, promise);
      promise.catch(() => this.made.delete(key));
    }
    return promise;
  }
}

export class Index {
  readonly stored: readonly Stored[];
  readonly addresses: readonly string[];
  /** All names of each note, its title first. */
  readonly names: readonly (readonly string[])[];
  /** The words of titles, other names and tags. */
  readonly inNames: readonly string[];
  private readonly titles: MiniSearch;
  private readonly number = new Map<string, number>();
  /** The numbers of the notes of each group, in their order there, and what tells this order from another. */
  private readonly groups: readonly { readonly notes: number[]; readonly version: string }[];
  private readonly parts = new Kept((part) => this.gather(part));
  private readonly placed = new Kept((part) => this.place(part));
  private readonly listed = new Kept(() => this.list());
  private readonly shares = new Kept((share) => this.load<Readonly<Record<string, readonly Section[]>>>(`text-${hex(share)}`));

  constructor(
    readonly data: Data,
    private readonly load: Load,
  ) {
    this.titles = MiniSearch.loadJS(data.titles, options(TITLES));
    const { documentIds, storedFields, documentCount } = data.titles;
    const documents = Array.from({ length: documentCount }, (_, index) => index);
    this.addresses = documents.map((index) => documentIds[index]!);
    this.stored = documents.map((index) => storedFields[index]!);
    this.names = this.stored.map(({ title, names = [] }) => [title, ...names]);
    this.inNames = (data.titles.index as readonly Entry<unknown>[]).map(([word]) => word);
    const groups: number[][] = Array.from({ length: data.groups }, () => []);
    this.addresses.forEach((address, index) => {
      this.number.set(address, index);
      groups[crc(address) % data.groups]!.push(index);
    });
    this.groups = groups.map((notes) => ({
      notes,
      version: crc(notes.map((note) => this.addresses[note]).join("\n")).toString(36),
    }));
  }

  /** The part that a word is filed in. */
  part(word: string): number {
    return crc(beginning(word)) % this.data.parts;
  }

  inTitles(word: string, search: SearchOptions): Matches {
    return matches(this.titles, word, search, (id) => this.number.get(id as string)!);
  }

  async inTexts(word: string, search: SearchOptions): Promise<Matches> {
    return matches(await this.parts.get(this.part(word)), word, search, (id) => id as number);
  }

  /** Where the words stand that are filed with one. */
  places(word: string): Promise<ReadonlyMap<string, Places>> {
    return this.placed.get(this.part(word));
  }

  /** The words of names and texts that others may stand within. */
  words(): Promise<readonly string[]> {
    return this.listed.get(0);
  }

  /** The sections of a note, for excerpts. */
  async sections(address: string): Promise<readonly Section[]> {
    const told = await this.shares.get(crc(address) % this.data.texts);
    return Object.hasOwn(told, address) ? told[address]! : [];
  }

  /** What the scripts of a part have, group by group. */
  private all<Of>(stem: string, part: number): Promise<(readonly Entry<Of>[])[]> {
    return Promise.all(
      this.groups.map(({ version }, group) => this.load<readonly Entry<Of>[]>(`${stem}-${group.toString(16)}-${hex(part)}`, version)),
    );
  }

  /** The index of the words of a part, of all groups together. */
  private async gather(part: number): Promise<MiniSearch> {
    const merged = new Map<string, Record<string, Record<string, number>>>();
    const documentIds: Record<string, number> = {};
    const fieldLength: Record<string, [number, number, number]> = {};
    (await this.all<Postings>("search", part)).forEach((entries, group) => {
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

  private async place(part: number): Promise<ReadonlyMap<string, Places>> {
    const merged = new Map<string, Map<number, readonly number[]>>();
    (await this.all<Readonly<Record<string, readonly number[]>>>("places", part)).forEach((entries, group) => {
      const { notes } = this.groups[group]!;
      for (const [word, documents] of entries) {
        let known = merged.get(word);
        if (!known) {
          merged.set(word, (known = new Map()));
        }
        for (const [place, at] of Object.entries(documents)) {
          const note = notes[Number(place)];
          if (note !== undefined) {
            known.set(note, at);
          }
        }
      }
    });
    return merged;
  }

  private async list(): Promise<readonly string[]> {
    const all = await Promise.all(this.groups.map((_, group) => this.load<string>(`words-${group.toString(16)}`)));
    return [...new Set([...this.inNames, ...all.flatMap(unpacked)])];
  }
}

/** Sorted words in one text: of each, in base 36, how many characters of the last one it begins with, and the rest. */
function unpacked(text: string): string[] {
  let last = "";
  return text ? text.split(" ").map((each) => (last = [...last].slice(0, parseInt(each[0]!, 36)).join("") + each.slice(1))) : [];
}

function matches(index: MiniSearch, word: string, search: SearchOptions, number: (id: unknown) => number): Matches {
  const found: Matches = new Map();
  for (const { id, score, match } of index.search(word, search)) {
    const rank = Math.max(...Object.values(match).flatMap((fields) => fields.map((field) => RANKS[field]!)));
    found.set(number(id), { score, rank, words: new Set(Object.keys(match)) });
  }
  return found;
}
