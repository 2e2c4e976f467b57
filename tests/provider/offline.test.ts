import { expect, test } from "vitest";
import { Secret, UNKNOWN } from "../../local/engine/values.ts";
import { kubernetesFactory } from "../../local/providers/kubernetes/index.ts";
import { checkRequest, diffRequest, states } from "./requests.ts";

const offline = kubernetesFactory({ kind: "offline" });
const common = {
  urn: "u",
  type: "kubernetes:core/v1:Secret",
  name: "token",
  signal: new AbortController().signal,
  log: () => {},
  timeoutSeconds: undefined,
};

test("a preview without a cluster: what is declared is what will be", async () => {
  const provider = await offline.configure({ namespace: "elsewhere" });
  const news = { apiVersion: "v1", kind: "Secret", stringData: { a: new Secret(UNKNOWN) } };
  const { inputs } = await provider.check(checkRequest(common.type, common.name, news));
  expect(inputs.metadata).toMatchObject({ name: "token-abababab", namespace: "elsewhere" });
  expect(await provider.create({ ...common, inputs, preview: true })).toEqual({ id: "", outputs: inputs });
  const old = states.step1!.find(({ type }) => type.endsWith(":Deployment"))!;
  expect((await provider.diff(diffRequest(old.type, old, old.inputs))).changes).toBe(false);
  await provider.close();
});

test("anything else says that it needs a cluster, and which command starts one", async () => {
  const provider = await offline.configure({});
  const request = {
    ...common,
    id: "n/a",
    inputs: {},
    outputs: {},
    oldInputs: {},
    oldOutputs: {},
    newInputs: {},
    ignoreChanges: [],
    preview: false,
  };
  await expect(provider.create(request)).rejects.toThrow(/creation of token needs a cluster.*liftlock local start/);
  await expect(provider.update(request)).rejects.toThrow(/update of token/);
  await expect(provider.delete(request)).rejects.toThrow(/deletion of token/);
  await expect(provider.read(request)).rejects.toThrow(/reading of token/);
});
