/** How a service stands at one moment. */
export interface Health {
  /** `Deployment/api` */
  readonly name: string;
  readonly ready: number;
  readonly wanted: number;
  /** Restarts of all containers of its pods. */
  readonly restarts: number;
  /** Reasons for which containers wait: `CrashLoopBackOff` and such. */
  readonly waiting: readonly string[];
}

export interface Limits {
  /** Seconds that a service may have too few ready replicas: a node that is drained, a pod that is moved. */
  readonly unreadySeconds: number;
  /** Restarts of one service during the watch. */
  readonly restarts: number;
}
export const LIMITS: Limits = { unreadySeconds: 60, restarts: 3 };

const HOPELESS = /^(CrashLoopBackOff|ImagePullBackOff|ErrImagePull|InvalidImageName|CreateContainer(Config)?Error|RunContainerError)$/;

/** Judges one sample after another; says what is wrong as soon as something is. */
export class HealthWatch {
  readonly #limits: Limits;
  readonly #restarts = new Map<string, number>();
  readonly #unreadySince = new Map<string, number>();

  constructor(limits: Limits = LIMITS) {
    this.#limits = limits;
  }

  /** `now`: seconds. Returns the fault, in one line, or undefined. */
  add(sample: readonly Health[], now: number): string | undefined {
    for (const health of sample) {
      const fault = this.#judge(health, now);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #judge({ name, ready, wanted, restarts, waiting }: Health, now: number): string | undefined {
    const reason = waiting.find((text) => HOPELESS.test(text));
    if (reason !== undefined) return `${name}: a container is in ${reason}`;
    const first = this.#restarts.get(name);
    if (first === undefined || restarts < first) this.#restarts.set(name, restarts);
    const grown = restarts - (this.#restarts.get(name) ?? restarts);
    if (grown >= this.#limits.restarts) return `${name}: its containers restarted ${grown} times since the watch began`;
    if (ready >= wanted) {
      this.#unreadySince.delete(name);
      return undefined;
    }
    const since = this.#unreadySince.get(name) ?? now;
    this.#unreadySince.set(name, since);
    return now - since >= this.#limits.unreadySeconds
      ? `${name}: ${ready} of ${wanted} replicas ready for ${Math.round(now - since)} s`
      : undefined;
  }
}
