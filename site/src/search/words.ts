/**
 * The words that a text is found by.
 *
 * What is said here, `fmvault/publish/search/words.py` says in the same words, and explains; `tests/search/words.json`
 * holds both to it.
 */

const MARKS =
  "\\u0300-\\u036f\\u0483-\\u0489\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7\\u0610-\\u061a\\u064b-\\u065f\\u0670" +
  "\\u06d6-\\u06dc\\u06df-\\u06e4\\u06e7\\u06e8\\u06ea-\\u06ed\\u0711\\u0730-\\u074a\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff";
const UNSEEN =
  "\\u00ad\\u0640\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u2069\\ufe00-\\ufe0f\\ufe20-\\ufe2f\\ufeff";
const SIGNS =
  "\\u0900-\\u0903\\u093a-\\u094f\\u0951-\\u0957\\u0962\\u0963\\u0981-\\u0983\\u09bc-\\u09cd\\u09d7\\u09e2\\u09e3\\u0a01-\\u0a03" +
  "\\u0a3c-\\u0a4d\\u0a51\\u0a70\\u0a71\\u0a75\\u0a81-\\u0a83\\u0abc-\\u0acd\\u0ae2\\u0ae3\\u0b01-\\u0b03\\u0b3c-\\u0b4d" +
  "\\u0b55-\\u0b57\\u0b62\\u0b63\\u0b82\\u0bbe-\\u0bcd\\u0bd7\\u0c00-\\u0c04\\u0c3c-\\u0c4d\\u0c55\\u0c56\\u0c62\\u0c63" +
  "\\u0c81-\\u0c83\\u0cbc-\\u0ccd\\u0cd5\\u0cd6\\u0ce2\\u0ce3\\u0d00-\\u0d03\\u0d3b-\\u0d4d\\u0d57\\u0d62\\u0d63\\u0d81-\\u0d83" +
  "\\u0dca-\\u0df3\\u0e31\\u0e34-\\u0e3a\\u0e47-\\u0e4e\\u0eb1\\u0eb4-\\u0ebc\\u0ec8-\\u0ece\\u0f18\\u0f19\\u0f35\\u0f37\\u0f39" +
  "\\u0f3e\\u0f3f\\u0f71-\\u0f84\\u0f86\\u0f87\\u0f8d-\\u0fbc\\u102b-\\u103e\\u1056-\\u1059\\u105e-\\u1060\\u1062-\\u1064" +
  "\\u1067-\\u106d\\u1071-\\u1074\\u1082-\\u108d\\u108f\\u109a-\\u109d\\u17b4-\\u17d3\\u17dd\\u3099\\u309a";
const UNSPACED =
  "\\u0e00-\\u0eff\\u1000-\\u109f\\u1100-\\u11ff\\u1780-\\u17ff\\u3005-\\u3007\\u3031-\\u3035\\u3041-\\u30ff\\u3105-\\u312f" +
  "\\u31a0-\\u31bf\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3\\u{20000}-\\u{3ffff}";
const LIKE: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ħ: "h",
  ı: "i",
  ŧ: "t",
  ς: "σ",
  "\u0671": "\u0627",
  "\u0649": "\u064a",
  "\u06cc": "\u064a",
  "\u0629": "\u0647",
  "\u06a9": "\u0643",
  "\u06c1": "\u0647",
  "\u06d5": "\u0647",
};
const LONGEST = 32;

const RAW = new RegExp(`[\\p{L}\\p{N}_${MARKS}${UNSEEN}${SIGNS}]+`, "gu");
const TAKEN_OFF = new RegExp(`[${MARKS}${UNSEEN}]+`, "gu");
const LETTER_LIKE = new RegExp(`[${Object.keys(LIKE).join("")}]`, "gu");
const DIGIT_LIKE = /[\u0660-\u0669\u06f0-\u06f9]/gu;
const PART = new RegExp(`[${UNSPACED}]+|(?:(?![${UNSPACED}])[\\p{L}\\p{N}${SIGNS}])+`, "gu");
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, "u");
const PLAIN = /^[a-z0-9]{0,32}$/;

/** A text without what makes no difference: case, accents, points, and ways of writing one letter. */
export function folded(raw: string): string {
  return raw
    .normalize("NFKD")
    .toLowerCase()
    .replace(TAKEN_OFF, "")
    .replace(LETTER_LIKE, (letter) => LIKE[letter]!)
    .replace(DIGIT_LIKE, (digit) => String(digit.charCodeAt(0) & 0xf))
    .normalize("NFC");
}

const partsOf = (raw: string): string[] => folded(raw).match(PART) ?? [];
export const isUnspaced = (part: string): boolean => IS_UNSPACED.test(part);
const clipped = (part: string): string => (part.length > LONGEST ? [...part].slice(0, LONGEST).join("") : part);

/** The words of a text, in order. */
export function words(text: string): string[] {
  return cut(text, (characters) => characters.map((character, at) => character + (characters[at + 1] ?? "")));
}

/** The words to be asked for so that a text is found. The last of several characters alone would find more than is asked for. */
export function asked(text: string): string[] {
  return [
    ...new Set(
      cut(text, (characters) =>
        characters.length === 1 ? characters : characters.slice(1).map((character, at) => characters[at]! + character),
      ),
    ),
  ];
}

/** The words of a text; `pairs` makes those of characters that no spaces part. */
export function cut(text: string, pairs: (characters: string[]) => string[]): string[] {
  const found: string[] = [];
  for (const raw of text.toLowerCase().match(RAW) ?? []) {
    if (PLAIN.test(raw)) {
      found.push(raw);
      continue;
    }
    for (const part of partsOf(raw)) {
      if (isUnspaced(part)) {
        found.push(...pairs([...part]));
      } else {
        found.push(clipped(part));
      }
    }
  }
  return found;
}

/** What of a word decides in which file it is filed. */
export const beginning = (word: string): string => [...word].slice(0, isUnspaced(word) ? 1 : 2).join("");

/** Whether a word may be asked for by its beginning: one of a single letter stands for half of all that there is. */
export const mayBegin = (word: string): boolean => word.length > 1 || isUnspaced(word);

/** Whether a word may be looked for within others, behind their first letter. */
export const mayBeWithin = (word: string): boolean => word.length > 2 && !isUnspaced(word);

/** Whether a slip may be looked for: not where a word has but two characters. */
export const mayBeMisspelt = (word: string): boolean => word.length > 3 && !isUnspaced(word) && !/\d/.test(word);

export interface Placed {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** The words of a text with where each stands in it. */
export function placed(text: string): Placed[] {
  const found: Placed[] = [];
  for (const match of text.matchAll(RAW)) {
    const raw = match[0];
    const start = match.index;
    const lower = raw.toLowerCase();
    if (PLAIN.test(lower)) {
      found.push({ word: lower, start, end: start + raw.length });
      continue;
    }
    const parts = partsOf(lower);
    if (parts.length === 1 && !isUnspaced(parts[0]!)) {
      found.push({ word: clipped(parts[0]!), start, end: start + raw.length });
    } else if (parts.length) {
      placeParts(raw, start, found);
    }
  }
  return found;
}

const CHARACTERS = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Those of a stretch that is more than a word; each character is followed from where it stood. */
function placeParts(raw: string, start: number, found: Placed[]): void {
  let text = "";
  const from: number[] = [];
  const to: number[] = [];
  for (const { segment, index } of CHARACTERS.segment(raw)) {
    const shown = folded(segment);
    text += shown;
    for (let unit = 0; unit < shown.length; unit++) {
      from.push(start + index);
      to.push(start + index + segment.length);
    }
  }
  for (const match of text.matchAll(PART)) {
    const part = match[0];
    const end = match.index + part.length;
    if (!isUnspaced(part)) {
      found.push({ word: clipped(part), start: from[match.index]!, end: to[end - 1]! });
      continue;
    }
    let first = match.index;
    const characters = [...part];
    characters.forEach((character, index) => {
      const next = characters[index + 1] ?? "";
      found.push({ word: character + next, start: from[first]!, end: to[first + character.length + next.length - 1]! });
      first += character.length;
    });
  }
}
