/** Breaks a line at spaces so that none is wider than `width`; a longer word is cut. */
export function wrap(text: string, width: number): readonly string[] {
  const room = Math.max(1, width);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ +/)) {
    let rest = word;
    if (line !== "" && line.length + 1 + rest.length <= room) {
      line += ` ${rest}`;
      continue;
    }
    if (line !== "") lines.push(line);
    while (rest.length > room) {
      lines.push(rest.slice(0, room));
      rest = rest.slice(room);
    }
    line = rest;
  }
  lines.push(line);
  return lines;
}

/** Cuts a line to `width`, with a sign that it was cut. */
export function truncate(text: string, width: number): string {
  if (text.length <= width) return text;
  return width < 1 ? "" : `${text.slice(0, width - 1)}…`;
}

/** Something to show: how it is painted, and how wide it is without the paint. */
export interface Item {
  readonly painted: string;
  readonly width: number;
}

/** Sets items in lines with a gap between them, and breaks no item. */
export function wrapItems(items: readonly Item[], gap: number, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const item of items) {
    if (used > 0 && used + gap + item.width > width) {
      lines.push(line);
      line = "";
      used = 0;
    }
    if (used > 0) {
      line += " ".repeat(gap);
      used += gap;
    }
    line += item.painted;
    used += item.width;
  }
  if (used > 0) lines.push(line);
  return lines;
}
