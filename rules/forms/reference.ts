import { createHash } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * The short reference of a task or note of ours, `rb:7KQ2ZD3M`: 40 bits of a digest of the step's key, so that planning the
 * same step again gives the same reference and a create whose answer was lost can be found.
 */
export function referenceOf(key: string): string {
  const digest = createHash('sha256').update(key).digest();
  let bits = digest.readUIntBE(0, 5);
  let code = '';
  for (let n = 0; n < 8; n++) {
    code = ALPHABET[bits % 32] + code;
    bits = Math.floor(bits / 32);
  }
  return `rb:${code}`;
}

/**
 * The closing line of a task or note of ours: the link back to the record on the other side, where there is one, and the
 * reference.
 */
export function closingLine(record: { kind: string; vendorId: string } | undefined, reference: string): string {
  return record ? `Referral Rock ${record.kind} ${record.vendorId} · ${reference}` : `Rockbridge · ${reference}`;
}

/** A step's key, unique for ever: what happened, which rule, which of its steps. */
export function stepKey(factKey: string, rule: string, n: number): string {
  return `${factKey}|${rule}|${n}`;
}
