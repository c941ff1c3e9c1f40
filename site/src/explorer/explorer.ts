/** What the parts of the interface share: the vault, what is looked at, and what of it is shown. */

import type { Vault } from "./data";
import type { Drawing, Lit } from "./map";
import type { Shown } from "./filters";
import type { Colouring, Theme } from "./palette";
import type { Search } from "./search";
import type { Store } from "./state";
import type { Step, Way } from "./walks";

export interface View {
  readonly shown: Shown;
  readonly lit: Lit | null;
  /** The path from the note in focus, if one is asked for; null if there is none. */
  readonly way: Way | null;
  readonly steps: readonly Step[];
}

export interface Explorer {
  readonly vault: Vault;
  readonly store: Store;
  readonly search: Search;
  /** Null where the browser has no WebGL. */
  readonly drawing: Drawing | null;
  readonly view: () => View;
  readonly theme: () => Theme;
  readonly colours: () => Colouring;
  /** Brings a note into focus. */
  readonly open: (node: number) => void;
  /** Says something to those who listen. */
  readonly say: (message: string) => void;
}

/** A part of the interface: made once, and told when what is looked at has changed. */
export interface Part {
  readonly element: HTMLElement;
  update(view: View): void;
}
