import { sign } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import got from 'got';
import { SandboxClient } from '../../sandbox/client.ts';
import { webhookPrivateKey } from '../../sandbox/ghl/constants.ts';
import type { LedgerEntry } from '../../sandbox/ledger.ts';
import type { SandboxInfo } from '../../sandbox/sandbox.ts';
import type { Reach } from '../support/instance.ts';

export interface Contact {
  id: string;
  firstName: string;
  lastName: string;
  email: string;
  phone: string;
  tags: string[];
}

export interface RockRecord {
  id: string;
  firstName: string;
  lastName: string;
  email: string;
  externalIdentifier: string;
  note: string;
  phone?: string;
  phoneNumber?: string;
  referralCode?: string;
  status: string;
}

export interface SeenEvent {
  id: string;
  event: string;
  eventId: string | null;
  recordId: string | null;
  status: string;
  sentence: string | null;
}

/** Both vendors as their users see and use them, and the bridge as they call it. */
export class Stage {
  readonly info: SandboxInfo;
  readonly sandbox: SandboxClient;
  readonly #reach: Reach;

  private constructor(reach: Reach, sandbox: SandboxClient, info: SandboxInfo) {
    this.#reach = reach;
    this.sandbox = sandbox;
    this.info = info;
  }

  static async open(reach: Reach): Promise<Stage> {
    const sandbox = new SandboxClient({ ghl: reach.ghl, referralRock: reach.referralRock });
    return new Stage(reach, sandbox, await sandbox.info());
  }

  async contact(id: string): Promise<Contact> {
    return (await this.sandbox.asUser<{ contact: Contact }>('ghl', 'GET', `/contacts/${id}`)).contact;
  }

  async contactsByEmail(email: string): Promise<Contact[]> {
    const body = {
      locationId: this.info.ghl.locationId,
      pageLimit: 10,
      filters: [{ field: 'email', operator: 'eq', value: email }],
    };
    return (await this.sandbox.asUser<{ contacts: Contact[] }>('ghl', 'POST', '/contacts/search', body)).contacts;
  }

  async taskTitles(contactId: string): Promise<string[]> {
    const { tasks } = await this.sandbox.asUser<{ tasks: { title: string }[] }>(
      'ghl',
      'GET',
      `/contacts/${contactId}/tasks`,
    );
    return tasks.map(({ title }) => title);
  }

  async noteBodies(contactId: string): Promise<string[]> {
    const { notes } = await this.sandbox.asUser<{ notes: { body: string }[] }>(
      'ghl',
      'GET',
      `/contacts/${contactId}/notes`,
    );
    return notes.map(({ body }) => body);
  }

  referral(id: string): Promise<RockRecord> {
    return this.sandbox.asUser('referralRock', 'GET', `/api/referral/single?referralId=${id}`);
  }

  async member(id: string): Promise<RockRecord> {
    const { members } = await this.sandbox.asUser<{ members: RockRecord[] }>(
      'referralRock',
      'GET',
      `/api/members?query=${id}`,
    );
    const [member] = members;
    if (!member) throw new Error(`Referral Rock has no member ${id}`);
    return member;
  }

  /** An edit made in Referral Rock's own page. */
  async editReferral(referralId: string, referral: object): Promise<void> {
    await this.sandbox.asUser('referralRock', 'POST', '/api/referral/update', [
      { query: { primaryInfo: { referralId } }, referral },
    ] as object);
  }

  async editMember(memberId: string, member: object): Promise<void> {
    await this.sandbox.asUser('referralRock', 'POST', '/api/members/update', [
      { query: { primaryInfo: { memberId } }, member },
    ] as object);
  }

  /** Posts a webhook as GoHighLevel does; `signature` replaces the right one. */
  async postGhl(
    body: string,
    signature = sign(null, Buffer.from(body), webhookPrivateKey).toString('base64'),
  ): Promise<number> {
    const headers = { 'content-type': 'application/json', 'x-ghl-signature': signature };
    const answer = await got.post(`${this.#reach.bridge}/webhooks/ghl`, {
      body,
      headers,
      throwHttpErrors: false,
      retry: { limit: 0 },
    });
    return answer.statusCode;
  }

  /** The newest events, newest first. */
  async events(query = 'limit=500'): Promise<{ events: SeenEvent[]; total: number }> {
    const headers = { authorization: `Bearer ${this.#reach.adminToken}` };
    return got(`${this.#reach.bridge}/api/events?${query}`, { headers }).json();
  }

  /** Waits until every webhook has arrived and every event that came is closed. */
  async settled(withinMs = 60_000): Promise<void> {
    const end = Date.now() + withinMs;
    for (let calm = 0; calm < 3;) {
      await this.sandbox.idle();
      const [stored, running] = await Promise.all([
        this.events('status=stored&limit=1'),
        this.events('status=running&limit=1'),
      ]);
      calm = stored.total + running.total === 0 ? calm + 1 : 0;
      if (Date.now() > end)
        throw new Error(`${stored.total + running.total} events are still open after ${withinMs / 1000} s`);
      if (calm < 3) await sleep(60);
    }
  }

  /** The writes that were made through the vendors' APIs since ledger entry `since` and that speak of one of `ids`. */
  async writesAbout(ids: readonly string[], since: number): Promise<LedgerEntry[]> {
    const entries = await this.sandbox.ledger(since);
    return entries.filter((entry) => ids.some((id) => `${entry.path} ${JSON.stringify(entry.body)}`.includes(id)));
  }

  async lastWrite(): Promise<number> {
    return (await this.sandbox.ledger()).at(-1)?.n ?? 0;
  }
}
