import assert from 'node:assert/strict';
import { personalValues } from '../support/people.ts';
import type { RunningRockbridge } from '../support/rockbridge.ts';
import { type RecordedRun, textsOf } from '../support/runs.ts';

/** What holds for every workflow that ran, whatever the stories of the file were: last in it, when all have been told. */
export function keepsItsPromises(rockbridge: () => RunningRockbridge, trigger: string): void {
  let recorded: RecordedRun[] = [];

  it('leaves no e-mail, name or phone in any history', async () => {
    recorded = await rockbridge().runs.histories();
    assert.ok(recorded.length > 0);
    const seen = recorded.map(({ history }) => textsOf(history).join('\n')).join('\n');
    assert.ok(seen.includes('planId'), 'the payloads are read as text');
    assert.deepEqual(
      personalValues().filter((value) => seen.includes(value)),
      [],
    );
  });

  it('sums its activities up by operations and names of fields', async () => {
    const summaries = recorded.flatMap(({ history }) =>
      (history.events ?? []).flatMap(({ userMetadata }) => textsOf(userMetadata?.summary?.data)),
    );
    const names =
      /^"(create|update) (contact|referral|member|task|custom field): \w+( date)?(, \w+( date)?)*"$|^"[a-z]+( [a-z]+)+ \([\w-]+\)"$|^"(unsubscribe|resubscribe) email"$/;
    assert.ok(summaries.length > 0);
    assert.deepEqual(
      summaries.filter((summary) => !names.test(summary)),
      [],
    );
  });

  it('can be searched for by trigger and connection', async () => {
    const triggers = new Set<string>();
    for (const { workflowId, runId } of recorded) {
      const { typedSearchAttributes } = await rockbridge().client.workflow.getHandle(workflowId, runId).describe();
      const found = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
      assert.equal(found['RockbridgeConnection'], rockbridge().connectionId);
      for (const name of found['RockbridgeTrigger'] as string[]) triggers.add(name);
    }
    assert.ok(triggers.has(trigger), [...triggers].join());
  });

  it('ends each run as completed or gone on as a new one, none as failed', () => {
    const ends = recorded.map(({ history }) => history.events?.at(-1));
    const ended = ends.filter(
      (end) => end?.workflowExecutionCompletedEventAttributes ?? end?.workflowExecutionContinuedAsNewEventAttributes,
    );
    assert.equal(ended.length, recorded.length);
  });
}
