import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Mocha's own spec report; at its end it also writes "N passed, N failed" to the file of the reporter option `counts`. */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const { counts } = options.reporterOptions as { counts: string };
    runner.once('end', () => {
      const { passes, failures } = this.stats;
      writeFileSync(counts, `${passes} passed, ${failures} failed\n`);
    });
  }
}
