import { contactOf, type KnownRecord, recordsOfCustomer, saveSnapshot } from '../store/records.ts';
import type { Vendor } from '../vendors/operation.ts';
import type { StoryInput } from '../workflows/support/contract.ts';
import { type ActivityDependencies, emailKey } from './dependencies.ts';
import { callingFor, loadStory } from './observing.ts';
import { readKnown } from './read-known.ts';
import { vendorOf } from './read.ts';

/**
 * Reads what the run of an automation is about, as it is now at one vendor: the record of its fact, the customer's contact, its
 * referrals. Days may have gone by, and nobody need have told of what has changed.
 */
export async function observeRun(dependencies: ActivityDependencies, vendor: Vendor, input: StoryInput): Promise<void> {
  const { db } = dependencies.database;
  const story = await loadStory(
    dependencies,
    input,
    'contact',
    'referral',
    'member',
    'task',
    'appointment',
    'opportunity',
    'reward',
  );
  const own = await contactOf(db, input.customerId);
  const referrals = await recordsOfCustomer(db, input.customerId, 'referral');
  const all = [...story.records, ...(own ? [own] : []), ...referrals.filter(({ linked }) => linked)];
  const records = new Map(all.map((record): [string, KnownRecord] => [record.id, record]));
  const options = callingFor(story.connection, vendor);
  for (const record of records.values()) {
    if (record.gone || vendorOf(record.kind) !== vendor) continue;
    const data = await readKnown(dependencies, record, options);
    if (data)
      await saveSnapshot(
        db,
        record.id,
        data,
        emailKey(dependencies.addressKey, data['email'] ?? data['recipientEmailAddress']),
      );
  }
}
