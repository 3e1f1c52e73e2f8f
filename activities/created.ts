import { connectionOfCustomer, type ConnectionFacts, loadRules } from '../store/connection-state.ts';
import {
  attachLines,
  type Began,
  endStep,
  storeCreatedField,
  storeCreatedItem,
  storeBeginning,
  storeCreatedMember,
  type Tx,
} from '../store/created.ts';
import { stopMembers } from '../store/member-limit.ts';
import { adoptContact, moveRecord, takeOverContact } from '../store/moves.ts';
import { recordOf, saveCandidate, saveSnapshot } from '../store/records.ts';
import { clearSent, type DueStep, markStale, type StepAnswer } from '../store/steps.ts';
import type { StepResult } from '../workflows/support/contract.ts';
import { type ActivityDependencies, emailKey } from './dependencies.ts';
import { cancellation } from './failures.ts';
import { accountOf, type Data, readRecord } from './read.ts';

/** What a create has made, or found made already. */
export interface Created {
  step: DueStep;
  connection: ConnectionFacts;
  /** The create's input, earlier steps' answers filled in. */
  input: Data;
  answer: StepAnswer;
  /** It was there before us: a create was refused because of it. */
  wasThere: boolean;
  /** The answer was lost: it is read some time after it was made. */
  wasFound: boolean;
}

type Store = (tx: Tx, created: Created, emailKey: string | null) => Promise<StepResult>;

/** Creates whose record is entered in the transaction that ends their step. */
const STORED: Readonly<Record<string, Store>> = {
  'ghl.contact.create': storeContact,
  'ghl.task.create': (tx, created) => storeItem(tx, created, 'task'),
  'ghl.note.create': (tx, created) => storeItem(tx, created, 'note'),
  'ghl.custom-field.create': storeField,
  'referral-rock.member.create': storeMember,
};

/** Ends the step of a create in one transaction with the record that stands for what was made. */
export async function finishCreated(
  { database, addressKey }: Pick<ActivityDependencies, 'database' | 'addressKey'>,
  created: Created,
): Promise<StepResult> {
  const { step, answer } = created;
  const store = STORED[step.operation];
  const key = emailKey(addressKey, answer.record?.['email']);
  return database.db.transaction().execute(async (tx) => {
    if (store && answer.id !== undefined) return store(tx, created, key);
    await endStep(tx, step, answer, answer.id ?? step.record?.vendorId);
    return 'done';
  });
}

/**
 * A contact, also when its own webhook was quicker and queued it elsewhere. If it has become another customer's contact meanwhile,
 * our record moves there and the plan is given up.
 */
async function storeContact(tx: Tx, { step, connection, answer }: Created, key: string | null): Promise<StepResult> {
  const contactId = answer.id ?? '';
  const adopted = await adoptContact(tx, connection.id, step.customerId, contactId, true);
  await endStep(tx, step, answer, contactId);
  const taken = { connectionId: connection.id, contactId };
  if ('ownedBy' in adopted && !(await takeOverContact(tx, taken, step.customerId))) {
    await moveRecord(tx, step.focus, adopted.ownedBy);
    return 'stale';
  }
  // Should the plan be made again before it is closed: this is the record's contact.
  await saveCandidate(tx, step.focus, contactId, answer.record ?? {}, false);
  const record = await recordOf(tx, connection.id, 'contact', contactId);
  if (record) await saveSnapshot(tx, record.id, answer.record ?? {}, key);
  return 'done';
}

async function storeItem(
  tx: Tx,
  { step, connection, input, answer }: Created,
  kind: 'task' | 'note',
): Promise<StepResult> {
  const made = { connectionId: connection.id, customerId: step.customerId, kind, vendorId: answer.id ?? '' };
  const recordId = await storeCreatedItem(tx, made, String(input['contactId']));
  await saveSnapshot(tx, recordId, answer.record ?? {}, null);
  await attachLines(tx, step.lines, recordId);
  await endStep(tx, step, { ...answer, recordId }, answer.id);
  return 'done';
}

/** Past the plan's limit a member comes disabled: there is no use in making more of them. */
async function storeMember(tx: Tx, created: Created, key: string | null): Promise<StepResult> {
  const { step, connection, answer, wasThere } = created;
  const memberId = answer.id ?? '';
  const made = {
    connectionId: connection.id,
    customerId: step.customerId,
    kind: 'member',
    vendorId: memberId,
  } as const;
  const recordId = await storeCreatedMember(tx, made, !wasThere);
  if (!wasThere) await storeBeginning(tx, recordId, await beginningOf(tx, created));
  await saveSnapshot(tx, recordId, answer.record ?? {}, key);
  await endStep(tx, step, { ...answer, recordId }, memberId);
  const { disabledFlag, disabledReason } = answer.record ?? {};
  if (disabledFlag === true && disabledReason === 'MemberLimitHit') await stopMembers(tx, connection.id, MEMBER_LIMIT);
  return 'done';
}

/**
 * What a member that was made of its contact and that contact began with: what it was given. What it was not given its contact
 * has since then; of one that was found, what is not as it was given was edited meanwhile.
 */
async function beginningOf(tx: Tx, { step, input, answer, wasFound }: Created): Promise<Began[]> {
  const { sync, fields } = await loadRules(tx, step.customerId);
  if (sync.fields !== 'live') return [];
  return fields.member.map(({ field, rr: name }) => {
    const given = input[name] ?? '';
    return { field, ghl: given, rr: wasFound ? given : (answer.record?.[name] ?? '') };
  });
}

const MEMBER_LIMIT =
  "Referral Rock's plan has no room for more members: the last one came disabled (MemberLimitHit). Make room or change the plan there, then resume members of this connection.";

async function storeField(tx: Tx, { step, connection, answer }: Created): Promise<StepResult> {
  const id = answer.id ?? '';
  await storeCreatedField(tx, connection.id, id, String(answer.record?.['fieldKey'] ?? ''));
  await endStep(tx, step, answer, id);
  return 'done';
}

/** GHL refused to make a contact beside one that is there: it becomes a candidate for the matching rule, and the pass plans again. */
export async function noteDuplicate(
  { database, clients }: ActivityDependencies,
  step: DueStep,
  contactId: string,
): Promise<StepResult> {
  const connection = await connectionOfCustomer(database.db, step.customerId);
  const data = await readRecord(clients, 'contact', contactId, {
    account: accountOf(connection, 'ghl'),
    signal: cancellation(),
  });
  await saveCandidate(database.db, step.focus, contactId, data, true);
  await clearSent(database.db, step.id);
  await markStale(database.db, step.id);
  return 'stale';
}
