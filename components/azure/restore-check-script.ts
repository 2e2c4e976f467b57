import { libpqUrl } from "../scripts.ts";

/**
 * URL_FILE (file with the environment's URL) · HOST (server that is asked in the place of the URL's) · REPORT (file for the last word) · TRIES,
 * WAIT (seconds) · NAMED (not empty: the URL must name HOST itself). A name that is not known yet and a server that does not answer yet are asked again; what it says then is final. The last
 * word: how many tables it holds, and the schema version that Prisma or Alembic wrote into it ("" where neither did).
 */
export const restoreCheckScript = `set -eu
fail() { echo "$1" >&2; exit 1; }
${libpqUrl}
url=$(libpq_url "$URL_FILE" | sed -E "s#^(postgresql://)(([^/?]*)@)?[^/?@]*#\\\\1\\\\2$HOST#")
port=$(libpq_url "$URL_FILE" | sed -nE 's#^postgresql://([^/?]*@)?[^/?@]*:([0-9]+)([/?].*)?$#\\2#p')
export PGCONNECT_TIMEOUT=10 PGPORT="\${port:-5432}" PGAPPNAME=liftlock-restore-check
ask() { psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --dbname="$url" --command="$1" 2>&1; }
if [ -n "\${NAMED:-}" ]; then
  named=$(libpq_url "$URL_FILE" | sed -nE 's#^postgresql://(([^/?]*)@)?([^/?@:]*).*$#\\3#p')
  [ "$named" = "$HOST" ] || fail "the address does not name $HOST yet"
fi
tries=0
until answer=$(ask "SELECT pg_is_in_recovery()"); do
  tries=$((tries + 1))
  case $answer in
    *"could not translate host name"* | *"onnection refused"* | *"timeout expired"* | *"timed out"* | *"starting up"* | *"No route to host"*) ;;
    *) fail "$HOST refuses: $(printf '%s' "$answer" | head -n 1)" ;;
  esac
  [ "$tries" -lt "\${TRIES:-60}" ] || fail "$HOST does not answer: $(printf '%s' "$answer" | head -n 1)"
  sleep "\${WAIT:-10}"
done
[ "$answer" = f ] || fail "$HOST only reads: it is a replica or still recovers"
value() { found=$(ask "$1") || fail "$HOST does not say what it holds: $(printf '%s' "$found" | head -n 1)"; }
value "SELECT count(*) FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
tables=$found
schema=""
value "SELECT to_regclass('_prisma_migrations') IS NOT NULL, to_regclass('alembic_version') IS NOT NULL"
case $found in
  "t|"*) value "SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY finished_at DESC, migration_name DESC LIMIT 1"; schema=$found ;;
  "f|t") value "SELECT version_num FROM alembic_version LIMIT 1"; schema=$found ;;
esac
schema=$(printf '%s' "$schema" | tr -c 'A-Za-z0-9._-' '-')
printf '{"tables":%s,"schema":"%s"}' "$tables" "$schema" > "\${REPORT:-/dev/termination-log}"
echo "$HOST answers: $tables tables"
`;
