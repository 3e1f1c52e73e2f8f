import assert from 'node:assert/strict';
import type { LedgerEntry } from '../../sandbox/ledger.ts';
import { addContact, addMember, refer } from '../support/people.ts';
import type { Json, RunningRockbridge } from '../support/rockbridge.ts';
import { assertAgreement } from './agreement.ts';
import { COST_OF_APPROVAL } from './edits.ts';
import { enter, walk } from './events.ts';
import { TO_LINK, ZONE } from './case.ts';
import type { Mishap } from './model-vendors.ts';
import { SandboxWorld } from './sandbox-world.ts';
import type { Event, Setting } from './stories.ts';
import type { Person } from './world.ts';

/** Of every webhook's fate the sandbox decides by itself. */
const TROUBLED = { drop: 0.2, duplicate: 0.3, shuffle: true };
const CALM = { drop: 0, duplicate: 0, shuffle: false };
const SETTLE_MS = 60_000;

const FAULTS: Readonly<Partial<Record<Mishap, object>>> = {
  'cut-before': { kind: 'cut-before' },
  'cut-after': { kind: 'cut-after' },
  // Soon over: no story waits for the interval of the vendor.
  'rate-limited': {
    kind: 'status',
    status: 429,
    headers: { 'retry-after': '0', 'x-ratelimit-interval-milliseconds': '100' },
  },
};

/** One person's whole life in the sandbox, attended by the whole of Rockbridge on Temporal. */
export class SandboxCase {
  readonly world: SandboxWorld;
  readonly #rockbridge: RunningRockbridge;
  /** When a request of ours was under way while a person edited. */
  readonly #raced: { from: string; to: string }[] = [];
  #allowed = 0;
  #begun = 0;

  private constructor(rockbridge: RunningRockbridge, person: Person) {
    this.#rockbridge = rockbridge;
    this.world = new SandboxWorld(rockbridge, person);
    rockbridge.around = async (_, work) => {
      const [edits, from] = [this.world.edits, new Date().toISOString()];
      try {
        return await work();
      } finally {
        if (this.world.edits !== edits) this.#raced.push({ from, to: new Date().toISOString() });
      }
    };
  }

  /** `referrer` has referred the person. */
  static async begin(
    rockbridge: RunningRockbridge,
    referrer: { referralCode: string },
    person: Person,
    { known, second, member }: Setting,
  ): Promise<SandboxCase> {
    const one = new SandboxCase(rockbridge, person);
    const { phones, ...names } = person;
    const who = { ...names, phone: phones[0] };
    await rockbridge.control('PUT', 'webhooks', CALM);
    one.#begun = (await rockbridge.ledger()).at(-1)?.n ?? 0;
    if (known) await addContact(rockbridge, who);
    if (known && second) await refer(rockbridge, referrer, who);
    if (known && member) await addMember(rockbridge, who);
    if (!known) await rockbridge.control('PUT', 'webhooks', TROUBLED);
    await refer(rockbridge, referrer, who);
    one.#allowed = TO_LINK;
    if (!known) return one;
    // Differences of two that have just met stay; what is promised is about those that have.
    await rockbridge.settled(SETTLE_MS);
    one.#allowed = 0;
    one.#begun = (await rockbridge.ledger()).at(-1)?.n ?? 0;
    await rockbridge.control('PUT', 'webhooks', TROUBLED);
    return one;
  }

  async happen(event: Event): Promise<void> {
    switch (event.what) {
      case 'edit':
        this.#allowed += await event.edit(this.world);
        return;
      case 'decide':
        return this.#decide(event.approve);
      case 'attend': {
        const fault = event.mishap && FAULTS[event.mishap];
        if (fault) await this.#strike(fault);
        if (event.meanwhile) this.#allowed += await event.meanwhile(this.world);
        await this.#rockbridge.settled(SETTLE_MS);
        return;
      }
      default:
        assert.fail(`nobody can ${event.what} here`);
    }
  }

  /** The next write of ours at either vendor, the first that comes. */
  async #strike(fault: object): Promise<void> {
    const faults = ['ghl', 'referral-rock'].map((vendor) => ({
      vendor,
      pathPattern: '^/(contacts/.|api/(referral|members)/update)',
      times: 1,
      ...fault,
    }));
    await this.#rockbridge.control('POST', 'faults', { faults });
  }

  /** A person decides the oldest open approval about the person, if there is one; an ambiguous one for its first candidate. */
  async #decide(approve: boolean): Promise<void> {
    const { approvals } = await this.#rockbridge.api('approvals');
    const ids = this.#ids();
    const first = (approvals as Json[])
      .filter(({ contactId, referralId }) => ids.has(String(contactId)) || ids.has(String(referralId)))
      .toSorted((one, other) => String(one['createdAt']).localeCompare(String(other['createdAt'])))[0];
    if (!first) return;
    const chosen =
      approve && first['kind'] === 'ambiguous' ? { referralId: first['candidates'][0]?.['referralId'] } : {};
    await this.#rockbridge.api(`approvals/${String(first['id'])}`, 'POST', { approve, ...chosen });
    if (approve) this.#allowed += COST_OF_APPROVAL;
  }

  async walk(): Promise<void> {
    const { database, connectionId } = this.#rockbridge;
    await this.#rockbridge.control('DELETE', 'faults');
    await this.#rockbridge.settled(SETTLE_MS);
    const lap = async (): Promise<void> => {
      for (const found of this.world.everSeen()) await enter(database, connectionId, found);
      await this.#rockbridge.settled(SETTLE_MS);
    };
    await walk(lap, async () => (await this.#writes()).length);
  }

  async assertKept(): Promise<void> {
    assertAgreement(this.world, ZONE);
    const writes = await this.#writes();
    const raced = ({ at }: LedgerEntry): boolean => this.#raced.some(({ from, to }) => from <= at && at <= to);
    // Of an edit between our read and our write nobody can know whether it says the same.
    const empty = writes.filter((write) => !write.changed && !raced(write));
    assert.deepEqual(empty, [], 'no write says what is there already');
    const operations = writes.map(({ operation }) => operation).join(', ');
    assert.ok(
      writes.length <= this.#allowed,
      `${writes.length} writes for edits that may lead to ${this.#allowed}: ${operations}`,
    );
  }

  /** What befell our requests and the webhooks since the story began. */
  async came(): Promise<string[]> {
    const struck = (await this.#rockbridge.ledger(this.#begun)).flatMap(({ fault }) => fault ?? []);
    const { deliveries } = await this.#rockbridge.control('GET', 'webhooks');
    const sent = (deliveries as Json[]).map(({ body }) => String(body)).filter((body) => body.includes('webhookId'));
    return [...struck, ...(new Set(sent).size < sent.length ? ['delivered twice'] : [])];
  }

  /** The writes about the person that were taken. */
  async #writes(): Promise<LedgerEntry[]> {
    const ids = this.#ids();
    const entries = await this.#rockbridge.ledger(this.#begun);
    return entries.filter(
      ({ status, path, recordId }) =>
        status >= 200 && status < 300 && (ids.has(recordId ?? '') || path.split('/').some((part) => ids.has(part))),
    );
  }

  #ids(): Set<string> {
    return new Set([this.world.person.email, ...this.world.everSeen().map(({ vendorId }) => vendorId)]);
  }
}
