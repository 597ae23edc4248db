import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { TlsFiles } from "../relay/transports.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Reads the files of one leg's TLS.
 *
 * @param secure its URL is one with TLS.
 * @param prefix what comes before the names of its options, such as "to-".
 */
export function readTls(
  verb: "listen" | "connect",
  secure: boolean,
  { cert, key, ca, insecure = false }: TlsOptions,
  prefix = "",
): TlsFiles {
  const name = (option: string) => `--${prefix}${option}`;
  if (verb === "listen" && insecure) {
    throw new UsageError(
      "--insecure is for connect: it trusts whatever certificate the server has",
    );
  }
  const isGiven = cert !== undefined || key !== undefined || ca !== undefined || insecure;
  if (isGiven && !secure) {
    const where = verb === "listen" ? "listening on" : "connecting to";
    const options = [name("cert"), name("key"), name("ca")];
    if (verb === "connect") options.push(name("insecure"));
    const list = `${options.slice(0, -1).join(", ")} and ${options.at(-1)}`;
    throw new UsageError(`${list} are for ${where} tls://, wss:// and grpcs://`);
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError(`${name("cert")} and ${name("key")} go together`);
  }
  if (verb === "listen" && secure && cert === undefined) {
    throw new UsageError(
      "listening with TLS needs --cert and --key; to make a pair to try it with:\n" +
        "  openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out cert.pem",
    );
  }
  const files = {
    cert: readPem(name("cert"), cert, "certificate", (pem) => new X509Certificate(pem)),
    key: readPem(name("key"), key, "private key", createPrivateKey),
    ca: readPem(name("ca"), ca, "certificate", (pem) => new X509Certificate(pem)),
  };
  if (files.cert !== undefined && files.key !== undefined) {
    const fits = new X509Certificate(files.cert).checkPrivateKey(createPrivateKey(files.key));
    if (!fits) {
      throw new UsageError(
        `${name("cert")} ${cert} is not the certificate of ${name("key")} ${key}`,
      );
    }
  }
  return { ...files, insecure };
}

/** The files of one leg, as they were named. */
interface TlsOptions {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly ca?: string | undefined;
  readonly insecure?: boolean | undefined;
}

/** Reads a file, and proves what it holds: later, OpenSSL does not say which of them was wrong. */
function readPem(
  option: string,
  path: string | undefined,
  what: string,
  parse: (pem: Buffer) => unknown,
): Buffer | undefined {
  if (path === undefined) return undefined;
  let pem: Buffer;
  try {
    pem = readFileSync(path);
  } catch (error) {
    throw new UsageError(`${option}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!new RegExp(`-----BEGIN [A-Z0-9 ]*${what.toUpperCase()}-----`).test(pem.toString("latin1"))) {
    throw new UsageError(`${option} ${path}: no PEM ${what} in it (-----BEGIN ...)`);
  }
  try {
    parse(pem);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${option} ${path}: its ${what} cannot be read: ${why}`);
  }
  return pem;
}
