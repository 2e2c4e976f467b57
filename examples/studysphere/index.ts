import program from "../../index.ts";
import { extend } from "./extend.ts";

/** StudySphere is the shared program with settings of its own, and whatever extend.ts adds. */
export default () => program(extend);
