import { z } from "zod";
import { ApplicationSettings } from "../../components/application.schema.ts";
import { EnvironmentSettings } from "../../components/environment.schema.ts";
import { PlatformSettings } from "../../components/platform/platform.schema.ts";
import { ReleaseSettings } from "../../components/release.schema.ts";
import { RolloutSettings } from "../../components/strategy/strategy.schema.ts";

/** JSON Schemas of the settings files, made from the schemas that the program itself checks with, so that editors complete and check them. */
export const schemas = (): Record<string, object> => ({
  "project.schema.json": projectSchema(),
  "stack.schema.json": stackSchema(),
});

const draft = "https://json-schema.org/draft/2020-12/schema";

/** What a person writes: keys with a default may be left out. */
const written = (schema: z.ZodType): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return rest;
};

/** Pulumi.yaml. Everything but `config.application` is Pulumi's own. */
const projectSchema = (): object => ({
  $schema: draft,
  title: "Pulumi.yaml of a Liftlock project",
  type: "object",
  required: ["name", "runtime", "config"],
  properties: {
    name: { type: "string", pattern: "^[A-Za-z0-9_.-]{1,100}$" },
    config: {
      type: "object",
      required: ["application"],
      properties: {
        application: {
          type: "object",
          required: ["value"],
          properties: { value: written(ApplicationSettings) },
          additionalProperties: false,
        },
      },
    },
  },
});

/** Pulumi.<stack>.yaml: `environment` and `release`, or `platform`. Every other key of the project is a secret, and is encrypted. */
const stackSchema = (): object => ({
  $schema: draft,
  title: "Pulumi.<stack>.yaml of a Liftlock project",
  type: "object",
  required: ["config"],
  properties: {
    config: {
      type: "object",
      patternProperties: {
        "^[^:]+:environment$": written(EnvironmentSettings),
        "^[^:]+:release$": written(ReleaseSettings),
        "^[^:]+:rollout$": written(RolloutSettings),
        "^[^:]+:platform$": written(PlatformSettings),
        "^[^:]+:[A-Z_][A-Z0-9_]*$": {
          description: "A secret: pulumi config set --secret <key>",
          type: "object",
          required: ["secure"],
          properties: { secure: { type: "string" } },
          additionalProperties: false,
        },
      },
    },
  },
});
