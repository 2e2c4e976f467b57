// Loaded into every program before the SDK. The SDK reads the TypeScript compiler and npm's dependency solver at its start, which only
// serialized functions need (dynamic providers, magic functions): 40 % of the time to load it. They are loaded when something of them is used.
/** Node's loader, with what its types leave out. @type {any} */
const Module = require("node:module");

const late = new Set(["typescript", "@npmcli/arborist"]);
const load = Module._load;

/** @this {unknown} @param {string} request @param {{ filename?: string } | undefined} parent @param {unknown[]} rest */
Module._load = function (request, parent, ...rest) {
  if (!late.has(request) || !/[\\/]@pulumi[\\/]pulumi[\\/]/.test(parent?.filename ?? "")) return load.call(this, request, parent, ...rest);
  Module._resolveFilename(request, parent); // what is not there is missing at once, as it would be
  let loaded;
  const real = () => {
    loaded ??= load.call(Module, request, parent, ...rest);
    return loaded;
  };
  return new Proxy(() => {}, {
    // To the SDK's `import *` it is a module whose default export is the real one: so nothing is copied from it, and nothing loaded.
    get: (_, key) =>
      key === "__esModule" ? request !== "typescript" : key === "default" && request !== "typescript" ? real() : real()[key],
    has: (_, key) => key in real(),
    apply: (_, self, given) => Reflect.apply(real(), self, given),
    construct: (_, given) => Reflect.construct(real(), given),
  });
};
