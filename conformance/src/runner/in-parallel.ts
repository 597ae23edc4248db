/** Does all jobs, at most `width` at a time; the first error stops what has not begun, and waits for what has. */
export async function inParallel<T>(
  jobs: readonly T[],
  width: number,
  act: (job: T) => Promise<void>,
): Promise<void> {
  const queue = jobs.values();
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    for (const job of queue) {
      if (hasFailed) return;
      try {
        await act(job);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.max(1, width) }, worker);
  for (const outcome of await Promise.allSettled(workers))
    if (outcome.status === "rejected") throw outcome.reason;
}
