import fs from 'node:fs';
import path from 'node:path';

export type Stored = { id: string };
type Keys = string | undefined | readonly string[];
type Index<T> = { keysOf: (record: T) => Keys; buckets: Map<string, Set<string>> };

/** Records of one kind in order of creation, with optional look-up by other keys. Records are replaced, never changed in place. */
export class Collection<T extends Stored> {
  readonly #records = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();
  readonly #changed: (id: string, record: T | undefined) => void;

  constructor(changed: (id: string, record: T | undefined) => void, indexes: Record<string, (record: T) => Keys>) {
    this.#changed = changed;
    for (const [name, keysOf] of Object.entries(indexes)) this.#indexes.set(name, { keysOf, buckets: new Map() });
  }

  get size(): number {
    return this.#records.size;
  }

  get(id: string): T | undefined {
    return this.#records.get(id);
  }

  all(): T[] {
    return [...this.#records.values()];
  }

  /** The records whose index `name` holds `key`, oldest first. */
  by(name: string, key: string): T[] {
    const ids = this.#indexes.get(name)?.buckets.get(key) ?? [];
    return [...ids].flatMap((id) => this.#records.get(id) ?? []);
  }

  put(record: T): T {
    this.load(record);
    this.#changed(record.id, record);
    return record;
  }

  delete(id: string): void {
    const record = this.#records.get(id);
    if (!record) return;
    this.#unindex(record);
    this.#records.delete(id);
    this.#changed(id, undefined);
  }

  clear(): void {
    for (const id of this.#records.keys()) this.delete(id);
  }

  /** Takes a record in without journalling it: what was read from the journal. */
  load(record: T): void {
    const before = this.#records.get(record.id);
    if (before) this.#unindex(before);
    this.#records.set(record.id, record);
    for (const index of this.#indexes.values()) {
      for (const key of keyList(index.keysOf(record))) {
        const bucket = index.buckets.get(key);
        if (bucket) bucket.add(record.id);
        else index.buckets.set(key, new Set([record.id]));
      }
    }
  }

  #unindex(record: T): void {
    for (const index of this.#indexes.values()) {
      for (const key of keyList(index.keysOf(record))) index.buckets.get(key)?.delete(record.id);
    }
  }
}

function keyList(keys: Keys): readonly string[] {
  if (keys === undefined || keys === '') return [];
  return typeof keys === 'string' ? [keys] : keys;
}

const mostJournalBytes = 64 * 1024 * 1024;

/**
 * Collections kept in `<dataDir>/sandbox.journal`, one JSON line `[collection, id, record or null]` per change.
 * A flush is one synchronous write, so what was flushed survives kill -9. Without `dataDir`, memory only.
 */
export class Store {
  /** True if an earlier run left records here. */
  readonly hasHistory: boolean;
  /** How many changes there were in this run. */
  changes = 0;
  readonly #file: string | undefined;
  readonly #read = new Map<string, Map<string, Stored>>();
  readonly #collections = new Map<string, Collection<never>>();
  #lines: string[] = [];
  #descriptor: number | undefined;
  #bytes = 0;
  #flushDue = false;

  constructor(dataDir: string | undefined) {
    if (dataDir !== undefined) {
      fs.mkdirSync(dataDir, { recursive: true });
      this.#file = path.join(dataDir, 'sandbox.journal');
      this.#readJournal(this.#file);
    }
    this.hasHistory = this.#read.size > 0;
  }

  collection<T extends Stored>(name: string, indexes: Record<string, (record: T) => Keys> = {}): Collection<T> {
    const collection = new Collection<T>((id, record) => this.#append(name, id, record), indexes);
    for (const record of this.#read.get(name)?.values() ?? []) collection.load(record as T);
    this.#read.delete(name);
    this.#collections.set(name, collection as unknown as Collection<never>);
    return collection;
  }

  /** Writes the journal anew with nothing but what is there; to be called once when all collections are open. */
  compact(): void {
    if (this.#file === undefined) return;
    const lines: string[] = [];
    for (const [name, collection] of this.#collections) {
      for (const record of collection.all() as Stored[]) lines.push(line(name, record.id, record));
    }
    fs.writeFileSync(`${this.#file}.new`, lines.join(''));
    fs.renameSync(`${this.#file}.new`, this.#file);
    if (this.#descriptor !== undefined) fs.closeSync(this.#descriptor);
    this.#descriptor = fs.openSync(this.#file, 'a');
    this.#lines = [];
    this.#bytes = 0;
  }

  flush(): void {
    if (this.#lines.length === 0 || this.#descriptor === undefined) return;
    const text = this.#lines.join('');
    this.#lines = [];
    this.#bytes += fs.writeSync(this.#descriptor, text);
    if (this.#bytes > mostJournalBytes) this.compact();
  }

  close(): void {
    this.flush();
    if (this.#descriptor !== undefined) fs.closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #append(name: string, id: string, record: Stored | undefined): void {
    this.changes += 1;
    if (this.#descriptor === undefined) return;
    this.#lines.push(line(name, id, record));
    if (this.#flushDue) return;
    this.#flushDue = true;
    setImmediate(() => {
      this.#flushDue = false;
      this.flush();
    });
  }

  #readJournal(file: string): void {
    if (!fs.existsSync(file)) return;
    for (const text of fs.readFileSync(file, 'utf8').split('\n')) {
      const entry = parseLine(text);
      if (!entry) continue;
      const [name, id, record] = entry;
      const records = this.#read.get(name) ?? new Map<string, Stored>();
      this.#read.set(name, records);
      if (record) records.set(id, record);
      else records.delete(id);
    }
  }
}

function line(name: string, id: string, record: Stored | undefined): string {
  return `${JSON.stringify([name, id, record ?? null])}\n`;
}

/** A process killed within a write leaves half a last line: it was never acknowledged, so it is left out. */
function parseLine(text: string): [string, string, Stored | null] | undefined {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as [string, string, Stored | null];
  } catch {
    return undefined;
  }
}
