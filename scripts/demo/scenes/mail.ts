import assert from 'node:assert/strict';
import { email, NOTHING, type Scene } from '../scene.ts';
import type { Cast } from '../scene.ts';
import type { Stage } from '../stage.ts';

const setDnd = (status: 'active' | 'inactive') => async (stage: Stage, cast: Cast) => {
  const dndSettings = { Email: { status, message: '', code: '' } };
  await stage.ghl('PUT', `/contacts/${cast.contactId}`, { dndSettings });
};

const dndSet: Scene = {
  trigger: 'e-mail DND set',
  does: 'do-not-disturb by e-mail is set on her contact in GoHighLevel',
  ghl: NOTHING,
  referralRock: 'her address is unsubscribed',
  writes: ['rr.email.unsubscribe'],
  act: setDnd('active'),
  async check(stage, cast) {
    assert.equal(await stage.isUnsubscribed(email(cast, 'nora')), true);
    assert.ok(!(await stage.contact(cast.contactId)).tags.includes('rr-unsubscribed'), 'our own doing is no news');
  },
};

const dndCleared: Scene = {
  trigger: 'e-mail DND cleared',
  does: 'it is cleared again',
  ghl: NOTHING,
  referralRock: 'her address is subscribed again, as that was ours',
  writes: ['rr.email.resubscribe'],
  act: setDnd('inactive'),
  observed: {
    does: 'it is cleared again: a person, not we, had unsubscribed her in Referral Rock',
    act: setDnd('inactive'),
    names: [],
  },
  async check(stage, cast) {
    assert.equal(await stage.isUnsubscribed(email(cast, 'nora')), false);
  },
};

const unsubscribed: Scene = {
  trigger: 'e-mail unsubscribed',
  does: 'Ida opts out of the mails of Referral Rock',
  ghl: 'tag rr-unsubscribed; the mails of GoHighLevel stay on',
  referralRock: NOTHING,
  writes: ['ghl.tag.add'],
  async act(stage, cast) {
    await stage.rock('POST', '/api/email/unsubscribe', { email: email(cast, 'ida') });
  },
  async check(stage, cast) {
    assert.ok((await stage.contact(cast.joinerContactId)).tags.includes('rr-unsubscribed'));
  },
};

export const mail: readonly Scene[] = [dndSet, dndCleared, unsubscribed];
