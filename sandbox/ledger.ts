import type { Actor, VendorName } from './operation.ts';
import type { Collection, Store } from './store.ts';

export type LedgerEntry = {
  n: number;
  at: string;
  vendor: VendorName;
  method: string;
  path: string;
  operation: string;
  recordId: string | undefined;
  /** HTTP status answered; 0 when the request was cut or left hanging before any work. */
  status: number;
  /** Whether anything is other than before: false for a write of what is there already, or a refused one. */
  changed: boolean;
  body: unknown;
  fault?: string | undefined;
};

export type RequestCount = { vendor: VendorName; method: string; path: string; status: number; count: number };

type StoredEntry = LedgerEntry & { id: string };
const kept = 50_000;

/** What was asked of the vendors through their APIs: every write whole, every request as a count. */
export class Ledger {
  readonly #entries: Collection<StoredEntry>;
  readonly #counts = new Map<string, RequestCount>();
  #next: number;

  constructor(store: Store) {
    this.#entries = store.collection<StoredEntry>('ledger');
    this.#next = 1 + (this.#entries.all().at(-1)?.n ?? 0);
  }

  write(entry: Omit<LedgerEntry, 'n'>): void {
    const n = this.#next++;
    this.#entries.put({ id: String(n), n, ...entry });
    this.#entries.delete(String(n - kept));
  }

  count(vendor: VendorName, actor: Actor, method: string, path: string, status: number): void {
    if (actor === 'user') return;
    const key = `${vendor} ${method} ${path} ${status}`;
    const known = this.#counts.get(key);
    if (known) known.count += 1;
    else this.#counts.set(key, { vendor, method, path, status, count: 1 });
  }

  since(n: number): LedgerEntry[] {
    return this.#entries
      .all()
      .filter((entry) => entry.n > n)
      .map(({ id: _id, ...entry }) => entry);
  }

  counts(): RequestCount[] {
    return [...this.#counts.values()];
  }

  clear(): void {
    this.#entries.clear();
    this.#counts.clear();
  }
}
