/** What was inconclusive, because the machine was busy, runs at most this often. No failure is ever run again. */
export const MAX_ATTEMPTS = 5;
