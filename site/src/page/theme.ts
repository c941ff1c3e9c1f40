/** Runs before anything is painted: which theme was chosen, and that there are scripts. */

import { chosen } from "./chosen";

const root = document.documentElement;
root.classList.add("js");
const theme = chosen();
if (theme) {
  root.dataset["theme"] = theme;
}
