// Loaded into every program before the SDK. What the SDK does for whoever debugs it costs it half its time per resource, and a quarter of its start;
// nothing of it reaches anybody here.
/** Node's loader, with what its types leave out. @type {any} */
const Module = require("node:module");

/** Part of the SDK -> what is changed in it once it is loaded. @type {Map<string, (exports: any) => void>} */
const parts = new Map([
  [
    "debuggable",
    // The stack of every promise, mapped to its sources, to be printed under PULUMI_DEBUG_PROMISE_LEAKS.
    (sdk) => {
      const { debuggablePromise, debugPromiseLeaks } = sdk;
      if (debuggablePromise === undefined || debugPromiseLeaks) return;
      /** @param {unknown[]} given */
      sdk.debuggablePromise = (...given) => {
        const { stackTraceLimit } = Error;
        Error.stackTraceLimit = 0;
        try {
          return debuggablePromise(...given);
        } finally {
          Error.stackTraceLimit = stackTraceLimit;
        }
      };
    },
  ],
  // Several calls for each resource, of messages that the engine drops: they repeat whole objects, secrets too.
  ["log", (sdk) => Object.assign(sdk, { debug: () => Promise.resolve() })],
  // A debugger's session from the start on, which only serialized functions ask: begun when one does, and then told of what was loaded before, too.
  ["v8Hooks", (sdk) => Object.assign(sdk, { isInitializedAsync: () => Promise.resolve(), ...lateSession() })],
]);

function lateSession() {
  /** @type {Map<string, string>} */
  const urls = new Map();
  /** @type {Promise<import("node:inspector").Session> | undefined} */
  let session;
  const start = async () => {
    const { Session } = require("node:inspector");
    const started = new Session();
    started.connect();
    /** @param {any} event */
    const heard = ({ params }) => urls.set(params.scriptId, params.url);
    started.on("Debugger.scriptParsed", heard);
    await new Promise((resolve, reject) =>
      started.post("Debugger.enable", /** @param {Error | null} error */ (error) => (error ? reject(error) : resolve(undefined))),
    );
    return started;
  };
  return {
    getSessionAsync: () => {
      session ??= start();
      return session;
    },
    /** @param {string} id */
    getScriptUrl: (id) => urls.get(id),
  };
}

/** Where the SDK's own lines were in its TypeScript, asked for each resource: answered by "where they are". A program's own maps are read. */
const noMap = { url: "", map: { version: 3, sources: [], names: [], mappings: "" } };
/** @param {string} file */
const mapOf = (file) => (/[\\/]node_modules[\\/]@pulumi[\\/]/.test(file) ? noMap : null);

const load = Module._load;
/** @type {WeakSet<object>} */
const done = new WeakSet();

/** @this {unknown} @param {string} request @param {{ filename?: string } | undefined} parent @param {unknown[]} rest */
Module._load = function (request, parent, ...rest) {
  if (request === "source-map-support/register")
    return load.call(this, "source-map-support", parent, ...rest).install({ retrieveSourceMap: mapOf });
  const loaded = load.call(this, request, parent, ...rest);
  const change = request.startsWith(".") ? parts.get(request.slice(request.lastIndexOf("/") + 1)) : undefined;
  if (change === undefined || done.has(loaded) || !/[\\/]@pulumi[\\/]pulumi[\\/](?!node_modules)/.test(parent?.filename ?? ""))
    return loaded;
  if (["debuggablePromise", "debug", "isInitializedAsync"].every((name) => loaded[name] === undefined)) return loaded; // not all there yet: modules that need each other
  done.add(loaded);
  change(loaded);
  return loaded;
};
