import type { Db } from '../store/database.ts';
import type { DueStep } from '../store/steps.ts';
import { isApproved } from '../store/unclear.ts';
import { type Operation, type Permit, VendorError } from '../vendors/operation.ts';

/**
 * Who lets a step of effect `money` pass: the rule that allows it, or the approval, which a person must have given by now. Throws
 * `Forbidden` for one that nobody lets pass. Other steps need no permit.
 */
export async function permitOf(
  db: Db,
  { id, effect }: Pick<Operation, 'id' | 'effect'>,
  { allowedBy, status }: Pick<DueStep, 'allowedBy' | 'status'>,
): Promise<Permit | undefined> {
  if (status === 'held') throw new VendorError('Forbidden', id, `${id}: not sent, the step waits for an approval`);
  if (effect !== 'money') return undefined;
  const [by, ...rest] = (allowedBy ?? '').split(':');
  const name = rest.join(':');
  if (by === 'rule' && name !== '') return { by, id: name };
  if (by === 'approval' && (await isApproved(db, name))) return { by, id: name };
  const why = by === 'approval' ? 'its approval was not given' : 'neither a rule nor an approval lets it pass';
  throw new VendorError('Forbidden', id, `${id}: not sent, it may move money and ${why}`);
}
