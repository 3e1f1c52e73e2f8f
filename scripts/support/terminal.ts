/** Lines on standard output above one line that changes: on a terminal in place, elsewhere every 10 s and only when it changed. */
export class LiveTerminal {
  readonly #out: NodeJS.WriteStream;
  readonly #everyMs: number;
  #live = '';
  #printed = '';
  #printedAt = 0;

  constructor(out: NodeJS.WriteStream = process.stdout, everyMs = 10_000) {
    this.#out = out;
    this.#everyMs = everyMs;
  }

  say(line: string): void {
    if (!this.#out.isTTY) return void this.#out.write(`${line}\n`);
    this.#out.write(`\r\x1b[2K${line}\n${this.#live}`);
  }

  live(line: string): void {
    if (this.#out.isTTY) {
      this.#live = line.slice(0, this.#out.columns - 1);
      this.#out.write(`\r\x1b[2K${this.#live}`);
      return;
    }
    this.#live = line;
    if (Date.now() - this.#printedAt >= this.#everyMs) this.#print();
  }

  /** Leaves the live line as it last was and goes on below it. */
  endLive(): void {
    if (!this.#out.isTTY) this.#print();
    else if (this.#live) this.#out.write('\n');
    this.#live = '';
  }

  #print(): void {
    if (!this.#live || this.#live === this.#printed) return;
    this.#printed = this.#live;
    this.#printedAt = Date.now();
    this.#out.write(`${this.#live}\n`);
  }
}
