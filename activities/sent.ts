import type { KnownRecord } from '../store/records.ts';
import type { StoredError } from '../store/schema.ts';
import type { DueStep } from '../store/steps.ts';
import type { UnclearKind } from '../store/unclear.ts';
import { type Operation, VendorError } from '../vendors/operation.ts';
import { canBeFound } from './adopt.ts';

/*
 * What is sent once: creates and what moves money. Their steps are marked right before the request leaves; whoever finds the mark
 * looks at what came of it, and never sends by itself what cannot be looked up.
 */

/** True of what a repeat would double or pay again. */
export function isSentOnce({ creates, effect }: Pick<Operation, 'creates' | 'effect'>): boolean {
  return creates || effect === 'money';
}

/**
 * Where to look after an answer was lost: at what a create made, or at the record that was to change; undefined: nowhere. Of a
 * create that moves money no look-up is known.
 */
export function placeToLook(
  { effect }: Pick<Operation, 'effect'>,
  step: Pick<DueStep, 'operation' | 'reference' | 'record' | 'changes'>,
): 'created' | KnownRecord | undefined {
  if (effect !== 'money') return canBeFound(step) ? 'created' : undefined;
  return step.changes.length > 0 ? step.record : undefined;
}

/** The vendor may have done it: no answer came, or one that nobody can read. Anything else is a refusal that left nothing behind. */
export function isLost({ kind, status }: VendorError): boolean {
  return kind === 'Unavailable' || (kind === 'Unexpected' && (status ?? 0) < 400);
}

/** A step was sent, and nobody can tell whether it was done: a person must look. */
export class Unclear extends Error {
  override readonly name = 'Unclear';
  readonly type: UnclearKind;
  readonly operation: string;
  readonly status: number | undefined;
  readonly traceId: string | undefined;

  constructor({ id, vendor, effect }: Pick<Operation, 'id' | 'vendor' | 'effect'>, step: DueStep, cause?: VendorError) {
    const isMoney = effect === 'money';
    const where = vendor === 'ghl' ? 'GHL' : 'Referral Rock';
    const record = step.record ? ` for ${step.record.kind} ${step.record.vendorId}` : '';
    const words = cause ? ` (${cause.message})` : '';
    super(
      `${isMoney ? 'may have paid' : 'may have been made'}: ${where} gave no clear answer to ${id}${record}${words}; ` +
        `look in ${where} whether it was done, then retry (it is then sent${isMoney ? ' unless it is done' : ' again'}) or ignore the event`,
    );
    this.type = isMoney ? 'MayHavePaid' : 'AnswerLost';
    this.operation = id;
    this.status = cause?.status;
    this.traceId = cause?.traceId;
  }

  /** As the store keeps it. */
  toStored(): StoredError & { type: UnclearKind } {
    const { type, message, status, traceId } = this;
    return { type, message, status, traceId };
  }
}
