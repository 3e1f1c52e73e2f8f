import { decisionBehind } from '../store/hints.ts';
import { liveLinksOf } from '../store/members.ts';
import { noteRowError } from '../store/passes.ts';
import { contactOf } from '../store/records.ts';
import { type Vendor, VendorError } from '../vendors/operation.ts';
import type { ObserveActivities, StoryInput } from '../workflows/support/contract.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { noteRefusal, storedError, toFailure } from './failures.ts';
import { findCandidates } from './find-contact.ts';
import { findMember } from './find-member.ts';
import { checkConnection, observePrograms } from './observe-connection.ts';
import { createItemSteps } from './observe-items.ts';
import { observeOptOut } from './observe-opt-out.ts';
import { observeRun } from './observe-run.ts';
import { createPeopleSteps } from './observe-people.ts';
import { loadStory } from './observing.ts';

type Step = (input: StoryInput) => Promise<unknown>;

/** The steps that read a vendor's present state into the store, by its queue. An event is only a hint that there is something to read. */
export function createObserveSteps(dependencies: ActivityDependencies): Record<Vendor, Partial<ObserveActivities>> {
  const people = createPeopleSteps(dependencies);
  const items = createItemSteps(dependencies);
  const { observeTask, observeNote, observeAppointment, observeOpportunity, observeReward } = items;
  const guarded = <Steps extends Record<string, Step>>(steps: Steps): Steps =>
    Object.fromEntries(Object.entries(steps).map(([name, step]) => [name, guard(dependencies, step)])) as Steps;
  return {
    ghl: guarded({
      observeContact: people.observeContact,
      observeOwnContact: people.observeOwnContact,
      findContact: (input) => findContact(dependencies, input),
      observeTask,
      observeNote,
      observeAppointment,
      observeOpportunity,
      observeRun: (input) => observeRun(dependencies, 'ghl', input),
      checkConnection: (input) => checkConnection(dependencies, 'ghl', input),
    }),
    'referral-rock': guarded({
      observeReferral: people.observeReferral,
      observeMember: people.observeMember,
      observeDecided: people.observeDecided,
      findMember: (input) => findMember(dependencies, input),
      observeReward,
      observeRun: (input) => observeRun(dependencies, 'referral-rock', input),
      observeOptOut: (input) => observeOptOut(dependencies, input),
      observePrograms: (input) => observePrograms(dependencies, input),
      checkConnection: (input) => checkConnection(dependencies, 'referral-rock', input),
    }),
  };
}

/**
 * Of rows about members and referrals: those that are not linked, or whose contact is gone. Of rows about a contact, which is gone: all
 * that were linked to it.
 */
async function findContact(dependencies: ActivityDependencies, input: StoryInput): Promise<void> {
  const { db } = dependencies.database;
  const { connection, records } = await loadStory(dependencies, input, 'contact', 'referral', 'member');
  const own = await contactOf(db, input.customerId);
  const [lost] = records.filter(({ kind, gone }) => kind === 'contact' && gone);
  const links = lost ? await liveLinksOf(db, input.customerId) : records.filter(({ kind }) => kind !== 'contact');
  const chosen = (await decisionBehind(db, input.rowIds))?.contactId;
  const also = { ids: chosen ? [chosen] : [], not: lost ? [lost.vendorId] : [] };
  for (const link of links.filter(({ linked, gone }) => !gone && (!linked || !own)))
    await findCandidates(dependencies, link, connection, also);
}

/** The vendor's words go to the rows in the store; Temporal gets the failure's type. */
function guard(dependencies: ActivityDependencies, step: Step): Step {
  return async (input) => {
    try {
      return await step(input);
    } catch (error) {
      if (error instanceof VendorError) {
        await noteRowError(dependencies.database.db, input.rowIds, storedError(error));
        await noteRefusal(dependencies, input.customerId, error, 'reads');
      }
      throw toFailure(error, dependencies.log);
    }
  };
}
