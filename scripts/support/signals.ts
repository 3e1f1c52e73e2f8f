/** One Ctrl-C may come twice: from the terminal, and passed on by the process above. */
const SAME_SIGNAL_MS = 1_000;

/** Resolves at the first SIGINT, SIGTERM or SIGHUP, or when `other` calls back; a second signal ends the process at once. */
export function untilAskedToStop(other?: (onAsked: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    let endOther: (() => void) | undefined;
    const ask = (): void => {
      askedAt ??= Date.now();
      endOther?.();
      resolve();
    };
    endOther = other?.(ask);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (askedAt !== undefined && Date.now() - askedAt > SAME_SIGNAL_MS) process.exit(130);
        ask();
      });
    }
  });
}
