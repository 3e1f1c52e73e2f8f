import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { SeenEvent, Stage } from './stage.ts';

/** One row of the table: what people do, what must follow on each side, and how it is told. What it finds wrong it throws. */
export interface Scene extends Words {
  trigger: string;
  /** What people do. Leaves the ids of what they made in the cast. */
  act: (stage: Stage, cast: Cast) => Promise<void>;
  /** Where the connection only observes, and people come to the same in another way: nothing waits there for an approval. */
  observed?: Observed;
  /** How long what follows may take, where that is long; in milliseconds. */
  withinMs?: number;
  /** The writes that must follow, as the sandbox names them, sorted; all of them. */
  writes: readonly string[];
  /** What must follow besides, where the location does not have it from an earlier run. */
  once?: readonly string[];
  /** What was written makes a webhook on which something is written again: the decisions about that count as well. */
  goesOn?: true;
  /** Looks at what came of it on both sides; may find better words for it. */
  check?: (stage: Stage, cast: Cast) => Promise<Partial<Words> | undefined | void>;
  /** Leaves the ids of what was made for them in the cast. */
  learn?: (stage: Stage, cast: Cast) => Promise<void>;
}

interface Observed extends Pick<Scene, 'act' | 'does'> {
  /** The operations that its decisions must name, where live took back or went on with what it had made itself. */
  names?: readonly string[];
}

interface Words {
  does: string;
  /** What was done on each side. */
  ghl: string;
  referralRock: string;
}

/** Who and what one run is about, by id: new each time, so that it can be run again on the same sandbox. */
export interface Cast {
  tag: string;
  /** Omar, who joins and refers. */
  memberId: string;
  memberContactId: string;
  /** Nora, whom he refers. */
  referralId: string;
  contactId: string;
  /** Ida, whom GoHighLevel has first. */
  joinerContactId: string;
  joinerMemberId: string;
  /** Nora once more, as GoHighLevel keeps a second contact of hers. */
  secondContactId: string;
  noteId: string;
  taskId: string;
  appointmentId: string;
  opportunityId: string;
  rewardId: string;
  programId: string;
}

export function newCast(tag = randomUUID().slice(0, 8)): Cast {
  return {
    tag,
    memberId: '',
    memberContactId: '',
    referralId: '',
    contactId: '',
    joinerContactId: '',
    joinerMemberId: '',
    secondContactId: '',
    noteId: '',
    taskId: '',
    appointmentId: '',
    opportunityId: '',
    rewardId: '',
    programId: '',
  };
}

export const email = ({ tag }: Cast, name: string): string => `${name}.${tag}@example.com`;
/** A phone number of this run's own: another contact with it would be a duplicate. */
export const phone = ({ tag }: Cast, n: number): string =>
  `+1737${2_000_000 + ((Number.parseInt(tag, 16) + n) % 7_999_999)}`;
export const NOTHING = '·';

/** The newest event of a name about a record; it must have ended well, and as `sentence` says. */
export async function assertEnded(
  stage: Stage,
  name: string,
  recordId: string,
  sentence?: RegExp,
  status = 'done',
): Promise<SeenEvent> {
  const { events } = await stage.events();
  const found = events.find(({ event, recordId: id }) => event === name && id === recordId);
  assert.ok(found, `the event ${name} of ${recordId} is in the list`);
  assert.equal(found.status, status, `${name}: ${found.sentence}`);
  if (sentence) assert.match(found.sentence ?? '', sentence);
  return found;
}

/** The one tag of a contact that tells a status. */
export async function statusTag(stage: Stage, contactId: string): Promise<string> {
  const tags = (await stage.contact(contactId)).tags.filter((tag) => tag.startsWith('rr-status:'));
  assert.equal(tags.length, 1, `one status tag, not ${tags.join(' and ')}`);
  return tags[0] ?? '';
}
