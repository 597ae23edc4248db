/** Checks what a testee says against schema/testee.schema.json. */
import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { Address } from "../peers/peer.ts";
import type { HelloReply, TesteeLine } from "./contract.ts";

const SCHEMA_URL = new URL("../../schema/testee.schema.json", import.meta.url);

/** A testee that does not keep the contract; nothing it does can be judged. */
export class ContractError extends Error {
  override readonly name = "ContractError";
}

export class ContractValidator {
  readonly #line: ValidateFunction<TesteeLine>;
  readonly #hello: ValidateFunction<HelloReply>;
  readonly #listening: ValidateFunction<{ address: Address }>;

  constructor() {
    const ajv = new Ajv2020({ allErrors: false });
    ajv.addSchema(JSON.parse(readFileSync(SCHEMA_URL, "utf8")), "testee");
    const at = <T>(ref: string): ValidateFunction<T> => {
      const validate = ajv.getSchema<T>(ref);
      if (validate === undefined) throw new Error(`the schema has no ${ref}`);
      return validate as ValidateFunction<T>;
    };
    this.#line = at("testee");
    this.#hello = at("testee#/$defs/hello");
    this.#listening = at("testee#/$defs/listening");
  }

  /** One line of standard output. */
  line(text: string): TesteeLine {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new ContractError(`not JSON: ${shorten(text)}`);
    }
    return valid(this.#line, value, "line");
  }

  hello(value: unknown): HelloReply {
    return valid(this.#hello, value, "reply to hello");
  }

  listening(value: unknown): { readonly address: Address } {
    return valid(this.#listening, value, "reply to open");
  }
}

function valid<T>(validate: ValidateFunction<T>, value: unknown, what: string): T {
  if (validate(value)) return value;
  const first = validate.errors?.at(-1);
  const where = first?.instancePath ? `${first.instancePath} ` : "";
  throw new ContractError(
    `this ${what} ${where}${first?.message ?? "is not valid"}: ${shorten(JSON.stringify(value))}`,
  );
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
