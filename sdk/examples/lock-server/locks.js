/** Named locks, granted in order. Who holds one, or waits for it, does so no longer than a signal lasts. */
export class Locks {
  /** @type {Map<string, { owner: string, grant: () => void }[]>} the first of each list holds the lock */
  #queues = new Map();

  /**
   * Waits for the lock `name`; call what this resolves with to give it back. When
   * `signal` aborts, that is done for you: with `session.signal` no lock outlives
   * the session of its owner, whatever ended that.
   *
   * @param {string} name
   * @param {{ owner: string, signal: AbortSignal }} options
   * @returns {Promise<() => void>}
   */
  acquire(name, { owner, signal }) {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, queue);
      const leave = () => {
        signal.removeEventListener("abort", leave);
        const place = queue.indexOf(entry);
        if (place >= 0) queue.splice(place, 1);
        if (place === 0) queue[0]?.grant();
        if (queue.length === 0) this.#queues.delete(name);
        reject(signal.reason); // of no effect for one that was granted
      };
      const entry = { owner, grant: () => resolve(leave) };
      signal.addEventListener("abort", leave);
      if (queue.push(entry) === 1) entry.grant();
    });
  }

  /** The owner of `name`, and after it those who wait, as an array of names. */
  queue(/** @type {string} */ name) {
    return (this.#queues.get(name) ?? []).map(({ owner }) => owner);
  }
}
