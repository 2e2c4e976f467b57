// Pulumi's runner for policy packs compiles what it requires as TypeScript with a compiler of its own; what an ES module imports, Node runs itself.
import "./pack.ts";
