import { randomUUID } from 'node:crypto';
import type { Rock } from './rock.ts';
import type { Program } from './state.ts';
import { programHookBody } from './views.ts';

/** What people do with programs in Referral Rock's own pages; no API call can. */
export type ProgramPages = {
  addProgram(fields: { name: string; title?: string }): Program;
  /** ProgramUpdate is fired for a changed activation only (reference/referral-rock.md 3.2). */
  setProgram(id: string, isActive: boolean): Program;
  /** Members, referrals and rewards go along, without events of their own. */
  deleteProgram(id: string): Program;
};

export function programPages(rock: Rock): ProgramPages {
  const programAt = (id: string): Program => {
    const program = rock.state.programs.get(id);
    if (!program) throw new Error(`No program ${id}`);
    return program;
  };
  return {
    addProgram({ name, title = name }) {
      const program = rock.state.programs.put({
        id: randomUUID(),
        name,
        title,
        type: 'Form',
        isActive: true,
        isDefault: false,
        memberOffer: '',
        referralOffer: '',
      });
      rock.emit('ProgramAdd', programHookBody(rock, program));
      return program;
    },
    setProgram(id, isActive) {
      const before = programAt(id);
      const program = rock.state.programs.put({ ...before, isActive });
      if (before.isActive !== isActive) rock.emit('ProgramUpdate', programHookBody(rock, program));
      return program;
    },
    deleteProgram(id) {
      const program = programAt(id);
      const last = programHookBody(rock, program);
      const { members, referrals, rewards, programs } = rock.state;
      for (const reward of rewards.by('programId', id)) rewards.delete(reward.id);
      for (const member of members.by('programId', id)) {
        for (const referral of referrals.by('memberId', member.id)) referrals.delete(referral.id);
        members.delete(member.id);
      }
      programs.delete(id);
      rock.emit('ProgramDelete', last);
      return program;
    },
  };
}
