import { readFileSync } from "node:fs";

/** A snippet that a page promises to work: `<!-- run: name -->` before a block of JavaScript. */
export interface Snippet {
  readonly page: string;
  readonly name: string;
  readonly code: string;
}

/** The runnable snippets of a page, which is a path from the root of the repository. */
export function snippetsOf(page: string): Snippet[] {
  const text = readFileSync(new URL(`../../../${page}`, import.meta.url), "utf8");
  const pattern = /<!-- run: (\S+) -->\n```js\n([\s\S]*?)```/g;
  return [...text.matchAll(pattern)].map(([, name = "", code = ""]) => ({ page, name, code }));
}
