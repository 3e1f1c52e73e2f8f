import type { Answer, Call, Operation } from '../../operation.ts';
import { type Ghl, inLocation, locationAt } from '../ghl.ts';
import { pageOf } from '../paging.ts';

const read = { effect: 'read', scope: 'opportunities.readonly' } as const;

/** What opportunities are sorted into. People make them in GHL's pages; the API reads only. */
export function pipelineOperations(ghl: Ghl): Operation[] {
  return [
    {
      name: 'ghl.pipeline.list',
      method: 'GET',
      path: '/opportunities/pipelines',
      ...read,
      run: (call) => pipelines(ghl, call),
    },
    {
      name: 'ghl.lost-reason.list',
      method: 'GET',
      path: '/opportunities/lost-reason',
      ...read,
      run: (call) => lostReasons(ghl, call),
    },
  ];
}

function pipelines(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, call.query['locationId']);
  return { status: 200, body: { pipelines: inLocation(ghl.state.pipelines.all(), location) } };
}

/** `total` only when `getCount` asks for it. */
function lostReasons(ghl: Ghl, call: Call): Answer {
  const location = locationAt(ghl, call, call.query['locationId']);
  const { name, query, deleted, getCount } = call.query;
  const found = inLocation(ghl.state.lostReasons.all(), location)
    .filter(() => deleted !== 'true')
    .filter((reason) => !name || reason.name === name)
    .filter((reason) => !query || reason.name.toLowerCase().includes(query.toLowerCase()));
  const reasons = pageOf(call, found, { limit: 100, most: 100 });
  return { status: 200, body: { lostReasons: reasons, ...(getCount === 'true' && { total: found.length }) } };
}
