import { expect, test } from "vitest";
import { faultsOf } from "./support.ts";

const faults = (services: object) =>
  faultsOf({
    change: ({ environment }) => {
      environment.services = services;
    },
  });
const adopted = (name: string, value: object, more: object = {}) => ({ [name]: { adopted: value, ...more } });

test("what objects keep of the time before is a setting of the environment", () =>
  expect(
    faults({
      ...adopted("web", {
        selector: { app: "web", "acme.example.com/tier": "front" },
        ports: [8080],
        autoscaler: "web-hpa",
        route: "public",
      }),
      ...adopted("store", { serviceName: "store", claims: { data: "store" }, disruptionBudget: "store-pdb" }),
    }),
  ).toEqual([]));

test.each<[object, string]>([
  [adopted("web", { selector: {} }), "services.web.adopted.selector: must name a label"],
  [adopted("web", { selector: { "a b": "c" } }), "services.web.adopted.selector"],
  [
    adopted("web", { selector: { app: "web" } }, { strategy: { kind: "blueGreen" } }),
    "services.web.adopted.selector: two colours need labels of their own",
  ],
  [adopted("web", { serviceName: "web" }), 'services.web.adopted.serviceName: "web" is no StatefulSet'],
  [adopted("store", { claims: { files: "files" } }), 'services.store.adopted.claims.files: "store" has no volume "files"'],
  [adopted("web", { ports: [80] }), "services.web.adopted.ports: must not name 80"],
  [adopted("mailer", { route: "mail" }), 'services.mailer.adopted.route: "mailer" has no route'],
])("%j is refused", (services, fault) => expect(faults(services).join("\n")).toContain(fault));
