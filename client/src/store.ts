/** One observable value. */

export class Store<T> {
  #value: T;
  #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get(): T {
    return this.#value;
  }

  /** Change some of its fields; nobody is told where none differs. */
  patch(fields: Partial<T>): void {
    const keys = Object.keys(fields) as (keyof T)[];
    if (keys.every((key) => Object.is(fields[key], this.#value[key]))) return;
    this.#value = { ...this.#value, ...fields };
    for (const listener of this.#listeners) listener();
  }

  /** Be told of every change; call the answer to stop. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
