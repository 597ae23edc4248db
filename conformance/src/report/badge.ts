import type { Report } from "../model.ts";
import { caseScore } from "./findings.ts";
import { oneLine } from "./text/clean.ts";

/** A badge as the endpoint of shields.io takes it. */
export interface Badge {
  readonly schemaVersion: 1;
  readonly label: string;
  readonly message: string;
  readonly color: string;
}

/** "protocol 1: 115/115 cases", green only if the run was. */
export function badgeOf(report: Report): Badge {
  const { good, judged } = caseScore(report);
  const protocol = `protocol ${report.protocolVersion}`;
  const message = judged === 0 ? `${protocol}: not judged` : `${protocol}: ${good}/${judged} cases`;
  return { schemaVersion: 1, label: "pulsewire", message, color: colorOf(report) };
}

function colorOf({ exitCode }: Report): string {
  switch (exitCode) {
    case 0:
      return "brightgreen";
    case 2:
      return "yellow";
    case 3:
    case 129:
    case 130:
    case 143:
      return "lightgrey";
    default:
      return "red";
  }
}

/** White on each of them is readable: a contrast of 4.5 at least. */
const PAINT: Readonly<Record<string, string>> = {
  brightgreen: "#1b7f4d",
  yellow: "#8a6100",
  lightgrey: "#626873",
  red: "#c8242f",
};

const HEIGHT = 20;
const PADDING = 7;
/** Of the font below at 11 px, on average; `textLength` makes it fit whatever a machine has. */
const SIGN = 6.4;

/** The same badge as a picture that needs nothing but itself. */
export function renderBadge({ label, message, color }: Badge): string {
  const left = widthOf(label);
  const right = widthOf(message);
  const text = (content: string, x: number): string =>
    `<text x="${x + PADDING}" y="14" textLength="${widthOf(content) - 2 * PADDING}" ` +
    `lengthAdjust="spacingAndGlyphs">${escapeXml(content)}</text>`;
  const name = escapeXml(`${label}: ${message}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="${HEIGHT}" role="img" aria-label="${name}">
<title>${name}</title>
<clipPath id="round"><rect width="${left + right}" height="${HEIGHT}" rx="4"/></clipPath>
<g clip-path="url(#round)"><rect width="${left}" height="${HEIGHT}" fill="#3b4049"/><rect x="${left}" width="${right}" height="${HEIGHT}" fill="${PAINT[color]}"/></g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">${text(label, 0)}${text(message, left)}</g>
</svg>
`;
}

function widthOf(text: string): number {
  return Math.round(text.length * SIGN) + 2 * PADDING;
}

function escapeXml(text: string): string {
  return oneLine(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
