import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { defaultRules } from '../../rules/rule-sets/default-rules.ts';
import { fieldMapPage } from '../../scripts/support/field-map-page.ts';
import { readYaml } from '../../scripts/support/rules-yaml.ts';
import { problemsOf } from '../rules/rule-sets.ts';

const page = readFileSync(new URL('../../docs/field-map.md', import.meta.url), 'utf8');

describe('docs/field-map.md', () => {
  it('is what the built-in rules say today', () => {
    assert.ok(page === fieldMapPage(), 'docs/field-map.md is not made from the rules as they are: npm run field-map');
  });

  it('shows every mapped field, action, switch and setting', () => {
    const { fields, actions, sync, settings } = defaultRules;
    const shown = [
      ...[...fields.referral, ...fields.member].map(({ field, rr }) => `| \`${field}\` | \`${rr}\` |`),
      ...actions.map(({ id, title }) => `| ${title} (\`${id}\`) |`),
      ...[...Object.keys(sync), ...Object.keys(settings)].map((name) => `| \`${name}\` |`),
    ];
    assert.deepEqual(
      shown.filter((line) => !page.includes(line)),
      [],
    );
  });

  it('has an example of a rule file that is right', () => {
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    const { problems, value } = readYaml(example);
    assert.deepEqual([problems, problemsOf(value)], [[], []]);
    assert.notEqual(example, '');
  });

  it('is what README.md leads to', () => {
    assert.match(readFileSync(new URL('../../README.md', import.meta.url), 'utf8'), /\]\(docs\/field-map\.md\)/);
  });
});
