/** A process that refuses as many requests as this, one after the other, has a fault of its own: memory that it cannot get. */
const mostInARow = 2;

/** Finds processes whose refusals are their own fault, and not that of the requests. */
export class Refusals<Worker extends object> {
  private readonly inARow = new WeakMap<Worker, number>();

  /**
   * A request was done by `worker`.
   * @param refusedBy those that refused the same request before
   * @returns those that have to be replaced: another process could do what they could not
   */
  answered(worker: Worker, refusedBy: ReadonlySet<Worker>): Worker[] {
    this.inARow.delete(worker);
    return [...refusedBy].filter((other) => other !== worker);
  }

  /**
   * A request failed, refused by these.
   * @returns those that have to be replaced
   */
  failed(refusedBy: ReadonlySet<Worker>): Worker[] {
    return [...refusedBy].filter((worker) => {
      const count = (this.inARow.get(worker) ?? 0) + 1;
      this.inARow.set(worker, count);
      return count >= mostInARow;
    });
  }
}
