import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { assertEnded, type Cast, email, NOTHING, type Scene } from '../scene.ts';
import type { Stage } from '../stage.ts';

const examples = new URL('../../../test/fixtures/ghl-webhooks/', import.meta.url);
/** The app is taken off before it is installed again: what came last counts. */
const files = readdirSync(examples)
  .filter((file) => file.endsWith('.json'))
  .toSorted((one, other) => Number(one === 'AppInstall.json') - Number(other === 'AppInstall.json'));

const nothing = { ghl: NOTHING, referralRock: NOTHING, writes: [] } as const;

/** GoHighLevel's published example of an event, of this location; those of contacts speak of ours. */
function example(file: string, stage: Stage, cast: Cast): string {
  const { examples: all } = JSON.parse(readFileSync(new URL(file, examples), 'utf8')) as { examples?: object[] };
  const about = file.startsWith('Contact') ? { id: cast.contactId } : {};
  return JSON.stringify({ ...all?.[0], locationId: stage.info.ghl.locationId, webhookId: randomUUID(), ...about });
}

const publishedExamples: Scene = {
  ...nothing,
  trigger: 'GHL’s own examples',
  does: `the ${files.length} webhook examples that GoHighLevel publishes are posted, signed: all taken`,
  async act(stage, cast) {
    for (const file of files) {
      const body = example(file, stage, cast);
      const { id, appointment } = JSON.parse(body) as { id?: string; appointment?: { id: string } };
      const about = appointment?.id ?? id;
      if (about && about !== cast.contactId) stage.slow.add(about);
      const status = await stage.postGhl(body);
      assert.ok(status === 200 || status === 202, `${file} was answered ${status}`);
    }
  },
  async check(stage, cast) {
    // An event is a hint: what it says is not believed, the contact is read.
    await assertEnded(stage, 'ContactUpdate', cast.contactId, /nothing to do/i);
  },
};

const redelivery: Scene = {
  ...nothing,
  trigger: 'redelivery',
  does: 'the same signed webhook comes three times: kept once, worked on once',
  async act(stage, cast) {
    const { total } = await stage.events('limit=1');
    const body = example('ContactUpdate.json', stage, cast);
    for (let n = 0; n < 3; n++) assert.equal(await stage.postGhl(body), 200);
    assert.equal((await stage.events('limit=1')).total, total + 1, 'one event in the list');
  },
};

const forgery: Scene = {
  ...nothing,
  trigger: 'forgery',
  does: 'a webhook with a wrong signature comes: refused with 401, nothing stored',
  async act(stage, cast) {
    const { total } = await stage.events('limit=1');
    const signature = Buffer.alloc(64).toString('base64');
    assert.equal(await stage.postGhl(example('ContactUpdate.json', stage, cast), signature), 401);
    assert.equal((await stage.events('limit=1')).total, total);
  },
};

const echo: Scene = {
  ...nothing,
  trigger: 'echo',
  does: 'the webhooks that our own writes caused have come back',
  ghl: 'still one contact, one task of each title',
  act: async () => {},
  async check(stage, cast) {
    const { events } = await stage.events();
    const cared = [cast.referralId, cast.contactId, cast.memberId, cast.memberContactId];
    const ours = events.filter(({ recordId }) => recordId !== null && cared.includes(recordId));
    const ended = ours.filter(({ sentence }) => /nothing to do/i.test(sentence ?? ''));
    assert.deepEqual(
      ours.filter(({ status }) => !['done', 'ignored'].includes(status)),
      [],
    );
    assert.ok(ended.length >= 5, `only ${ended.length} events ended in “nothing to do”`);
    assert.equal((await stage.contactsByEmail(email(cast, 'nora'))).length, 1, 'one contact');
    const titles = await stage.taskTitles(cast.contactId);
    assert.equal(new Set(titles).size, titles.length, `each task once: ${titles.join(', ')}`);
    const does = `${ended.length} webhooks that our own writes caused have come back: each ended in “nothing to do”`;
    return { does };
  },
};

const examplesClosed: Scene = {
  ...nothing,
  trigger: 'GHL’s own examples',
  does: 'what those say of records that are not there was looked for, for a minute',
  withinMs: 90_000,
  async act(stage) {
    stage.slow.clear();
  },
  async check(stage) {
    const { events } = await stage.events();
    assert.deepEqual(
      events.filter(({ status }) => status === 'failed'),
      [],
    );
  },
};

export const webhooks: readonly Scene[] = [redelivery, forgery, echo];
export const examplesPosted: readonly Scene[] = [publishedExamples];
/** As late as can be: they are waited for. */
export const examplesLast: readonly Scene[] = [examplesClosed];
