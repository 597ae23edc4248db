import { el, icon } from "./dom.js";

/**
 * A choice that is on or off.
 *
 * @param {{ look: string, meaning: string, words: (string | Node)[], pressed: boolean, toggle: () => boolean }} what
 */
export function chip({ look, meaning, words, pressed, toggle }) {
  const button = el(
    "button",
    {
      type: "button",
      class: `chip v-${look}`,
      "aria-pressed": String(pressed),
      title: meaning,
      onclick: () => button.setAttribute("aria-pressed", String(toggle())),
    },
    icon(`v-${look}`),
    ...words,
  );
  return button;
}
