// Elements are made here and nowhere else. Text becomes text nodes, so that no string is markup.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element: `el("a", { class: "x", href: "#y", onclick: f }, "text", child)`. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  const shown = children.flat(2).filter((child) => child !== undefined && child !== null);
  node.append(...shown.map((child) => (typeof child === "string" ? visible(child) : child)));
  return node;
}

/**
 * Text with what cannot be seen made visible: control characters, and those that would reorder
 * the text around them, which is how a string can look like what it is not.
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

/** A symbol of the sprite in the template. */
export function icon(name, className = "icon") {
  return svg("svg", { class: className, "aria-hidden": "true" }, svg("use", { href: `#${name}` }));
}

/** A command with a button that copies it. */
export function copyable(text) {
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
  const code = el("code", {}, text);
  return el("div", { class: "command" }, code, button);
}

/** A sentence of the specification, with its `code` and *emphasis* as elements. */
export function prose(text) {
  return text.split(/(`[^`]+`|\*[^*\s][^*]*\*)/).map((part) => {
    if (/^`.+`$/.test(part)) return el("code", {}, part.slice(1, -1));
    if (/^\*.+\*$/.test(part)) return el("em", {}, part.slice(1, -1));
    return part;
  });
}

/** "12.3 s" and the like. */
export function durationText(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
