import { ListWatch } from "@kubernetes/client-node/dist/cache.js";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { KubernetesListObject, KubernetesObject } from "@kubernetes/client-node/dist/types.js";
import { Watch } from "@kubernetes/client-node/dist/watch.js";
import type { PropertyMap } from "../../../engine/values.ts";
import { type ApiResource, type Client, collectionPath } from "./client.ts";
import { ApiError } from "./errors.ts";

export interface ObserveOptions {
  resource: ApiResource;
  namespace: string | undefined;
  labelSelector?: string;
  fieldSelector?: string;
  signal: AbortSignal;
  /** Called after every change, and once the first list is there. */
  onChange(): void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** Objects of one kind kept current by list and watch, through lost connections and expired versions. */
export class Observer {
  /** The first list has come, or never will (no right to see them): `objects` is as good as it gets. */
  synced = false;
  /** These credentials may not list or watch the objects: `objects` says nothing. */
  denied = false;
  private readonly listWatch: ListWatch<KubernetesObject>;
  private readonly options: ObserveOptions;
  private pause = FIRST_PAUSE_MS;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(client: Client, options: ObserveOptions) {
    this.options = options;
    const { resource, namespace, labelSelector, fieldSelector, signal } = options;
    const list = async (): Promise<KubernetesListObject<KubernetesObject>> => {
      const objects = await client.list(resource, namespace, { labelSelector, fieldSelector }, signal);
      setImmediate(() => {
        this.pause = FIRST_PAUSE_MS;
        this.synced = true;
        options.onChange();
      });
      return objects as unknown as KubernetesListObject<KubernetesObject>;
    };
    // client-node's Watch asks its configuration only for the server and for credentials; ours shares sockets and tokens.
    const watch = new Watch(client.connection as unknown as KubeConfig);
    this.listWatch = new ListWatch(collectionPath(resource, namespace), watch, list, false, labelSelector, fieldSelector);
    for (const verb of ["add", "update", "delete"] as const) this.listWatch.on(verb, () => options.onChange());
    this.listWatch.on("error", (error) => this.restart(error));
    void this.listWatch.start();
  }

  get objects(): PropertyMap[] {
    return this.listWatch.list() as unknown as PropertyMap[];
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    void this.listWatch.stop();
  }

  private restart(error: unknown): void {
    if (this.stopped || this.options.signal.aborted) return;
    if (error instanceof ApiError && (error.code === 403 || error.code === 404)) {
      this.denied = error.code === 403;
      this.synced = true;
      this.options.onChange();
      return;
    }
    this.timer = setTimeout(() => void this.listWatch.start(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
  }
}
