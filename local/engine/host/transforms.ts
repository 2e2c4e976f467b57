import type callback from "@pulumi/pulumi/proto/callback_pb.js";
import resource from "@pulumi/pulumi/proto/resource_pb.js";
import { makeUrn } from "../urn.ts";
import type { Callbacks } from "./callbacks.ts";
import { resourceOptions, takeResourceOptions } from "./transform-options.ts";

/**
 * Applies the program's transforms to what it asks for, before anything else looks at it: for a resource its own, then those of its
 * parents from the nearest outwards, then the stack's; for a function call the stack's.
 */
export class Transforms {
  readonly #callbacks: Callbacks;
  readonly #stack: { stack: string; project: string };
  readonly #stackTransforms: callback.Callback[] = [];
  readonly #invokeTransforms: callback.Callback[] = [];
  /** Of resources whose children are transformed too. */
  readonly #own = new Map<string, callback.Callback[]>();
  readonly #parents = new Map<string, string>();

  constructor(callbacks: Callbacks, stack: { stack: string; project: string }) {
    this.#callbacks = callbacks;
    this.#stack = stack;
  }

  addStackTransform(transform: callback.Callback): void {
    this.#stackTransforms.push(transform);
  }
  addInvokeTransform(transform: callback.Callback): void {
    this.#invokeTransforms.push(transform);
  }

  async resource(request: resource.RegisterResourceRequest): Promise<void> {
    const { stack, project } = this.#stack;
    const parent = request.getParent();
    const own = request.getTransformsList();
    const urn = makeUrn(stack, project, parent || undefined, request.getType(), request.getName());
    if (parent !== "") this.#parents.set(urn, parent);
    if (own.length > 0) this.#own.set(urn, own);
    const all = [...own, ...this.#inherited(parent), ...this.#stackTransforms];
    if (all.length === 0) return;
    let properties = request.getObject();
    let options = resourceOptions(request);
    for (const transform of all) {
      const asked = new resource.TransformRequest()
        .setType(request.getType())
        .setName(request.getName())
        .setCustom(request.getCustom())
        .setParent(parent)
        .setProperties(properties)
        .setOptions(options);
      const answer = await this.#callbacks.call(transform, asked, resource.TransformResponse);
      properties = answer.getProperties();
      options = answer.getOptions() ?? options;
    }
    request.setObject(properties);
    takeResourceOptions(request, options);
  }

  async invoke(request: resource.ResourceInvokeRequest): Promise<void> {
    for (const transform of this.#invokeTransforms) {
      const options = new resource.TransformInvokeOptions().setProvider(request.getProvider()).setVersion(request.getVersion());
      const asked = new resource.TransformInvokeRequest().setToken(request.getTok()).setArgs(request.getArgs()).setOptions(options);
      const answer = await this.#callbacks.call(transform, asked, resource.TransformInvokeResponse);
      request.setArgs(answer.getArgs());
      const changed = answer.getOptions();
      if (changed !== undefined) request.setProvider(changed.getProvider()).setVersion(changed.getVersion());
    }
  }

  #inherited(parent: string): callback.Callback[] {
    const result: callback.Callback[] = [];
    for (let urn: string | undefined = parent; urn; urn = this.#parents.get(urn)) result.push(...(this.#own.get(urn) ?? []));
    return result;
  }
}
