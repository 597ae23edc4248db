/** The languages that `init` has a skeleton for. */

export interface Language {
  readonly name: string;
  /** What the skeleton needs. */
  readonly needs: string;
  /** What to do once before it can be started, if anything. */
  readonly build?: string;
  /** The command line that starts it, for `--testee`, in the directory of the skeleton. */
  readonly testee: string;
}

export const LANGUAGES: readonly Language[] = [
  { name: "go", needs: "Go 1.22", build: "go build -o testee .", testee: "./testee" },
  { name: "python", needs: "Python 3.11", testee: "python3 testee.py" },
  {
    name: "java",
    needs: "Java 17 and Maven",
    build: "mvn -q package",
    testee: "java -jar target/testee.jar",
  },
  { name: "rust", needs: "cargo", build: "cargo build", testee: "./target/debug/testee" },
  { name: "typescript", needs: "Node 20", testee: "node main.js" },
];
