import type { Data, ItemKind, ItemState } from '../../rules/records.ts';

const DATA: Partial<Record<ItemKind, Data>> = {
  task: { title: 'Call', body: '', dueDate: '2026-03-10T23:00:00.000Z', completed: false },
  note: { body: 'Likes tea', userId: 'user1', dateAdded: '2026-03-05T10:00:00.000Z' },
  appointment: { title: 'Visit', appointmentStatus: 'confirmed', dateAdded: '2026-03-05T10:00:00.000Z' },
  opportunity: {
    name: 'Roof',
    status: 'open',
    pipelineId: 'pipeline1',
    pipelineStageId: 'stage1',
    createdAt: '2026-03-05T10:00:00.000Z',
  },
  reward: {
    type: 'Member',
    status: 'Pending',
    amount: 50,
    currencyCode: 'USD',
    description: 'Gift card',
    programName: 'Customer Referrals',
    createDate: '2026-03-05T10:00:00.0000000Z',
  },
};

/** Something of Jane Doe's contact `c1`, made after the connection went live and never taken note of. */
export function item(kind: ItemKind, data: Data = {}, more: Partial<ItemState> = {}): ItemState {
  return {
    recordId: kind,
    kind,
    vendorId: `${kind}1`,
    parentId: kind === 'reward' ? 'm1' : 'c1',
    data: { id: `${kind}1`, ...DATA[kind], ...data },
    gone: false,
    ours: false,
    seen: undefined,
    ...more,
  };
}

/** What an item was taken note of as. */
export function seen(value: Data, version = 1): NonNullable<ItemState['seen']> {
  return { value: { status: '', stage: '', amount: '', description: '', ...value }, version };
}
