import type { FastifyInstance } from 'fastify';
import { addControlRoutes, type Controls, newUserKey, type Seed } from './control.ts';
import { Deliveries } from './deliveries.ts';
import { Faults } from './faults.ts';
import {
  clientId,
  clientSecret,
  companyId,
  companyToken,
  locationId,
  privateToken,
  webhookPublicKeyPem,
} from './ghl/constants.ts';
import { createGhl, type Ghl } from './ghl/ghl.ts';
import { installApp, uninstallApp } from './ghl/installs.ts';
import { requestCheck } from './ghl/request-check.ts';
import { ghlDefaults, type GhlState, openGhlState } from './ghl/state.ts';
import { ghlVendor } from './ghl/vendor.ts';
import { Ledger } from './ledger.ts';
import { Quota, type QuotaLimits, Quotas } from './quota.ts';
import { programPages } from './referral-rock/program-pages.ts';
import { createRock, privateKey, publicKey, type Rock } from './referral-rock/rock.ts';
import { openRockState, type RockState } from './referral-rock/state.ts';
import { rockVendor } from './referral-rock/vendor.ts';
import { plantAgency } from './seed/agency.ts';
import { wellKnownIds } from './seed/ids.ts';
import { plant } from './seed/seed.ts';
import { Store } from './store.ts';
import { vendorServer } from './vendor-server.ts';

export type SandboxOptions = {
  ghlPort?: number;
  referralRockPort?: number;
  host?: string;
  /** Folder where the state is kept across restarts; undefined: memory only. */
  dataDir?: string;
  /** Planted when the folder holds no state yet. */
  seed?: Seed;
  ghlWebhookUrl?: string;
  webhookDelayMs?: number;
  /** Epoch milliseconds. */
  now?: () => number;
};

export type SandboxInfo = {
  ghl: {
    url: string;
    locationId: string;
    companyId: string;
    /** Opens the location. */
    privateToken: string;
    /** Opens what belongs to the company. */
    companyToken: string;
    clientId: string;
    clientSecret: string;
    webhookPublicKeyPem: string;
    users: { id: string; name: string; email: string }[];
    /** Of what people make in GHL's pages: pipelines, calendars, campaigns, ... */
    ids: typeof wellKnownIds;
  };
  referralRock: {
    url: string;
    publicKey: string;
    privateKey: string;
    programs: { id: string; name: string; title: string }[];
  };
};

export type Sandbox = {
  ghlUrl: string;
  referralRockUrl: string;
  info: SandboxInfo;
  ghl: GhlState;
  referralRock: RockState;
  close(): Promise<void>;
};

const ghlLimits: QuotaLimits = { max: 100, intervalMs: 10_000, daily: 200_000 };
const rockLimits: QuotaLimits = { max: 600, intervalMs: 60_000, daily: Number.MAX_SAFE_INTEGER };

/** GoHighLevel and Referral Rock simulated over HTTP, each on its own port, from reference/ghl.md and reference/referral-rock.md. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const now = options.now ?? Date.now;
  const store = new Store(options.dataDir);
  const parts = { store, now, faults: new Faults(), ledger: new Ledger(store) };
  const deliveries = new Deliveries(store, options.webhookDelayMs ?? 0);
  const ghl = createGhl(openGhlState(store), deliveries, now);
  const rock = createRock(openRockState(store), deliveries, now);
  if (!store.hasHistory) plant(options.seed ?? 'lifelike', ghl.state, rock.state, now());
  // What an earlier version kept has no locations yet.
  else if (ghl.state.locations.size === 0) plantAgency(ghl.state, now());
  if (options.ghlWebhookUrl) setWebhookUrl(ghl, deliveries, options.ghlWebhookUrl);
  store.compact();
  const quotas = { ghl: new Quotas({ ...ghlLimits }), referralRock: new Quota({ ...rockLimits }) };
  const userKey = newUserKey();
  const ghlApp = vendorServer(ghlVendor(ghl, quotas.ghl, await requestCheck()), parts, userKey);
  const rockApp = vendorServer(rockVendor(rock, quotas.referralRock), parts, userKey);
  const urls = { ghl: '', referralRock: '' };
  const info = (): SandboxInfo => describe(urls, ghl, rock);
  const controls = controlsOf({ ...parts, deliveries, ghl, rock, quotas, info });
  for (const app of [ghlApp, rockApp]) addControlRoutes(app, controls, userKey);
  const host = options.host ?? '127.0.0.1';
  urls.ghl = await listen(ghlApp, host, options.ghlPort ?? 0);
  urls.referralRock = await listen(rockApp, host, options.referralRockPort ?? 0);
  return {
    ghlUrl: urls.ghl,
    referralRockUrl: urls.referralRock,
    info: info(),
    ghl: ghl.state,
    referralRock: rock.state,
    async close() {
      deliveries.stop();
      await Promise.all([ghlApp.close(), rockApp.close()]);
      store.close();
    },
  };
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  await app.listen({ host, port });
  const address = app.server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${actual}`;
}

function describe(urls: { ghl: string; referralRock: string }, ghl: Ghl, rock: Rock): SandboxInfo {
  const users = ghl.state.users
    .all()
    .map(({ id, firstName, lastName, email }) => ({ id, name: `${firstName} ${lastName}`, email }));
  const programs = rock.state.programs.all().map(({ id, name, title }) => ({ id, name, title }));
  return {
    ghl: {
      url: urls.ghl,
      locationId,
      companyId,
      privateToken,
      companyToken,
      clientId,
      clientSecret,
      webhookPublicKeyPem,
      users,
      ids: wellKnownIds,
    },
    referralRock: { url: urls.referralRock, publicKey, privateKey, programs },
  };
}

function setWebhookUrl(ghl: Ghl, deliveries: Deliveries, webhookUrl: string): void {
  ghl.state.settings.put({ ...ghl.settings(), webhookUrl });
  deliveries.redirect('ghl', webhookUrl);
}

type ControlParts = Pick<Controls, 'faults' | 'ledger' | 'deliveries' | 'info'> & {
  ghl: Ghl;
  rock: Rock;
  quotas: { ghl: Quotas; referralRock: Quota };
  now: () => number;
};

function controlsOf({ ghl, rock, quotas, now, faults, ledger, deliveries, info }: ControlParts): Controls {
  return {
    faults,
    ledger,
    deliveries,
    info,
    setWebhookUrl: (url) => setWebhookUrl(ghl, deliveries, url),
    reset(seed) {
      const { webhookUrl } = ghl.settings();
      for (const collection of [...Object.values(ghl.state), ...Object.values(rock.state)]) collection.clear();
      for (const part of [faults, ledger, deliveries]) part.clear();
      quotas.ghl.reset();
      quotas.referralRock.reset();
      plant(seed, ghl.state, rock.state, now());
      ghl.state.settings.put({ ...ghlDefaults, webhookUrl });
    },
    setLimits(limits) {
      Object.assign(quotas.ghl.limits, limits.ghl);
      Object.assign(quotas.referralRock.limits, limits.referralRock);
      return { ghl: quotas.ghl.limits, referralRock: quotas.referralRock.limits };
    },
    setSettings(settings) {
      const ghlSettings = ghl.state.settings.put({ ...ghl.settings(), ...settings.ghl });
      const rockSettings = rock.state.settings.put({ ...rock.settings(), ...settings.referralRock });
      return { ghl: ghlSettings, referralRock: rockSettings };
    },
    install: (location) => installApp(ghl, location, now()),
    uninstall: (location) => uninstallApp(ghl, location),
    ...programPages(rock),
  };
}
