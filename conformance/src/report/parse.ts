import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Report } from "../model.ts";

const SCHEMA_URL = new URL("../../schema/report.schema.json", import.meta.url);

/** Reads a report.json; throws an error that says what is wrong with it, if something is. */
export function parseReport(text: string): Report {
  const value: unknown = JSON.parse(text);
  const version = (value as { schema?: unknown } | null)?.schema;
  if (typeof version === "number" && version !== 1)
    throw new Error(`it has schema ${version}, and this suite reads 1`);
  const ajv = new Ajv2020({ strictTypes: false });
  const validate = ajv.compile<Report>(JSON.parse(readFileSync(SCHEMA_URL, "utf8")));
  if (validate(value)) return value;
  const first = validate.errors?.[0];
  throw new Error(`${first?.instancePath || "it"} ${first?.message ?? "does not fit the schema"}`);
}
