import { normalizeEmail } from '../rules/forms/normalize.ts';
import { defaultProgramOf, takeMember } from '../store/members.ts';
import { contactOf, snapshotOf } from '../store/records.ts';
import { referralRock } from '../vendors/operations.ts';
import type { StoryInput } from '../workflows/support/contract.ts';
import { type ActivityDependencies, emailKey } from './dependencies.ts';
import { GHL_ID } from './find-contact.ts';
import { callingFor, loadStory } from './observing.ts';
import type { Data } from './read.ts';

/**
 * Looks for the customer's member in the default program, by its contact's e-mail and by its contact's id as external identifier; one
 * that is there becomes the customer's. Referral Rock does not say whether a list shows disabled members by itself, so those are
 * asked for as well where no other is found.
 */
export async function findMember(dependencies: ActivityDependencies, input: StoryInput): Promise<void> {
  const { database, clients, addressKey } = dependencies;
  const { connection, records } = await loadStory(dependencies, input, 'contact');
  if (records.length === 0) return;
  const [contact, programId] = await Promise.all([
    contactOf(database.db, input.customerId),
    defaultProgramOf(database.db, connection.id),
  ]);
  const person = contact && (await snapshotOf(database.db, contact.id));
  if (!person || programId === undefined) return;
  const sought = { programId, contactId: contact.vendorId, email: normalizeEmail(person.data['email']) };
  const options = callingFor(connection, 'referral-rock');
  const list = async (query: string, more: { showDisabled?: boolean } = {}): Promise<Data[]> => {
    const asked = { programId, query, ...more };
    const { members } = await clients['referral-rock'].call(referralRock.member.list, asked, options);
    return members.filter((member) => isSought(member, sought));
  };
  const texts = [sought.contactId, ...(sought.email === '' ? [] : [sought.email])];
  const shown = await Promise.all(texts.map((text) => list(text)));
  const found =
    shown.flat()[0] ?? (await Promise.all(texts.map((text) => list(text, { showDisabled: true })))).flat()[0];
  if (!found) return;
  const key = emailKey(addressKey, found['email']);
  const owner = { connectionId: connection.id, customerId: input.customerId };
  await takeMember(database.db, owner, { vendorId: String(found['id']), data: found, emailKey: key });
}

/** One that names another contact is another person's, whatever its e-mail. */
function isSought(
  member: Data,
  { programId, contactId, email }: { programId: string; contactId: string; email: string },
): boolean {
  if (String(member['programId']).toLowerCase() !== programId.toLowerCase()) return false;
  const externalId = String(member['externalIdentifier'] ?? '');
  if (externalId === contactId) return true;
  return email !== '' && normalizeEmail(member['email']) === email && !GHL_ID.test(externalId);
}
