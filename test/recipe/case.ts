import assert from 'node:assert/strict';
import type { Database } from '../../store/database.ts';
import { assertAgreement } from './agreement.ts';
import { Driver } from './driver.ts';
import { COST_OF_APPROVAL } from './edits.ts';
import { type ModelEvent, walk } from './events.ts';
import { ModelVendors } from './model-vendors.ts';
import { ModelWorld } from './model-world.ts';
import type { Event, Setting } from './stories.ts';
import type { Person, Row } from './world.ts';

export const ZONE = 'America/Chicago';
/** What linking a new person takes at the most: contact, tags, task, note, and its id with the task's line. */
export const TO_LINK = 5;

const PERSON: Person = {
  firstName: 'Jane',
  lastName: 'Doe',
  email: 'jane@example.com',
  phones: ['+15125550101', '+15125550102', '(512) 555-0103'],
};

/** One customer's whole life: both vendors, our store and activities, and what becomes of them. */
export class Case {
  readonly #vendors: ModelVendors;
  readonly #world: ModelWorld;
  readonly #driver: Driver;
  readonly #database: Database;
  readonly #id: string;
  readonly #setting: Setting;
  /** What came to pass besides edits. */
  readonly came: string[];
  #allowed = 0;
  #pending: ModelEvent[] = [];

  private constructor(database: Database, id: string, n: number, setting: Setting) {
    let made = 0;
    this.#world = new ModelWorld(PERSON, (kind) => `${kind}${n}x${++made}`);
    this.#vendors = new ModelVendors(this.#world);
    this.came = this.#vendors.struck;
    this.#driver = new Driver(database, this.#vendors, id);
    this.#database = database;
    this.#id = id;
    this.#setting = setting;
  }

  static async begin(database: Database, n: number, setting: Setting): Promise<Case> {
    const id = `case-${n}`;
    const held = { fields: { referral: { phone: { policy: 'hold' } } } };
    await database.db
      .insertInto('connections')
      .values({
        id,
        name: id,
        ghl_location_id: id,
        ghl_workflow_token: `workflow-${id}`,
        referral_rock_webhook_token: id,
        mode: 'live',
        since: new Date('2026-01-01T00:00:00Z'),
        time_zone: ZONE,
        overrides: JSON.stringify(setting.holds ? held : {}),
      })
      .execute();
    await database.db
      .insertInto('programs')
      .values({ connection_id: id, vendor_id: `program-${n}`, name: 'Friends', is_default: true })
      .execute();
    const one = new Case(database, id, n, setting);
    await one.#populate(`program-${n}`);
    return one;
  }

  async #populate(programId: string): Promise<void> {
    const { known, second, member, refuses } = this.#setting;
    const { phones, ...person } = PERSON;
    const [phone] = phones;
    const program = { programId, programName: 'Friends' };
    const referral: Row = { ...person, companyName: '', phoneNumber: phone, ...program };
    if (known) {
      this.#world.add('contact', { ...person, phone, companyName: '' });
      if (second) this.#world.add('referral', { ...referral, createDate: '2026-03-01T10:00:00.0000000Z' });
      if (member)
        this.#world.add('member', {
          ...person,
          ...program,
          phone,
          city: '',
          referralCode: 'CODE',
          referralUrl: 'https://example.com/CODE',
          referrals: 0,
          referralsApproved: 0,
          rewardsIssuedAmount: 0,
        });
    }
    this.#world.add('referral', referral);
    this.#allowed = TO_LINK;
    if (known) {
      // Differences of two that have just met stay; what is promised is about those that have.
      for (const event of this.#world.events.splice(0)) await this.#driver.deliver(event);
      while (await this.#driver.attend());
      this.#allowed = 0;
      this.#world.writes.length = 0;
    }
    this.#vendors.refuses = refuses ? 'lastName' : undefined;
  }

  async happen(event: Event): Promise<void> {
    this.#pending.push(...this.#world.events.splice(0));
    switch (event.what) {
      case 'edit':
        this.#allowed += await event.edit(this.#world);
        return;
      case 'drop':
        if (this.#take(event.pick)) this.came.push('dropped');
        return;
      case 'deliver': {
        const one = this.#take(event.pick);
        if (one) await this.#driver.deliver(one);
        if (one && event.twice) await this.#driver.deliver(one);
        if (one && event.twice) this.came.push('delivered twice');
        return;
      }
      case 'decide':
        if (!(await this.#driver.decide(event.approve))) return;
        this.#allowed += event.approve ? COST_OF_APPROVAL : 0;
        this.came.push(event.approve ? 'approved' : 'denied');
        return;
      case 'watch':
        await this.#driver.watch(event.on);
        return;
      case 'attend':
        return this.#attend(event);
    }
  }

  async #attend({ diesAfter, mishap, meanwhile }: Extract<Event, { what: 'attend' }>): Promise<void> {
    this.#vendors.mishap = mishap;
    this.#vendors.meanwhile = meanwhile && (async () => void (this.#allowed += await meanwhile(this.#world)));
    if ((await this.#driver.attend(diesAfter)) && this.#vendors.watches) this.came.push('watched');
    this.#vendors.mishap = undefined;
    this.#vendors.meanwhile = undefined;
  }

  /** What still waits for a person is decided, one after another, and what follows from it is walked to its end. */
  async decideAll(): Promise<void> {
    for (let n = 0; n < 4; n++) {
      const before = this.came.length;
      await this.happen({ what: 'decide', approve: !this.#setting.known });
      if (this.came.length === before) return;
      await this.walk();
    }
  }

  #take(pick: number): ModelEvent | undefined {
    return this.#pending.splice(pick % Math.max(1, this.#pending.length), 1)[0];
  }

  /** What a walk finds comes in like any event, until a lap of it leads to nothing more. */
  async walk(): Promise<void> {
    await this.#driver.watch(false);
    const lap = async (): Promise<void> => {
      this.#world.events.length = 0;
      this.#pending = [];
      for (const found of this.#world.everMade) await this.#driver.deliver(found);
      while (await this.#driver.attend());
    };
    await walk(lap, () => this.#world.writes.length);
  }

  async assertKept(): Promise<void> {
    const { refuses, holds } = this.#setting;
    const but = new Set(refuses ? ['lastName'] : []);
    if (holds && (await this.#isHeld())) but.add('phone');
    assertAgreement(this.#world, ZONE, but);
    this.#assertThrifty();
    this.#assertMoney();
  }

  async #isHeld(): Promise<boolean> {
    const rows = await this.#database.db
      .selectFrom('inbox')
      .select('sentence')
      .where('connection_id', '=', this.#id)
      .where('status', '=', 'held')
      .execute();
    return rows.some(({ sentence }) => /phone/iu.test(sentence ?? ''));
  }

  #assertThrifty(): void {
    const { writes } = this.#world;
    const empty = writes.filter(({ changed }) => changed.length === 0);
    assert.deepEqual(empty, [], 'no write says what is there already');
    const operations = writes.map(({ operation }) => operation).join(', ');
    assert.ok(
      writes.length <= this.#allowed,
      `${writes.length} writes for edits that may lead to ${this.#allowed}: ${operations}`,
    );
  }

  /** A status is set only if a person has approved it, what may pay once in a referral's life. */
  #assertMoney(): void {
    const { paid } = this.#vendors;
    for (const { permit } of paid)
      assert.ok(permit?.by === 'approval' && this.#driver.approved.has(permit.id), 'a person let it pass');
    const paying = paid.map(({ asked }) => asked).filter((asked) => !asked.endsWith(' denied'));
    assert.equal(new Set(paying).size, paying.length, `what may pay is asked for once: ${paying.join(', ')}`);
  }
}
