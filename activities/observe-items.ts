import type { RecordKind } from '../rules/records.ts';
import { isTaskBeingMade } from '../store/hints.ts';
import { type RecordName, settleItem } from '../store/items.ts';
import { type KnownRecord, saveSnapshot } from '../store/records.ts';
import { type CallOptions, VendorError } from '../vendors/operation.ts';
import type { ObserveActivities, StoryInput } from '../workflows/support/contract.ts';
import { type ActivityDependencies, emailKey } from './dependencies.ts';
import { tryAgain } from './failures.ts';
import { contactOfTask } from './find-task.ts';
import { learnNames, type ReadableName } from './names.ts';
import { callingFor, loadStory, type Story, textIn } from './observing.ts';
import { readKnown } from './read-known.ts';
import { type Data, readRecord, vendorOf } from './read.ts';

type ItemActivities = Pick<
  ObserveActivities,
  'observeTask' | 'observeNote' | 'observeAppointment' | 'observeOpportunity' | 'observeReward'
>;

/** So long a task whose event names no contact may be one whose create of ours is not answered yet. */
const ANSWER_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 1_000;

/** The kind of thing whose name a decision on an item needs, and the field that holds its id. */
const NAMED: Partial<Record<RecordKind, { kind: ReadableName; field: string }>> = {
  note: { kind: 'user', field: 'userId' },
  appointment: { kind: 'calendar', field: 'calendarId' },
  opportunity: { kind: 'stage', field: 'pipelineStageId' },
};

/** Reads a contact's tasks, notes, appointments and opportunities, and the rewards of a member or referral. */
export function createItemSteps(dependencies: ActivityDependencies): ItemActivities {
  const { database, clients, addressKey } = dependencies;
  const { db } = database;

  const observe =
    (kind: RecordKind) =>
    async (input: StoryInput): Promise<void> => {
      const story = await loadStory(dependencies, input, kind);
      for (const record of story.records) await observeItem(story, record);
    };

  async function observeItem(story: Story, record: KnownRecord): Promise<void> {
    const options = callingFor(story.connection, vendorOf(record.kind));
    const { isDeleted } = story;
    const read = (): Promise<Data> => readItem(story, record, options);
    const data = await readKnown(dependencies, record, options, { isDeleted, read });
    const parent = data ? parentOf(record, data) : toldParentOf(story, record);
    if (data) await learnItsName(story, record.kind, data, options);
    await db.transaction().execute(async (tx) => {
      const key = data ? emailKey(addressKey, data['recipientEmailAddress']) : null;
      if (data) await saveSnapshot(tx, record.id, data, key);
      if (parent) await settleItem(tx, record, parent);
    });
  }

  /** By the parent that the newest event names, else by the one that is known: an item may have changed hands. */
  async function readItem(story: Story, record: KnownRecord, options: CallOptions): Promise<Data> {
    const told = story.hints.flatMap(({ parentId }) => parentId ?? []);
    const parents = new Set([...told.slice(0, 1), ...(record.parentId === null ? [] : [record.parentId])]);
    if (parents.size === 0 && record.kind === 'task') parents.add(await contactOfNewTask(story, record, options));
    let refusal: VendorError | undefined;
    for (const parentId of parents.size === 0 ? [null] : parents) {
      try {
        return await readRecord(clients, record.kind, record.vendorId, options, parentId);
      } catch (error) {
        if (!(error instanceof VendorError) || error.kind !== 'NotFound') throw error;
        refusal = error;
      }
    }
    throw refusal ?? new VendorError('NotFound', record.kind, `The ${record.kind} is not there`);
  }

  /** GHL's TaskCreate names no contact. It may be the echo of a create of ours: its answer will tell whose task it is. */
  async function contactOfNewTask(story: Story, record: KnownRecord, options: CallOptions): Promise<string> {
    const title = textIn(story.hints, 'title');
    const { id } = story.connection;
    if (title !== undefined && !story.isDeleted && (await isTaskBeingMade(db, id, title, ANSWER_WITHIN_MS)))
      throw tryAgain('BeingMade', 'A task of this title is just being made by us; waiting for its id', LOOK_AGAIN_MS);
    return contactOfTask(clients, record.vendorId, options, title);
  }

  async function learnItsName(story: Story, kind: RecordKind, data: Data, { signal }: CallOptions): Promise<void> {
    const named = NAMED[kind];
    const id = named && data[named.field];
    if (named && typeof id === 'string' && id !== '')
      await learnNames({ database, clients }, story.connection, named.kind, { ids: [id] }, signal);
  }

  return {
    observeTask: observe('task'),
    observeNote: observe('note'),
    observeAppointment: observe('appointment'),
    observeOpportunity: observe('opportunity'),
    observeReward: observe('reward'),
  };
}

/** Whose an item is, as it was read: a contact's, or of a reward its recipient's. */
function parentOf({ kind, parentId }: KnownRecord, data: Data): RecordName | undefined {
  const text = (name: string): string => (typeof data[name] === 'string' ? data[name] : '');
  if (kind !== 'reward') {
    const vendorId = text('contactId') || (parentId ?? '');
    return vendorId === '' ? undefined : { kind: 'contact', vendorId };
  }
  const recipient = text('type').toLowerCase() === 'referral' ? 'referral' : 'member';
  const vendorId = text('recipientId') || text(`${recipient}Id`) || (parentId ?? '');
  return vendorId === '' ? undefined : { kind: recipient, vendorId };
}

/** Whose an item was that is gone, as its events told. */
function toldParentOf({ hints }: Story, { kind }: KnownRecord): RecordName | undefined {
  const told = hints.find(({ parentId }) => parentId !== null);
  if (!told || told.parentId === null) return undefined;
  return { kind: told.parentKind ?? (kind === 'reward' ? 'member' : 'contact'), vendorId: told.parentId };
}
