import assert from 'node:assert/strict';
import { assertEnded, NOTHING, type Scene } from '../scene.ts';

const added: Scene = {
  trigger: 'program changed',
  does: 'a program is made in Referral Rock',
  ghl: NOTHING,
  referralRock: NOTHING,
  writes: [],
  async act(stage, cast) {
    cast.programId = (await stage.sandbox.addProgram(`Friends ${cast.tag}`)).id;
  },
  async check(stage, cast) {
    await assertEnded(stage, 'ProgramAdd', cast.programId, /programs and reward rules were read anew/i);
  },
};

const deleted: Scene = {
  trigger: 'program changed',
  does: 'it is deleted again',
  ghl: NOTHING,
  referralRock: NOTHING,
  writes: [],
  async act(stage, cast) {
    await stage.sandbox.deleteProgram(cast.programId);
  },
  async check(stage, cast) {
    const { sentence } = await assertEnded(stage, 'ProgramDelete', cast.programId);
    assert.match(sentence ?? '', /no longer exists/);
  },
};

export const programs: readonly Scene[] = [added, deleted];
