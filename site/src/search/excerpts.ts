/** The passage of a note that shows best why it was found. */

import type { Section } from "./index";
import { starts, type Phrase } from "./query";
import { placed, type Placed } from "./words";

export interface Excerpt {
  /** The id and the text of the heading it stands below; empty above the first. */
  readonly id: string;
  readonly heading: string;
  readonly text: string;
  readonly marks: readonly (readonly [start: number, end: number])[];
}

const LENGTH = 200;
// So much is shown before the first word that was found.
const BEFORE = 40;
// A word in a heading says more of what stands below it.
const HEADING = 2;
// A phrase, more than any words.
const PHRASE = 1000;

/** What a note was found by: words wherever they stand, and phrases as a whole. */
export interface Wanted {
  readonly words: ReadonlySet<string>;
  readonly phrases?: readonly Phrase[];
}

/** Where what is wanted stands in a text; what touches is in one piece. */
export function marks(text: string, wanted: Wanted): [number, number][] {
  return joined(standing(text, wanted).found);
}

/** The places of all that is wanted, in order, and how many of the phrases are among it. */
function standing(text: string, { words, phrases = [] }: Wanted): { found: Placed[]; phrases: number } {
  const all = placed(text);
  if (!phrases.length) {
    return { found: all.filter(({ word }) => words.has(word)), phrases: 0 };
  }
  const cut = all.map(({ word }) => word);
  const inPhrases = new Set<number>();
  let count = 0;
  for (const phrase of phrases) {
    const begin = starts(cut, phrase);
    count += begin.length ? 1 : 0;
    begin.forEach((start) => phrase.forEach(({ at }) => inPhrases.add(start + at)));
  }
  return { found: all.filter(({ word }, index) => words.has(word) || inPhrases.has(index)), phrases: count };
}

function joined(found: readonly Placed[]): [number, number][] {
  const all: [number, number][] = [];
  for (const { start, end } of found) {
    const last = all.at(-1);
    if (last && start <= last[1]) {
      last[1] = Math.max(last[1], end);
    } else {
      all.push([start, end]);
    }
  }
  return all;
}

/**
 * The excerpt of the section that has most of what is wanted; null of a note without text. Where nothing stands below a
 * heading but others, it is the text below those; the note's own `title` says nothing of where in it a word is.
 */
export function excerpt(sections: readonly Section[], wanted: Wanted, title = ""): Excerpt | null {
  let best: { id: string; heading: string; text: string; found: Placed[] } | null = null;
  let most = -1;
  sections.forEach(([id, heading, own], index) => {
    const text = own || (sections.slice(index + 1).find(([, , text]) => text)?.[2] ?? "");
    const isTitle = heading === title;
    if (!text || (isTitle && !own)) {
      return;
    }
    const { found, phrases } = standing(text, wanted);
    const inHeading = standing(isTitle ? "" : heading, wanted);
    const different = (all: readonly Placed[]) => new Set(all.map(({ word }) => word)).size;
    const score =
      (own ? different(found) + PHRASE * phrases : 0) + HEADING * (different(inHeading.found) + PHRASE * inHeading.phrases);
    if (score > most) {
      most = score;
      best = { id: isTitle ? "" : id, heading: isTitle ? "" : heading, text, found };
    }
  });
  return best && cutOut(best);
}

function cutOut({ id, heading, text, found }: { id: string; heading: string; text: string; found: readonly Placed[] }): Excerpt {
  const from = start(found);
  const first = from <= BEFORE ? 0 : boundary(text, from - BEFORE);
  const end = first + LENGTH >= text.length ? text.length : text.lastIndexOf(" ", first + LENGTH);
  const last = end > first + LENGTH / 2 ? end : Math.min(whole(text, first + LENGTH), text.length);
  const before = first ? "…" : "";
  const shift = before.length - first;
  return {
    id,
    heading,
    text: before + text.slice(first, last) + (last < text.length ? "…" : ""),
    marks: joined(found.filter((each) => each.start >= first && each.end <= last)).map(([a, b]) => [a + shift, b + shift]),
  };
}

/** The word from which on most different ones follow closely. */
function start(found: readonly Placed[]): number {
  let best = found[0]?.start ?? 0;
  let most = 0;
  let last = 0;
  const inside = new Map<string, number>();
  found.forEach((each, index) => {
    while (last < found.length && found[last]!.end <= each.start + LENGTH - BEFORE) {
      inside.set(found[last]!.word, (inside.get(found[last]!.word) ?? 0) + 1);
      last++;
    }
    if (inside.size > most) {
      most = inside.size;
      best = each.start;
    }
    const left = (inside.get(found[index]!.word) ?? 1) - 1;
    if (left > 0) {
      inside.set(found[index]!.word, left);
    } else {
      inside.delete(found[index]!.word);
    }
  });
  return best;
}

/** Where a word begins at or after a place, if one does soon. */
function boundary(text: string, at: number): number {
  const space = text.indexOf(" ", at);
  return space >= 0 && space - at < BEFORE ? space + 1 : whole(text, at);
}

/** A place that does not lie within a character. */
const whole = (text: string, at: number): number => (/[\udc00-\udfff]/.test(text[at] ?? "") ? at + 1 : at);
