import assert from 'node:assert/strict';
import got from 'got';
import { RunningRockbridge, type Json } from '../support/rockbridge.ts';

const address = 'mona.lind@example.com';

describe('an operation called by hand', () => {
  let rockbridge: RunningRockbridge;
  let programId: string;

  before(async () => {
    rockbridge = await RunningRockbridge.start({ quota: 'high' });
    programId = rockbridge.sandbox.info.referralRock.programs[0]?.id ?? '';
  });
  after(() => rockbridge.close());

  async function call(operation: string, input: object): Promise<{ status: number; body: Json }> {
    const answer = await got.post(`${rockbridge.url}/api/connections/sandbox/calls`, {
      json: { operation, input, confirm: true },
      headers: { authorization: 'Bearer test-admin-token' },
      throwHttpErrors: false,
      retry: { limit: 0 },
      responseType: 'json',
    });
    return { status: answer.statusCode, body: answer.body as Json };
  }

  /** A fault of Referral Rock, once. */
  const strike = (fault: object): Promise<Json> =>
    rockbridge.control('POST', 'faults', { faults: [{ vendor: 'referralRock', times: 1, ...fault }] });

  /** What Temporal keeps of a call. */
  async function historyOf(body: Json): Promise<{ text: string; activities: string[]; end: string }> {
    const history = await rockbridge.client.workflow.getHandle(`call/sandbox/${String(body['id'])}`).fetchHistory();
    const events = history.events ?? [];
    const activities = events.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name ? [scheduled.activityType.name] : [],
    );
    const result = events.at(-1)?.workflowExecutionCompletedEventAttributes?.result?.payloads?.[0]?.data;
    const end = result ? Buffer.from(result).toString() : 'failed';
    const payloads = JSON.stringify(history).replaceAll(/"data":"([^"]*)"/g, (_, data: string) =>
      Buffer.from(data, 'base64').toString(),
    );
    return { text: payloads, activities, end };
  }

  it('is carried out as the activity of its name, and answers what the vendor answered', async () => {
    const { status, body } = await call('referral-rock.member.create', {
      programId,
      firstName: 'Mona',
      email: address,
    });
    assert.equal(status, 200);
    assert.equal(body['answer'].member.email, address);
    assert.equal(rockbridge.sandbox.referralRock.members.by('email', address).length, 1);
    const { activities, end } = await historyOf(body);
    assert.deepEqual([activities, end], [['referral-rock.member.create'], '"done"']);
  });

  it('leaves no personal data in the history', async () => {
    const { body } = await call('referral-rock.member.list', { query: address });
    assert.equal(body['answer'].members[0].email, address);
    const { text } = await historyOf(body);
    assert.ok(text.includes(String(body['id'])));
    assert.ok(!text.includes('mona') && !text.includes('example.com'), text);
  });

  it('passes the vendor’s refusal on, whose words stay out of the history', async () => {
    const { status, body } = await call('ghl.contact.get', { contactId: 'mona.lind.unknown' });
    assert.equal(status, 502);
    assert.deepEqual([body['error'].type, body['error'].status], ['NotFound', 400]);
    assert.match(body['error'].message, /Contact with id mona\.lind\.unknown not found/);
    const { text, end } = await historyOf(body);
    assert.equal(end, '"NotFound"');
    assert.ok(!text.includes('mona.lind'), text);
  });

  it('tells the trace id by which the vendor finds the refused request', async () => {
    const { locationId } = rockbridge.sandbox.info.ghl;
    await call('ghl.contact.create', { locationId, email: address });
    const { status, body } = await call('ghl.contact.create', { locationId, email: address });
    assert.deepEqual([status, body['error'].type, body['error'].status], [502, 'Conflict', 400]);
    assert.match(body['error'].traceId, /^[0-9a-f-]{36}$/);
  });

  it('is tried again when the vendor is away for a moment', async () => {
    await strike({
      method: 'GET',
      pathPattern: '/api/programs',
      kind: 'status',
      status: 503,
    });
    const { status, body } = await call('referral-rock.program.list', {});
    assert.deepEqual([status, body['answer'].programs.length], [200, 2]);
  });

  it('is never repeated where that could pay twice: a lost answer is told as such', async () => {
    const [member] = rockbridge.sandbox.referralRock.members.all();
    const made = await call('referral-rock.referral.create', {
      referralCode: member?.referralCode,
      email: 'r@example.com',
    });
    const referralId = String(made.body['answer'].referral.id);
    await strike({
      method: 'POST',
      pathPattern: '/api/referralaction',
      kind: 'cut-after',
    });
    const { status, body } = await call('referral-rock.referral-action.create', {
      amount: 10,
      referralQuery: referralId,
    });
    assert.deepEqual([status, body['error'].type], [502, 'AnswerLost']);
    assert.match(body['error'].message, /may have been done, and is not sent again/);
    assert.equal(rockbridge.sandbox.referralRock.actions.size, 1);
    const { activities } = await historyOf(body);
    assert.equal(activities.length, 1);
  });
});
