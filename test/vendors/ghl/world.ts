import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { createGhlClient } from '../../../vendors/ghl/client.ts';
import type { Operation } from '../../../vendors/operation.ts';
import { ghl } from '../../../vendors/operations.ts';
import { limiterOf } from '../support.ts';

/** Whose token a call needs: the location's, the agency's, the app's that the company installed. */
export type Caller = 'location' | 'agency' | 'app';

/** A sandbox with the lifelike seed, and hands to make what an example needs. */
export interface World {
  readonly info: Sandbox['info']['ghl'];
  readonly locationId: string;
  call<I, O>(operation: Operation<I, O>, input: NoInfer<I>, caller?: Caller): Promise<O>;
  contact(): Promise<string>;
  appointment(): Promise<string>;
  opportunity(): Promise<string>;
  /** A person installs the app: the code that comes back. */
  install(): Promise<string>;
  /** From then on calls of caller `app` have the app's token. */
  authorize(): Promise<void>;
}

/** An operation and an input that the sandbox takes. */
export interface Example {
  readonly operation: Operation;
  readonly caller: Caller;
  input(world: World): Promise<unknown>;
}

export function example<I, O>(
  operation: Operation<I, O>,
  input: (world: World) => NoInfer<I> | Promise<NoInfer<I>>,
  caller: Caller = 'location',
): Example {
  return { operation, caller, input: async (world) => input(world) };
}

const day = 86_400_000;

/** Noon (UTC) in so many days. */
export const inDays = (days: number): string =>
  new Date(Math.floor(Date.now() / day) * day + days * day + day / 2).toISOString();
export const tomorrow = { startTime: inDays(1), endTime: inDays(1 + 1 / 48) };
export const aroundNow = { startTime: Date.now() - 30 * day, endTime: Date.now() + 30 * day };
export const email = (): string => `${Math.random().toString(36).slice(2)}@example.com`;

export function worldOf(sandbox: Sandbox): World {
  const info = sandbox.info.ghl;
  const { locationId, ids } = info;
  const tokens: Record<Caller, string> = { location: info.privateToken, agency: info.companyToken, app: '' };
  const client = createGhlClient({
    baseUrl: sandbox.ghlUrl,
    credentials: {
      authorization: ({ id }) => Promise.resolve(`Bearer ${tokens[id as Caller]}`),
      refresh: () => Promise.resolve(false),
    },
    limiter: limiterOf(),
  });
  const call: World['call'] = (operation, input, caller = 'location') =>
    client.call(operation, input, { account: { vendor: 'ghl', id: caller } });
  const contact = async (): Promise<string> =>
    (await call(ghl.contact.create, { locationId, firstName: 'Vera', email: email() })).contact.id;
  const install = async (): Promise<string> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${sandbox.ghlUrl}/__sandbox/ghl-install`, { method: 'POST', headers, body: '{}' });
    return ((await answer.json()) as { code: string }).code;
  };
  return {
    info,
    locationId,
    call,
    contact,
    install,
    async authorize() {
      const { access_token: token } = await call(ghl.oauth.getToken, tokenInput(info, await install()));
      tokens.app = token;
    },
    async appointment() {
      const { calendarId } = ids;
      const booking = {
        calendarId,
        locationId,
        contactId: await contact(),
        ...tomorrow,
        ignoreFreeSlotValidation: true,
      };
      return (await call(ghl.appointment.create, booking)).id;
    },
    async opportunity() {
      const { pipelineId } = ids;
      const made = { pipelineId, locationId, contactId: await contact(), name: 'Roof', status: 'open' } as const;
      return (await call(ghl.opportunity.create, made)).opportunity.id;
    },
  };
}

export const tokenInput = ({ clientId, clientSecret }: World['info'], code: string) =>
  ({ client_id: clientId, client_secret: clientSecret, grant_type: 'authorization_code', code }) as const;
