import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Deliveries, DeliverySettings } from './deliveries.ts';
import { type Fault, faultKinds, type Faults } from './faults.ts';
import type { GhlSettings } from './ghl/state.ts';
import type { Ledger } from './ledger.ts';
import type { VendorName } from './operation.ts';
import type { QuotaLimits } from './quota.ts';
import type { RockSettings } from './referral-rock/state.ts';
import { actorHeader } from './vendor-server.ts';

export type Seed = 'lifelike' | 'empty';

/** What the control routes act on. */
export type Controls = {
  faults: Faults;
  ledger: Ledger;
  deliveries: Deliveries;
  info(): unknown;
  reset(seed: Seed): void;
  setWebhookUrl(url: string): void;
  setLimits(limits: { ghl?: Partial<QuotaLimits>; referralRock?: Partial<QuotaLimits> }): unknown;
  setSettings(settings: { ghl?: Partial<GhlSettings>; referralRock?: Partial<RockSettings> }): unknown;
  /** Answers the authorization code. */
  install(locationId: string | undefined): string;
  uninstall(locationId: string | undefined): void;
  /** Fire ProgramAdd, ProgramUpdate, ProgramDelete. */
  addProgram(fields: { name: string; title?: string }): unknown;
  setProgram(id: string, isActive: boolean): unknown;
  deleteProgram(id: string): unknown;
};

export const newUserKey = (): string => randomBytes(16).toString('hex');

const idleWithinMs = 30_000;

type AsUser = { method: 'GET' | 'POST' | 'PUT' | 'DELETE'; path: string; body?: unknown };

/** The sandbox's own routes under /__sandbox/, on both vendors' ports: no credentials, no quota, no ledger. */
export function addControlRoutes(app: FastifyInstance, controls: Controls, userKey: string): void {
  const { faults, ledger, deliveries } = controls;
  app.get('/__sandbox/info', () => controls.info());
  app.post('/__sandbox/as-user', async (request, reply) => {
    const { method, path, body } = request.body as AsUser;
    const headers = { [actorHeader]: userKey, version: '2021-07-28' };
    const payload = body === undefined ? {} : { payload: body as object };
    const answer = await app.inject({ method, url: path, headers, ...payload });
    return reply.code(answer.statusCode).headers({ 'content-type': 'application/json' }).send(answer.payload);
  });
  app.put('/__sandbox/ghl-webhook-url', (request) => {
    const { url } = request.body as { url: string };
    controls.setWebhookUrl(url);
    return { url };
  });
  app.get('/__sandbox/ledger', (request) => ({ entries: ledger.since(numberIn(request.query, 'since', 0)) }));
  app.get('/__sandbox/requests', () => ({ counts: ledger.counts() }));
  app.get('/__sandbox/idle', (request) => deliveries.idle(numberIn(request.query, 'timeoutMs', idleWithinMs)));
  app.get('/__sandbox/webhooks', () => ({ settings: deliveries.settings, deliveries: deliveries.results }));
  app.put('/__sandbox/webhooks', (request) => {
    Object.assign(deliveries.settings, request.body as Partial<DeliverySettings>);
    return deliveries.settings;
  });
  app.post('/__sandbox/faults', (request, reply) => {
    const { faults: given } = request.body as { faults: Fault[] };
    const unknown = given.find((fault) => !faultKinds.includes(fault.kind));
    if (unknown)
      return reply.code(400).send({ message: `kind wants one of ${faultKinds.join(', ')}, not ${unknown.kind}` });
    faults.add(given.map((fault) => ({ ...fault, vendor: vendorName(fault.vendor) })));
    return { faults: given.length };
  });
  app.delete('/__sandbox/faults', () => {
    faults.clear();
    return { faults: 0 };
  });
  app.post('/__sandbox/reset', (request) => {
    const { seed } = (request.body ?? {}) as { seed?: Seed };
    controls.reset(seed ?? 'lifelike');
    return { seed: seed ?? 'lifelike' };
  });
  app.put('/__sandbox/limits', (request) => controls.setLimits(request.body as Parameters<Controls['setLimits']>[0]));
  app.put('/__sandbox/settings', (request) =>
    controls.setSettings(request.body as Parameters<Controls['setSettings']>[0]),
  );
  app.post('/__sandbox/ghl-install', (request) => {
    const { locationId } = (request.body ?? {}) as { locationId?: string };
    return { code: controls.install(locationId) };
  });
  app.post('/__sandbox/ghl-uninstall', (request) => {
    const { locationId } = (request.body ?? {}) as { locationId?: string };
    controls.uninstall(locationId);
    return {};
  });
  app.post('/__sandbox/programs', (request) => controls.addProgram(request.body as { name: string; title?: string }));
  app.delete('/__sandbox/programs/:id', (request) => controls.deleteProgram((request.params as { id: string }).id));
  app.put('/__sandbox/programs/:id', (request) => {
    const { id } = request.params as { id: string };
    return controls.setProgram(id, (request.body as { isActive: boolean }).isActive);
  });
}

function vendorName(name: string): VendorName {
  return name === 'ghl' ? 'ghl' : 'referralRock';
}

function numberIn(query: unknown, name: string, otherwise: number): number {
  const value = (query as Record<string, string | undefined>)[name];
  return value === undefined ? otherwise : Number(value);
}
