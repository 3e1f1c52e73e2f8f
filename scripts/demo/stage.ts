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
  city?: string;
  tags: string[];
  customFields: { id: string; value: unknown }[];
}

export interface Task {
  id: string;
  title: string;
  completed: boolean;
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
  companyName?: string;
  customText3Name?: string;
  customText3Value?: string;
  status: string;
}

export interface SeenEvent {
  id: string;
  seq: string;
  event: string;
  eventId: string | null;
  recordId: string | null;
  status: string;
  sentence: string | null;
}

/** What was decided about an event. */
export interface SeenPlan {
  id: string;
  steps: { name: string; operation: string; status: string; sentence: string }[];
}

export interface SeenApproval {
  id: string;
  kind: string;
  referralId?: string;
  memberId?: string;
  proposal: Record<string, unknown>;
  pays?: string[];
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Both vendors as their users see and use them, and the bridge as they call it. */
export class Stage {
  readonly info: SandboxInfo;
  readonly sandbox: SandboxClient;
  /** Vendor's ids of records whose events may take their time: nobody waits for them. */
  readonly slow = new Set<string>();
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

  /** What a person does in GoHighLevel's own pages, by its API's path. */
  ghl<T = unknown>(method: Method, path: string, body?: object): Promise<T> {
    return this.sandbox.asUser('ghl', method, path, body);
  }

  /** What a person does in Referral Rock's own pages, by its API's path. */
  rock<T = unknown>(method: Method, path: string, body?: object): Promise<T> {
    return this.sandbox.asUser('referralRock', method, path, body);
  }

  async contact(id: string): Promise<Contact> {
    return (await this.ghl<{ contact: Contact }>('GET', `/contacts/${id}`)).contact;
  }

  async contactsByEmail(email: string): Promise<Contact[]> {
    const body = {
      locationId: this.info.ghl.locationId,
      pageLimit: 10,
      filters: [{ field: 'email', operator: 'eq', value: email }],
    };
    return (await this.ghl<{ contacts: Contact[] }>('POST', '/contacts/search', body)).contacts;
  }

  async tasks(contactId: string): Promise<Task[]> {
    return (await this.ghl<{ tasks: Task[] }>('GET', `/contacts/${contactId}/tasks`)).tasks;
  }

  async taskTitles(contactId: string): Promise<string[]> {
    return (await this.tasks(contactId)).map(({ title }) => title);
  }

  async noteBodies(contactId: string): Promise<string[]> {
    const { notes } = await this.ghl<{ notes: { body: string }[] }>('GET', `/contacts/${contactId}/notes`);
    return notes.map(({ body }) => body);
  }

  referral(id: string): Promise<RockRecord> {
    return this.rock('GET', `/api/referral/single?referralId=${id}`);
  }

  async member(id: string): Promise<RockRecord> {
    const member = await this.findMember(id);
    if (!member) throw new Error(`Referral Rock has no member ${id}`);
    return member;
  }

  /** By id, e-mail or code. */
  async findMember(text: string): Promise<RockRecord | undefined> {
    const { members } = await this.rock<{ members: RockRecord[] }>(
      'GET',
      `/api/members?query=${encodeURIComponent(text)}`,
    );
    return members[0];
  }

  /** An edit made in Referral Rock's own page. */
  async editReferral(referralId: string, referral: object): Promise<void> {
    await this.rock('POST', '/api/referral/update', [{ query: { primaryInfo: { referralId } }, referral }]);
  }

  async editMember(memberId: string, member: object): Promise<void> {
    await this.rock('POST', '/api/members/update', [{ query: { primaryInfo: { memberId } }, member }]);
  }

  async isUnsubscribed(email: string): Promise<boolean> {
    const path = `/api/email/getunsubscribed?email=${encodeURIComponent(email)}`;
    return (await this.rock<{ unsubscribed: boolean }>('GET', path)).unsubscribed;
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

  /** Rockbridge's own API; throws on a refusal. */
  async api<T>(path: string, method: 'GET' | 'POST' = 'GET', body?: object): Promise<T> {
    const headers = { authorization: `Bearer ${this.#reach.adminToken}` };
    const json = body && { json: body };
    return got(`${this.#reach.bridge}/api/${path}`, { method, headers, ...json, retry: { limit: 0 } }).json();
  }

  /** The newest events, newest first. */
  events(query = 'limit=500'): Promise<{ events: SeenEvent[]; total: number }> {
    return this.api(`events?${query}`);
  }

  /** The position of the newest event. */
  async lastEvent(): Promise<bigint> {
    const { events } = await this.events('limit=1');
    return BigInt(events[0]?.seq ?? 0);
  }

  /** What was decided about the events after position `since`, each decision once. */
  async plansSince(since: bigint): Promise<SeenPlan[]> {
    const { events } = await this.events();
    const ours = events.filter(({ seq }) => BigInt(seq) > since);
    const details = await Promise.all(ours.map(({ id }) => this.api<{ plan: SeenPlan | null }>(`events/${id}`)));
    return [...new Map(details.flatMap(({ plan }) => (plan ? [[plan.id, plan] as const] : []))).values()];
  }

  /** What waits for a person. */
  async approvals(): Promise<SeenApproval[]> {
    return (await this.api<{ approvals: SeenApproval[] }>('approvals')).approvals;
  }

  async approvalsOf(referralId: string): Promise<SeenApproval[]> {
    return (await this.approvals()).filter((one) => one.referralId === referralId);
  }

  /** Waits until every webhook has arrived and every event that came is closed. */
  async settled(withinMs = 60_000): Promise<void> {
    const end = Date.now() + withinMs;
    for (let calm = 0; calm < 3;) {
      await this.sandbox.idle();
      const open = await this.#open();
      calm = open.length === 0 ? calm + 1 : 0;
      if (Date.now() > end) throw new Error(`Still open after ${withinMs / 1000} s: ${open.join(', ')}`);
      if (calm < 3) await sleep(60);
    }
  }

  async #open(): Promise<string[]> {
    const found = await Promise.all(['stored', 'running'].map((status) => this.events(`status=${status}&limit=500`)));
    return found
      .flatMap(({ events }) => events)
      .filter(({ recordId }) => !this.slow.has(recordId ?? ''))
      .map(({ event, recordId }) => `${event} of ${recordId}`);
  }

  /** What was written through the vendors' APIs since ledger entry `since`; not the webhooks that are set up at a start. */
  async writesSince(since: number): Promise<LedgerEntry[]> {
    return (await this.sandbox.ledger(since)).filter(({ path }) => path !== '/api/hooks');
  }

  async lastWrite(): Promise<number> {
    return (await this.sandbox.ledger()).at(-1)?.n ?? 0;
  }
}
