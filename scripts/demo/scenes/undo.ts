import assert from 'node:assert/strict';
import { HTTPError } from 'got';
import { type Cast, NOTHING, type Scene } from '../scene.ts';
import type { Stage } from '../stage.ts';

const edited: Scene = {
  trigger: 'contact changed',
  does: 'her first name is mistyped in GoHighLevel',
  ghl: NOTHING,
  referralRock: 'first name follows',
  writes: ['rr.referral.update'],
  async act(stage, cast) {
    await stage.ghl('PUT', `/contacts/${cast.contactId}`, { firstName: 'Elenoora' });
  },
  async check(stage, cast) {
    assert.equal((await stage.referral(cast.referralId)).firstName, 'Elenoora');
  },
};

/** The newest event of her contact whose decision was about this edit. */
async function eventOfEdit(stage: Stage, cast: Cast): Promise<string> {
  const { events } = await stage.events();
  const found = events.find(({ event, recordId }) => event === 'ContactUpdate' && recordId === cast.contactId);
  assert.ok(found, 'the edit is in the list');
  return found.id;
}

const undone: Scene = {
  trigger: 'undo',
  does: 'a person takes that decision back',
  ghl: NOTHING,
  referralRock: 'first name put back as it was',
  writes: ['rr.referral.update'],
  async act(stage, cast) {
    await stage.api(`events/${await eventOfEdit(stage, cast)}/undo`, 'POST', {});
  },
  observed: {
    names: [],
    does: 'a person wants to take that decision back: refused, nothing was written for it',
    async act(stage, cast) {
      const event = await eventOfEdit(stage, cast);
      await assert.rejects(
        stage.api(`events/${event}/undo`, 'POST', {}),
        (error) => error instanceof HTTPError && error.response.statusCode === 409,
      );
    },
  },
  async check(stage, cast) {
    assert.equal((await stage.referral(cast.referralId)).firstName, 'Eleonora');
    assert.equal((await stage.contact(cast.contactId)).firstName, 'Elenoora');
  },
};

export const undo: readonly Scene[] = [edited, undone];
