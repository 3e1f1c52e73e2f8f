/** Resolves at the first SIGINT, SIGTERM or SIGHUP, or when `other` calls back; a second signal ends the process at once. */
export function untilAskedToStop(other?: (onAsked: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    let endOther: (() => void) | undefined;
    const ask = (): void => {
      asked = true;
      endOther?.();
      resolve();
    };
    endOther = other?.(ask);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130);
        ask();
      });
    }
  });
}
