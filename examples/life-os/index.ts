import program from "../../index.ts";
import { extend } from "./extend.ts";

/** The shared program with this team's settings, and whatever extend.ts adds. */
export default () => program(extend);
