import { mayJoin } from '../rules/actions/joining.ts';
import { memberFieldKeys } from '../rules/links/member-fields.ts';
import type { LinkKind } from '../rules/records.ts';
import { holdClaim } from '../store/claims.ts';
import { type ConnectionFacts, loadRules } from '../store/connection-state.ts';
import { decisionBehind } from '../store/hints.ts';
import { isMemberOfDefault } from '../store/members.ts';
import { contactOf, type KnownRecord, saveSnapshot, snapshotOf } from '../store/records.ts';
import type { ObserveActivities, StoryInput } from '../workflows/support/contract.ts';
import { type ActivityDependencies, emailKey } from './dependencies.ts';
import { learnNames } from './names.ts';
import { callingFor, loadStory, type Story } from './observing.ts';
import { readKnown } from './read-known.ts';
import { type Data, vendorOf } from './read.ts';

type PeopleActivities = Pick<
  ObserveActivities,
  'observeContact' | 'observeOwnContact' | 'observeReferral' | 'observeMember' | 'observeDecided'
>;

/** Reads contacts, members and referrals. */
export function createPeopleSteps(dependencies: ActivityDependencies): PeopleActivities {
  const { database, addressKey } = dependencies;
  const { db } = database;

  /** Undefined: it is gone. */
  async function observe(
    record: KnownRecord,
    { connection, isDeleted }: Pick<Story, 'connection' | 'isDeleted'>,
  ): Promise<Data | undefined> {
    const data = await readKnown(dependencies, record, callingFor(connection, vendorOf(record.kind)), { isDeleted });
    if (!data) return undefined;
    const key = emailKey(addressKey, data['email']);
    await saveSnapshot(db, record.id, data, key);
    // A contact that is there claims its e-mail: nobody makes a second one for the same person.
    if (record.kind === 'contact' && key !== null && connection.mode === 'live')
      await holdClaim(db, connection.id, record.customerId, `email:${key}`, record.vendorId);
    return data;
  }

  async function observeContact(input: StoryInput): Promise<{ gone: boolean; mayJoin: boolean }> {
    const story = await loadStory(dependencies, input, 'contact');
    const [contact] = story.records;
    if (!contact) return { gone: false, mayJoin: false };
    const data = await observe(contact, story);
    if (!data) return { gone: true, mayJoin: false };
    const joins =
      mayJoin(await loadRules(db, input.customerId), data) && !(await isMemberOfDefault(db, input.customerId));
    if (joins) await learnMemberFields(story.connection);
    return { gone: false, mayJoin: joins };
  }

  async function observeOwnContact(input: StoryInput): Promise<void> {
    const story = await loadStory(dependencies, input, 'address');
    const contact = await contactOf(db, input.customerId);
    // An address that is another customer's contact's has just moved there.
    if (contact && story.records.length > 0) await observe(contact, { ...story, isDeleted: false });
  }

  async function observeLink(input: StoryInput, kind: LinkKind): Promise<{ linked: boolean }> {
    const story = await loadStory(dependencies, input, kind);
    const [record] = story.records;
    // It has just moved to another customer, where its contact is.
    if (!record) return { linked: true };
    const data = await observe(record, story);
    if (kind === 'member') await learnMemberFields(story.connection);
    const own = await contactOf(db, input.customerId);
    const isKnown = own !== undefined && (await snapshotOf(db, own.id)) !== undefined;
    return { linked: isKnown && (record.linked || !data) };
  }

  async function observeDecided(input: StoryInput): Promise<{ ambiguous: boolean }> {
    const [story, decision] = await Promise.all([
      loadStory(dependencies, input, 'referral', 'member'),
      decisionBehind(db, input.rowIds),
    ]);
    for (const record of story.records) await observe(record, story);
    return { ambiguous: decision?.kind === 'ambiguous' && decision.isApproved && decision.contactId !== null };
  }

  /** The custom fields that a member's contact is given: one that is there is not made again. */
  function learnMemberFields(connection: ConnectionFacts): Promise<void> {
    const { signal } = callingFor(connection, 'ghl');
    return learnNames(dependencies, connection, 'customField', { names: memberFieldKeys }, signal);
  }

  return {
    observeContact,
    observeOwnContact,
    observeReferral: (input) => observeLink(input, 'referral'),
    observeMember: (input) => observeLink(input, 'member'),
    observeDecided,
  };
}
