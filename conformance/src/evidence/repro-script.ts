/** A script that repeats one case. */

import type { CaseResult } from "../model.ts";
import { roleWords } from "../report/layout.ts";
import { quote } from "../shell.ts";

/**
 * It goes to where the run was made, if there is such a place, as the testee's command line may
 * be relative to it, and keeps what it finds beside the evidence that it repeats.
 */
export function reproScript(result: CaseResult, workingDirectory: string): string {
  const place = quote(workingDirectory);
  return `#!/bin/sh
# ${result.caseId} on ${result.transport}, ${roleWords(result.role)}: ${result.verdict}.
# Options that you add come last and win.
here=$(cd "$(dirname "$0")" && pwd) || exit 3
if [ -d ${place} ]; then cd ${place} || exit 3; fi
exec ${result.repro} --evidence all --reports "$here/again" "$@"
`;
}
