import type { Effect, Operation } from '../../operation.ts';
import type { Schema } from '../schema.ts';

/** What we say about one operation of GHL's documents: our name is its place in the overlay, the rest is the document's. */
export interface Entry<OperationId extends string = string> {
  /** `operationId` in the document. */
  readonly operation: OperationId;
  readonly effect: Effect;
  readonly creates: boolean;
  readonly title: string;
  readonly summary: string;
  readonly more: Details;
}

export interface Details extends Partial<Pick<Operation, 'paging' | 'unsure' | 'deprecated' | 'anonymous' | 'encode'>> {
  /** A path parameter's name in our input, where the document says `id` only. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Schemas of path and query parameters, merged over the document's. */
  readonly parameters?: Readonly<Record<string, Schema>>;
  /** At least one of these input fields must be given. */
  readonly oneOf?: readonly string[];
  /** What to do in place of giving a field that the document has and that we do not take. */
  readonly instead?: Readonly<Record<string, string>>;
  /** Where the document names no scope. */
  readonly scopes?: readonly string[];
  /** The answer's fields that are always there, if others than its records (see schema.ts). */
  readonly sure?: readonly string[];
}

/** One document's part of the overlay. */
export interface Overlay {
  /** A JSON merge patch (RFC 7396) over the document: what it leaves out or gets wrong; `null` removes. */
  readonly patch: object;
  readonly resources: Readonly<Record<string, Readonly<Record<string, Entry>>>>;
}

type Make = <const OperationId extends string>(
  operation: OperationId,
  title: string,
  summary: string,
  more?: Details,
) => Entry<OperationId>;

const entry =
  (effect: Effect, creates: boolean): Make =>
  (operation, title, summary, more = {}) => ({ operation, effect, creates, title, summary, more });

export const read = entry('read', false);
export const write = entry('write', false);
/** A write whose repeat makes a second record, starts something anew, or uses up what works once. */
export const create = entry('write', true);
export const remove = entry('delete', false);
