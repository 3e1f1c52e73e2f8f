import type { LedgerEntry } from '../../sandbox/ledger.ts';
import type { Cast } from './scene.ts';
import type { Stage } from './stage.ts';

/** A person who does in one sandbox, in the vendors' own pages, what was written through the APIs of another. */
export class ByHand {
  readonly #stage: Stage;
  /** This sandbox's ids by the other's. */
  readonly #ids = new Map<string, string>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Both casts play the same parts. */
  same(theirs: Cast, ours: Cast): void {
    for (const [part, id] of Object.entries(theirs)) {
      const own = ours[part as keyof Cast];
      if (id && own && id !== own) this.#ids.set(id, own);
    }
  }

  /** `between`: what is waited for after each. */
  async do(writes: readonly LedgerEntry[], between?: () => Promise<void>): Promise<void> {
    for (const { vendor, method, path, body, recordId, status } of writes) {
      if (status === 0 || status >= 300) continue;
      const given = this.#ours({ path, body });
      const answer = await this.#stage.sandbox.asUser<unknown>(vendor, method as 'POST', given.path, given.body);
      const made = idIn(answer);
      if (method === 'POST' && recordId && made && made !== recordId) this.#ids.set(recordId, made);
      await between?.();
    }
  }

  #ours(given: { path: string; body: unknown }): { path: string; body?: object } {
    if (this.#ids.size === 0) return given as { path: string; body?: object };
    const ids = new RegExp([...this.#ids.keys()].join('|'), 'g');
    return JSON.parse(JSON.stringify(given).replaceAll(ids, (id) => this.#ids.get(id) ?? id));
  }
}

/** Of what an answer speaks: `{contact: {id}}`, `[{member: {id}}]`, `{id}`. */
function idIn(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { id } = answer as { id?: unknown };
  if (typeof id === 'string') return id;
  for (const part of Object.values(answer)) {
    const found = idIn(part);
    if (found) return found;
  }
  return undefined;
}
