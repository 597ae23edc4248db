/** Says in words what is wrong with a line of a testee. */
import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";

const SCHEMA_URL = new URL("../../schema/testee.schema.json", import.meta.url);

type Definition = "ok" | "err" | "opened" | "said" | "hello" | "listening";

export class ContractSchema {
  readonly #ajv = new Ajv2020({ allErrors: true });

  constructor() {
    this.#ajv.addSchema(JSON.parse(readFileSync(SCHEMA_URL, "utf8")), "testee");
  }

  /** What is wrong with a line; undefined if it is a reply or an event. */
  problemOfLine(value: unknown): string | undefined {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return "a line is one JSON object";
    if ("event" in value) return this.problemOf(value.event === "open" ? "opened" : "said", value);
    if ("err" in value) return this.problemOf("err", value);
    if ("ok" in value) return this.problemOf("ok", value);
    return 'a line has "ok" or "err", with the id of the command, or it has "event"';
  }

  /** What is wrong with a part of a line; undefined if nothing is. */
  problemOf(definition: Definition, value: unknown): string | undefined {
    const validate = this.#ajv.getSchema(`testee#/$defs/${definition}`);
    if (validate === undefined) throw new Error(`the schema has no ${definition}`);
    if (validate(value) === true) return undefined;
    return (validate.errors ?? []).map(inWords).join("; ");
  }
}

function inWords({ instancePath, keyword, params, message }: ErrorObject): string {
  const where = instancePath === "" ? "it" : `"${instancePath.slice(1).replaceAll("/", ".")}"`;
  switch (keyword) {
    case "enum":
      return `${where} must be one of ${list(params["allowedValues"])}`;
    case "const":
      return `${where} must be ${JSON.stringify(params["allowedValue"])}`;
    case "required":
      return `${where} must have "${params["missingProperty"]}"`;
    case "additionalProperties":
      return `${where} must not have "${params["additionalProperty"]}"`;
    default:
      return `${where} ${message ?? "is not valid"}`;
  }
}

function list(values: unknown): string {
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)).join(", ") : "";
}
