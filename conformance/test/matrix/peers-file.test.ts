/** peers.yaml: what it may say, and one clear line for each mistake. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { PeersError, parsePeers } from "../../src/matrix/peers-file.ts";

const GO = `peers:
  go:
    language: Go
    needs: go version
    install: "Go 1.24 or later: https://go.dev/dl/"
    directory: go
    setup: go build -o build/testee ./testee
    test: go test ./...
    testee: ./build/testee
  sdk: { builtin: sdk }
`;

test("a file of peers is read in its order, with what it leaves out", () => {
  expect(parsePeers(GO, "peers.yaml")).toEqual([
    {
      name: "go",
      language: "Go",
      needs: "go version",
      install: "Go 1.24 or later: https://go.dev/dl/",
      directory: "go",
      setup: "go build -o build/testee ./testee",
      test: "go test ./...",
      testee: "./build/testee",
    },
    { name: "sdk", builtin: "sdk" },
  ]);
  const [least] = parsePeers("peers: { c: { language: C, testee: ./c } }", "x");
  expect(least).toEqual({ name: "c", language: "C", directory: ".", testee: "./c" });
});

test("that of this repository is one", () => {
  const file = new URL("../../peers/peers.yaml", import.meta.url);
  expect(parsePeers(readFileSync(file, "utf8"), "peers.yaml").map(({ name }) => name)).toContain(
    "sdk",
  );
});

describe("a mistake is told in one line", () => {
  test.each([
    ["", /line 1: must be a map$/],
    ["peers: [", /peers\.yaml: Flow sequence/],
    ["peers: {}", /line 1: at least one peer has to stand here$/],
    ["peer: {}", /line 1: (there is no key "peer"|"peers" is missing)$/],
    ["peers:\n  go: 3\n", /line 2: go: must be a map$/],
    ["peers:\n  go:\n    language: Go\n", /line 2: go: "testee" is missing$/],
    ["peers:\n  go:\n    testee: ./x\n", /line 2: go: "language" is missing$/],
    [
      "peers:\n  go:\n    language: Go\n    testee: ./x\n    instal: y\n",
      /line 2: go: there is no key "instal"$/,
    ],
    ["peers:\n  go:\n    language: Go\n    testee: 3\n", /line 4: go: "testee" must be a string$/],
    [
      "peers:\n  go:\n    language: ''\n    testee: x\n",
      /line 3: go: "language" must not be empty$/,
    ],
    ["peers:\n  sdk: { builtin: go }\n", /line 2: sdk: "builtin" must be sdk$/],
    ["peers:\n  sdk: { builtin: sdk, testee: x }\n", /line 2: sdk: there is no key "testee"$/],
    ["peers:\n  go:java: { builtin: sdk }\n", /a name begins with a letter/],
    ["peers:\n  a: &a { builtin: sdk }\n  b: *a\n", /aliases have no place here$/],
    ["peers:\n  a: { builtin: sdk }\n  a: { builtin: sdk }\n", /Map keys must be unique/],
  ])("%j", (text, words) => {
    let error: unknown;
    try {
      parsePeers(text, "peers.yaml");
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(PeersError);
    const { message } = error as PeersError;
    expect(message).toMatch(words);
    expect(message).not.toContain("\n");
  });
});
