import type { ApplicationSettings } from "../application.schema.ts";
import type { EnvironmentSettings } from "../environment.schema.ts";
import type { Finding } from "../faults.ts";
import { findService, usesDatabase } from "../model.ts";

type Add = (path: PropertyKey[], message: string) => void;

/** Rules of the database's declaration, and of the tasks and checks that name a service. */
export function checkDatabaseDeclaration(application: ApplicationSettings): Finding[] {
  const found: Finding[] = [];
  const add: Add = (path, message) => found.push({ part: "application", path, message });
  const { database } = application;
  if (database !== undefined) {
    if (database.kind === "sqlite") checkFile(application, database, add);
    else if (!Object.values(application.secrets).some((set) => Object.hasOwn(set.keys, database.secret))) {
      add(["database", "secret"], `"${database.secret}" is not declared: add it to a set of application.secrets`);
    }
    checkFiles(application, database, add);
    for (const task of ["migration", "reset"] as const) {
      const name = database[task]?.service;
      if (name === undefined) continue;
      const service = findService(application, name);
      if (service === undefined) add(["database", task, "service"], `there is no service "${name}"`);
      else if (!usesDatabase(service, application))
        add(
          ["database", task, "service"],
          database.kind === "sqlite"
            ? `"${name}" does not have the volume of the database: name ${database.service}`
            : `"${name}" does not read the secret ${database.secret}: add its set to the service's secrets`,
        );
    }
  }
  application.smoke?.checks.forEach(({ service: name }, index) => {
    const service = findService(application, name);
    if (service === undefined) add(["smoke", "checks", index, "service"], `there is no service "${name}"`);
    else if (service.kind === "worker") add(["smoke", "checks", index, "service"], `"${name}" is a worker: it answers no request`);
  });
  return found;
}

type Database = NonNullable<ApplicationSettings["database"]>;

/** A volume that a Job can name: the claim of a single writer. */
function checkVolume(application: ApplicationSettings, name: string, volume: string, at: PropertyKey[], add: Add, owner = at): void {
  const service = findService(application, name);
  if (service === undefined) add([...owner, "service"], `there is no service "${name}"`);
  else if (service.kind !== "stateful" || !service.singleWriter)
    add([...owner, "service"], `"${name}" has no volume of its own: it must be of kind stateful with singleWriter: true`);
  else if (!service.volumes.some((own) => own.name === volume)) add([...at, "volume"], `"${name}" has no volume "${volume}"`);
}

const checkFile = (application: ApplicationSettings, { service, volume }: Extract<Database, { kind: "sqlite" }>, add: Add): void =>
  checkVolume(application, service, volume, ["database"], add);

function checkFiles(application: ApplicationSettings, database: Database, add: Add): void {
  const { files } = database;
  if (files === undefined) return;
  if (database.kind === "sqlite" && files.service !== database.service)
    add(["database", "files", "service"], `must be ${database.service}, beside whose database they are kept`);
  const inside = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);
  files.folders.forEach(({ volume, path }, index) => {
    const at = ["database", "files", "folders", index];
    checkVolume(application, files.service, volume, at, add, ["database", "files"]);
    if (database.kind === "sqlite" && database.volume === volume && inside(database.file, path))
      add([...at, "path"], "holds the database itself, which has a backup of its own: keep files in a folder apart");
    if (
      files.folders.some(
        (other, place) => place !== index && other.volume === volume && inside(path, other.path) && (path !== other.path || place < index),
      )
    )
      add([...at, "path"], "lies in another of the folders, or is named twice");
  });
}

/** Rules of one environment's database: real data is backed up, never reset, and lives alone where nothing can destroy it. */
export function checkDatabase(application: ApplicationSettings, environment: EnvironmentSettings): Finding[] {
  const declared = application.database;
  const { database } = environment;
  const add = (path: PropertyKey[], message: string): Finding => ({ part: "environment", path: ["database", ...path], message });
  if (declared === undefined) return database === undefined ? [] : [add([], "the application declares no database")];
  if (database === undefined) return [add([], "is missing: the application declares a database")];
  const found: Finding[] = [];
  if (declared.kind === "postgresql" && database.cidrs === undefined)
    found.push(add(["cidrs"], "is missing: name the address range of the database server"));
  if (declared.kind === "sqlite" && database.cidrs !== undefined) found.push(add(["cidrs"], "a file has no address: remove it"));
  if (database.data !== "synthetic" && database.backup === undefined) {
    found.push(add(["backup"], `is missing: ${database.data} data is backed up, and migrated only after a verified backup`));
  }
  if (database.reset !== undefined && database.data === "real") found.push(add(["reset"], "real data is never reset: remove the schedule"));
  if (database.reset !== undefined && declared.reset === undefined)
    found.push(add(["reset"], "needs application.database.reset, the command that resets"));
  if (database.tenancy === "shared" && database.data === "real") found.push(add(["tenancy"], "real data needs a dedicated database"));
  if (declared.kind === "sqlite" && database.tenancy === "shared")
    found.push(add(["tenancy"], "a file belongs to one environment: dedicated"));
  return found;
}
