import type { RecordKind } from '../rules/records.ts';
import type { Listed } from '../rules/walk.ts';
import type { Db } from '../store/database.ts';
import type { Walk } from '../store/walks.ts';
import type { CallOptions } from '../vendors/operation.ts';
import type { Clients } from './read.ts';

/** What a list is read with. */
export interface Reading {
  readonly db: Db;
  readonly clients: Clients;
  readonly addressKey: Buffer;
  readonly options: CallOptions;
  /** What changed later is left for the next lap: its own webhook may be on its way, and an index may lag. */
  readonly until: Date;
}

/** One page of a list. */
export interface Page {
  readonly listed: readonly Listed[];
  /** Where the next page begins; undefined: this was the last one. */
  readonly next?: unknown;
  readonly calls: number;
  /** These contacts' items of these kinds are listed in full: what is not there is gone. */
  readonly whole?: { readonly kinds: readonly RecordKind[]; readonly parentIds: readonly string[] };
  /** Of a list that goes on where it ended: where its next lap begins. */
  readonly resume?: unknown;
}

/** A list that a walk goes through. */
export interface List {
  readonly name: string;
  /** The kinds that it lists all of: what it has not, at its end, is gone. */
  readonly all: readonly RecordKind[];
  read(reading: Reading, walk: Walk, at: unknown): Promise<Page>;
}
