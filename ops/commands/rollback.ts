export { rollBack as rollback } from "../rollback/by-command.ts";
