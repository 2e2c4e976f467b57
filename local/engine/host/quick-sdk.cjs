// Loaded into every program before the SDK. Two things that the SDK does for whoever debugs it cost it half its time per resource; neither
// reaches anybody here.
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
]);
const load = Module._load;
/** @type {WeakSet<object>} */
const done = new WeakSet();

/** @this {unknown} @param {string} request @param {{ filename?: string } | undefined} parent @param {unknown[]} rest */
Module._load = function (request, parent, ...rest) {
  const loaded = load.call(this, request, parent, ...rest);
  const change = request.startsWith(".") ? parts.get(request.slice(request.lastIndexOf("/") + 1)) : undefined;
  if (change === undefined || done.has(loaded) || !/[\\/]@pulumi[\\/]pulumi[\\/](?!node_modules)/.test(parent?.filename ?? ""))
    return loaded;
  if (loaded.debuggablePromise === undefined && loaded.debug === undefined) return loaded; // not all there yet: modules that need each other
  done.add(loaded);
  change(loaded);
  return loaded;
};
