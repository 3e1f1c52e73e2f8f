import fc from 'fast-check';

/**
 * The seed of every property test: the same stories in each run, so that a change is what turns one red. `PROPERTY_SEED=random`
 * looks for new stories, `PROPERTY_SEED=<number>` tells again those that a failure names.
 */
const SEED = 20_261_124;

export function seedProperties(given: string | undefined = process.env['PROPERTY_SEED']): void {
  if (given === 'random') return;
  fc.configureGlobal({ seed: given === undefined ? SEED : Number(given) });
}
