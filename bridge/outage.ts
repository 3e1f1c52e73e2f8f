/** Something outside that may be away: how long it is left alone after failures, doubling from `firstMs` to `longestMs`. */
export class Outage {
  readonly #firstMs: number;
  readonly #longestMs: number;
  #pauses = 0;
  #until = 0;

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
  }

  get isOn(): boolean {
    return this.#pauses > 0;
  }

  /** Milliseconds until the next try; 0: now. */
  get remainingMs(): number {
    return Math.max(0, this.#until - performance.now());
  }

  /** Failures that come in together count once. Answers whether this one began the outage. */
  failed(): boolean {
    if (this.remainingMs > 0) return false;
    this.#until = performance.now() + Math.min(this.#firstMs * 2 ** this.#pauses, this.#longestMs);
    this.#pauses += 1;
    return this.#pauses === 1;
  }

  /** Answers whether this success ended an outage. */
  worked(): boolean {
    const wasOn = this.isOn;
    this.#pauses = 0;
    this.#until = 0;
    return wasOn;
  }
}
