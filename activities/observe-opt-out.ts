import { ownerOfAddress, peopleOf, takeAddress } from '../store/addresses.ts';
import { contactOf, type KnownRecord, saveSnapshot, snapshotOf } from '../store/records.ts';
import { type CallOptions, VendorError } from '../vendors/operation.ts';
import { referralRock } from '../vendors/operations.ts';
import type { StoryInput } from '../workflows/support/contract.ts';
import { type ActivityDependencies, emailKey } from './dependencies.ts';
import { callingFor, loadStory, type Story, textIn } from './observing.ts';
import type { Clients } from './read.ts';

/**
 * Reads whether an address is on Referral Rock's opt-out list: that of the rows, or of rows about a contact that contact's. The address
 * itself stands in no record of it; it is taken from its people, else from the event that told of it.
 */
export async function observeOptOut(dependencies: ActivityDependencies, input: StoryInput): Promise<void> {
  const { database, clients, addressKey } = dependencies;
  const story = await loadStory(dependencies, input, 'address', 'contact');
  const [subject] = story.records;
  if (!subject) return;
  const address = subject.kind === 'address' ? await claimed(subject) : await ofContact();
  if (!address) return;
  const email = await plainEmail(dependencies, story, address.vendorId);
  if (email === undefined) return;
  const unsubscribed = await readOptOut(clients, email, callingFor(story.connection, 'referral-rock'));
  await saveSnapshot(database.db, address.id, { unsubscribed }, address.vendorId);

  /** The address of the rows, if it is not another customer's contact's: then it has gone there with its rows. */
  async function claimed(record: KnownRecord): Promise<KnownRecord | undefined> {
    const { connectionId, vendorId, customerId } = record;
    const owner = await ownerOfAddress(database.db, connectionId, vendorId, customerId);
    if (owner === undefined || owner === customerId) return record;
    await takeAddress(database.db, connectionId, vendorId, owner);
    return undefined;
  }

  async function ofContact(): Promise<KnownRecord | undefined> {
    const contact = await contactOf(database.db, input.customerId);
    const person = contact && (await snapshotOf(database.db, contact.id));
    const key = emailKey(addressKey, person?.data['email']);
    return key === null ? undefined : takeAddress(database.db, story.connection.id, key, input.customerId);
  }
}

async function plainEmail(
  { database, addressKey }: ActivityDependencies,
  { customerId, hints }: Story,
  key: string,
): Promise<string | undefined> {
  const emails = (await peopleOf(database.db, customerId)).map(({ email }) => email);
  return [...emails, textIn(hints, 'email')].find(
    (email): email is string => typeof email === 'string' && emailKey(addressKey, email) === key,
  );
}

/**
 * Whether an address is on Referral Rock's opt-out list. What the call answers is not documented (reference/referral-rock.md 2.8): a
 * truth value is taken bare or under any name that speaks of it; an address that is not found is not on the list.
 */
export async function readOptOut(clients: Clients, email: string, options: CallOptions): Promise<boolean> {
  const { getUnsubscribed } = referralRock.email;
  try {
    const answer = await clients['referral-rock'].call(getUnsubscribed, { email }, options);
    const said = truthIn(answer);
    if (said !== undefined) return said;
  } catch (error) {
    if (error instanceof VendorError && error.kind === 'NotFound') return false;
    throw error;
  }
  throw new VendorError(
    'Unexpected',
    getUnsubscribed.id,
    'Referral Rock did not say whether it is on the opt-out list',
  );
}

function truthIn(answer: unknown): boolean | undefined {
  if (typeof answer === 'boolean') return answer;
  if (typeof answer === 'string' && /^(true|false)$/iu.test(answer.trim())) return /true/iu.test(answer);
  if (typeof answer !== 'object' || answer === null) return undefined;
  for (const [name, value] of Object.entries(answer)) {
    if (/unsub|opted?-?out/iu.test(name) && value !== null) return truthIn(value);
  }
  return undefined;
}
