import { randomUUID } from 'node:crypto';
import { type Answer, bodyFields, type Call, type Operation, param, textOf } from '../operation.ts';
import { eventNames, invalid, refusal, type Rock } from './rock.ts';

export function hookOperations(rock: Rock): Operation[] {
  return [
    { name: 'rr.hook.create', method: 'POST', path: '/api/hooks', effect: 'write', run: (call) => create(rock, call) },
    {
      name: 'rr.hook.delete',
      method: 'DELETE',
      path: '/api/hooks',
      effect: 'write',
      run: (call) => remove(rock, call),
    },
    {
      name: 'rr.hook.history',
      method: 'GET',
      path: '/api/hooks/history/:eventName',
      effect: 'read',
      run: (call) => history(rock, call),
    },
  ];
}

/** One URL and one event a subscription; the same pair gives the same id [unsure]. There is no way to list them. */
function create(rock: Rock, call: Call): Answer {
  const body = bodyFields(call);
  const url = textOf(body['target_url']) ?? '';
  if (!/^https?:\/\/\S+$/.test(url)) throw invalid({ target_url: 'The target_url field is not a valid URL.' });
  const event = eventNames.find((each) => each.toLowerCase() === textOf(body['event'])?.toLowerCase());
  if (!event) throw invalid({ event: `The event '${String(body['event'])}' is not valid.` });
  const known = rock.state.hooks.by('event', event).find((hook) => hook.target_url === url);
  const hook = known ?? rock.state.hooks.put({ id: randomUUID(), target_url: url, event });
  return { status: 201, body: { web_hook_id: hook.id }, recordId: hook.id };
}

/** The id comes in a DELETE body; 200 with an empty body. */
function remove(rock: Rock, call: Call): Answer {
  const id = textOf(bodyFields(call)['web_hook_id']);
  if (!id || !rock.state.hooks.get(id)) throw refusal(404, 'Hook not found.');
  rock.state.hooks.delete(id);
  return { status: 200, recordId: id };
}

/** Past deliveries of one event; the shape is assumed. */
function history(rock: Rock, call: Call): Answer {
  const event = param(call, 'eventName').toLowerCase();
  const results = rock.deliveries.results.filter(
    (each) => each.vendor === 'referralRock' && each.event.toLowerCase() === event,
  );
  const body = results.map(({ id, event: name, body: payload, status, attempts }) => ({
    id,
    event: name,
    payload,
    statusCode: status,
    success: status >= 200 && status < 300,
    attempts,
  }));
  return { status: 200, body };
}
