// Elements are made here and nowhere else. Text becomes text nodes, so that no string is markup.

/**
 * @typedef {string | Node | null | undefined} Child
 * @typedef {Record<string, unknown>} Attributes Listeners are those whose name begins with "on".
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An HTML element: `el("a", { class: "x", href: "#y", onclick: f }, "text", child)`.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * An SVG element.
 *
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/**
 * @template {Element} E
 * @param {E} node
 * @param {Attributes} attributes
 * @param {(Child | Child[])[]} children
 * @returns {E}
 */
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function")
      node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat()) {
    if (child === undefined || child === null) continue;
    node.append(typeof child === "string" ? visible(child) : child);
  }
  return node;
}

/**
 * Text with what cannot be seen made visible: control characters, and those that would reorder
 * the text around them, which is how a string can look like what it is not.
 *
 * @param {string} text
 */
export function visible(text) {
  return text
    .replace(/\p{Cc}/gu, (char) => {
      if (char === "\n" || char === "\t") return char;
      const code = char.charCodeAt(0);
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\ufffd";
    })
    .replace(/\p{Bidi_Control}/gu, "\ufffd");
}

/**
 * A symbol of the sprite in the template.
 *
 * @param {string} name
 */
export function icon(name, className = "icon") {
  return svg("svg", { class: className, "aria-hidden": "true" }, svg("use", { href: `#${name}` }));
}

/**
 * A command with a button that copies it.
 *
 * @param {string} text
 */
export function copyable(text) {
  const code = el("code", { tabindex: 0, role: "group", "aria-label": "Command" }, text);
  const button = el("button", { type: "button", class: "copy" }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      // A page from disk may not touch the clipboard in some browsers: select it instead.
      getSelection()?.selectAllChildren(code);
      button.textContent = "Selected";
    }
    setTimeout(() => {
      button.textContent = "Copy";
    }, 1500);
  });
  return el("div", { class: "command" }, code, button);
}

/**
 * A sentence of the specification, with its `code` and *emphasis* as elements.
 *
 * @param {string} text
 * @returns {Child[]}
 */
export function prose(text) {
  return text.split(/(`[^`]+`|\*[^*\s][^*]*\*)/).map((part) => {
    if (/^`.+`$/.test(part)) return el("code", {}, part.slice(1, -1));
    if (/^\*.+\*$/.test(part)) return el("em", {}, part.slice(1, -1));
    return part;
  });
}

/**
 * "12.3 s" and the like.
 *
 * @param {number} ms
 */
export function durationText(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
