import { v7 as uuid } from 'uuid';
import type { RecordKind } from '../rules/records.ts';
import { notify } from './claims.ts';
import type { Queryable } from './records.ts';

/** A row of our own: whatever should make a pass is one, written in the transaction that causes it. */
export interface OwnRow {
  connectionId: string;
  /** What happened, as lists show it. */
  event: 'Finding' | 'ApprovalDecided' | 'UndoAsked' | 'Opened' | 'Forgotten' | 'Waited';
  trigger: string;
  /** The record that it is about, by the vendor's id. */
  kind: RecordKind;
  vendorId: string;
  parentKind?: RecordKind;
  parentId?: string;
  /** What it comes from: an approval's id, a plan's. */
  cause?: string;
}

/** Writes a row of our own and has its customer rung at commit. Answers the row's id. */
export async function addOwnRow(tx: Queryable, row: OwnRow): Promise<string> {
  const id = uuid();
  await tx
    .insertInto('inbox')
    .values({
      id,
      source: 'rockbridge',
      event: row.event,
      trigger: row.trigger,
      connection_id: row.connectionId,
      record_kind: row.kind,
      vendor_id: row.vendorId,
      parent_kind: row.parentKind ?? null,
      parent_id: row.parentId ?? null,
      cause: row.cause ?? null,
      status: 'stored',
    })
    .execute();
  await notify(tx);
  return id;
}
