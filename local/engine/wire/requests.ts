import path from "node:path";
import { fileURLToPath } from "node:url";
import type pb from "@pulumi/pulumi/proto/resource_pb.js";
import type sourcePb from "@pulumi/pulumi/proto/source_pb.js";
import type { AliasSpec, InvokeRequest, ReadRequest, Registration } from "../registration.ts";
import { parsePath } from "../steps/property-path.ts";
import { parseGoDuration } from "./duration.ts";
import { decodeStruct, decodeValue } from "./struct.ts";

const orUndefined = (text: string): string | undefined => (text === "" ? undefined : text);

/** Reads protocol messages into plain values. `projectDir` shortens source positions to what state may hold. */
export class RequestReader {
  readonly #projectDir: string;
  constructor(projectDir: string) {
    this.#projectDir = projectDir;
  }

  registration(request: pb.RegisterResourceRequest): Registration {
    const timeouts = request.getCustomtimeouts();
    const customTimeouts = timeouts && {
      create: parseGoDuration(timeouts.getCreate()),
      update: parseGoDuration(timeouts.getUpdate()),
      delete: parseGoDuration(timeouts.getDelete()),
    };
    const propertyDependencies: Record<string, string[]> = {};
    request.getPropertydependenciesMap().forEach((urns, key) => {
      propertyDependencies[key] = urns.getUrnsList();
    });
    const providers: Record<string, string> = {};
    request.getProvidersMap().forEach((reference, pkg) => {
      providers[pkg] = reference;
    });
    return {
      type: request.getType(),
      name: request.getName(),
      parent: orUndefined(request.getParent()),
      custom: request.getCustom(),
      remote: request.getRemote(),
      inputs: decodeStruct(request.getObject()),
      provider: orUndefined(request.getProvider()),
      providers,
      version: orUndefined(request.getVersion()),
      dependencies: request.getDependenciesList(),
      propertyDependencies,
      protect: request.hasProtect() ? request.getProtect() : undefined,
      deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
      ignoreChanges: request.getIgnorechangesList(),
      replaceOnChanges: request.getReplaceonchangesList(),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      aliases: [...request.getAliasurnsList().map((urn) => ({ urn })), ...request.getAliasesList().map(readAlias)],
      importId: orUndefined(request.getImportid()),
      customTimeouts: customTimeouts && Object.values(customTimeouts).some((v) => v !== undefined) ? customTimeouts : undefined,
      retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
      deletedWith: orUndefined(request.getDeletedwith()),
      replaceWith: request.getReplaceWithList(),
      replacementTrigger: decodeValue(request.getReplacementTrigger()),
      hideDiff: request.getHidediffsList().map(parsePath),
      hooks: readHooks(request.getHooks()),
      ...this.#source(request),
    };
  }

  exists(request: pb.ExistsResourceRequest): Pick<ReadRequest, "id" | "type" | "inputs" | "provider" | "version"> {
    return {
      id: request.getId(),
      type: request.getType(),
      inputs: decodeStruct(request.getProperties()),
      provider: orUndefined(request.getProvider()),
      version: orUndefined(request.getVersion()),
    };
  }

  read(request: pb.ReadResourceRequest): ReadRequest {
    return {
      id: request.getId(),
      type: request.getType(),
      name: request.getName(),
      parent: orUndefined(request.getParent()),
      inputs: decodeStruct(request.getProperties()),
      dependencies: request.getDependenciesList(),
      provider: orUndefined(request.getProvider()),
      version: orUndefined(request.getVersion()),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      ...this.#source(request),
    };
  }

  invoke(request: pb.ResourceInvokeRequest): InvokeRequest {
    return {
      token: request.getTok(),
      args: decodeStruct(request.getArgs()),
      provider: orUndefined(request.getProvider()),
      version: orUndefined(request.getVersion()),
      dependsOn: request.getDependsonList(),
    };
  }

  #source(request: pb.RegisterResourceRequest | pb.ReadResourceRequest) {
    const sourcePosition = this.#position(request.getSourceposition());
    const stackTrace = request
      .getStacktrace()
      ?.getFramesList()
      .map((frame) => {
        const position = this.#position(frame.getPc());
        return position === undefined ? {} : { sourcePosition: position };
      });
    return { sourcePosition, stackTrace };
  }

  /** `project:///file#line,column` for a file of the project; nothing for a file elsewhere. */
  #position(position: sourcePb.SourcePosition | undefined): string | undefined {
    const uri = position?.getUri() ?? "";
    // The SDK puts "file:///" before what already is a URL when the program is an ES module.
    const start = uri.lastIndexOf("file:");
    if (position === undefined || start < 0) return undefined;
    const text = uri.slice(start).replace(/^file:\/*/, "file:///");
    const relative = path.relative(this.#projectDir, fileURLToPath(text));
    if (relative.startsWith("..") || path.isAbsolute(relative)) return undefined;
    return `project:///${relative.split(path.sep).join("/")}#${position.getLine()},${position.getColumn()}`;
  }
}

function readAlias(alias: import("@pulumi/pulumi/proto/alias_pb.js").Alias): AliasSpec {
  const spec = alias.getSpec();
  if (spec === undefined) return { urn: alias.getUrn() };
  return {
    name: orUndefined(spec.getName()),
    type: orUndefined(spec.getType()),
    stack: orUndefined(spec.getStack()),
    project: orUndefined(spec.getProject()),
    parent: orUndefined(spec.getParenturn()),
    noParent: spec.getNoparent() || undefined,
  };
}

function readHooks(binding: pb.RegisterResourceRequest.ResourceHooksBinding | undefined): Registration["hooks"] {
  if (binding === undefined) return undefined;
  const all = {
    BeforeCreate: binding.getBeforeCreateList(),
    AfterCreate: binding.getAfterCreateList(),
    BeforeUpdate: binding.getBeforeUpdateList(),
    AfterUpdate: binding.getAfterUpdateList(),
    BeforeDelete: binding.getBeforeDeleteList(),
    AfterDelete: binding.getAfterDeleteList(),
    OnError: binding.getOnErrorList(),
  };
  const named = Object.entries(all).filter(([, names]) => names.length > 0);
  return named.length === 0 ? undefined : Object.fromEntries(named);
}
