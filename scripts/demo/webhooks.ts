import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { type Cast, email, lastEvent, NOTHING, type Scene, watch } from './scene.ts';
import type { Stage } from './stage.ts';

const examples = new URL('../../test/fixtures/ghl-webhooks/', import.meta.url);

/** GoHighLevel's published example of an event, of this location; those of contacts speak of ours. */
function example(file: string, stage: Stage, cast: Cast): string {
  const { examples: all } = JSON.parse(readFileSync(new URL(file, examples), 'utf8')) as { examples?: object[] };
  const about = file.startsWith('Contact') ? { id: cast.contactId } : {};
  return JSON.stringify({ ...all?.[0], locationId: stage.info.ghl.locationId, webhookId: randomUUID(), ...about });
}

const publishedExamples: Scene = {
  trigger: 'GHL’s own examples',
  does: 'the webhook examples that GoHighLevel publishes are posted, signed',
  async play(stage, cast) {
    const files = readdirSync(examples).filter((file) => file.endsWith('.json'));
    const { writes, ms } = await watch(
      stage,
      () => [cast.contactId],
      async () => {
        for (const file of files) {
          const status = await stage.postGhl(example(file, stage, cast));
          assert.ok(status === 200 || status === 202, `${file} was answered ${status}`);
        }
      },
    );
    assert.deepEqual(writes, [], 'an event is a hint: what it says is not believed, the contact is read');
    const update = await lastEvent(stage, 'ContactUpdate', cast.contactId);
    assert.match(update.sentence ?? '', /nothing to do/i);
    const does = `the ${files.length} webhook examples that GoHighLevel publishes are posted, signed: all taken`;
    return { does, ghl: NOTHING, referralRock: NOTHING, ms };
  },
};

const redelivery: Scene = {
  trigger: 'redelivery',
  does: 'the same signed webhook comes three times: kept once, worked on once',
  async play(stage, cast) {
    const body = example('ContactUpdate.json', stage, cast);
    const { webhookId } = JSON.parse(body) as { webhookId: string };
    const { writes, ms } = await watch(
      stage,
      () => [cast.contactId],
      async () => {
        for (let n = 0; n < 3; n++) assert.equal(await stage.postGhl(body), 200);
      },
    );
    assert.deepEqual(writes, []);
    assert.equal(
      (await stage.events()).events.filter(({ eventId }) => eventId === webhookId).length,
      1,
      'one event in the list',
    );
    return { ghl: NOTHING, referralRock: NOTHING, ms };
  },
};

const forgery: Scene = {
  trigger: 'forgery',
  does: 'a webhook with a wrong signature comes: refused with 401, nothing stored',
  async play(stage, cast) {
    const { total } = await stage.events('limit=1');
    const startedAt = Date.now();
    assert.equal(
      await stage.postGhl(example('ContactUpdate.json', stage, cast), Buffer.alloc(64).toString('base64')),
      401,
    );
    assert.equal((await stage.events('limit=1')).total, total);
    return { ghl: NOTHING, referralRock: NOTHING, ms: Date.now() - startedAt };
  },
};

const echo: Scene = {
  trigger: 'echo',
  does: 'the webhooks that our own writes caused have come back',
  async play(stage, cast) {
    const { events } = await stage.events();
    const ours = events.filter(
      ({ recordId }) =>
        recordId !== null && [cast.referralId, cast.contactId, cast.memberId, cast.memberContactId].includes(recordId),
    );
    const ended = ours.filter(({ sentence }) => /nothing to do/i.test(sentence ?? ''));
    const open = ours.filter(({ status }) => !['done', 'ignored'].includes(status));
    assert.deepEqual(open, []);
    assert.ok(ended.length >= 5, `only ${ended.length} events ended in “nothing to do”`);
    assert.equal((await stage.contactsByEmail(email(cast, 'nora'))).length, 1, 'one contact');
    assert.equal((await stage.taskTitles(cast.contactId)).length, 1, 'one task');
    const does = `${ended.length} webhooks that our own writes caused have come back: each ended in “nothing to do”`;
    return { does, ghl: 'still one contact, one task', referralRock: NOTHING, ms: 0 };
  },
};

export const webhookScenes: readonly Scene[] = [publishedExamples, redelivery, forgery, echo];
