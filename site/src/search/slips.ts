/** Words that others may have been meant by. */

// So much of a word may be wrong; more would make it another.
const WRONG = 0.4;
const MOST = 4;

/** The word that it takes fewest slips to make of another, if one is near at all; a beginning is seldom wrong. */
export function nearest(word: string, known: readonly string[]): string | null {
  const most = Math.min(MOST, Math.floor(word.length * WRONG));
  let best: string | null = null;
  let least = 2 * most + 2;
  for (const other of known) {
    if (Math.abs(other.length - word.length) <= most) {
      const cost = 2 * distance(word, other, most) + (other[0] === word[0] ? 0 : 1);
      if (cost < least) {
        best = other;
        least = cost;
      }
    }
  }
  return best;
}

/** How many letters are wrong, missing, too many or in the wrong order; more than `most` where there are more. */
export function distance(one: string, other: string, most = Infinity): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const next = [row];
    let least = row;
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      let count = Math.min(last[column]! + 1, next[column - 1]! + 1, last[column - 1]! + (isSame ? 0 : 1));
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) {
        count = Math.min(count, before[column - 2]! + 1);
      }
      next.push(count);
      least = Math.min(least, count);
    }
    if (least > most) {
      return most + 1;
    }
    [before, last] = [last, next];
  }
  return last[other.length]!;
}
