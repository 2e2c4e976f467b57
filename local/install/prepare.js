// npm's `prepare` script of this checkout.
import { markInstalled } from "./install.js";

markInstalled();
