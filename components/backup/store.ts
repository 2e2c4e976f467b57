import { libpqUrl } from "../scripts.ts";

/**
 * What backup, restore and drill have in common. POSIX sh with the tools of the database's image; everything comes from the environment:
 *
 * KIND postgresql | sqlite · URL_FILE (postgresql: file with the URL) · DATABASE (sqlite: the file) · FOLDERS (folders kept beside it, one a
 * line) · BACKUPS (directory) · RELEASE, SCHEMA, REASON, JOB (written down) · REPORT (file for the last word, which Kubernetes keeps).
 *
 * One backup is one directory, named after its time (UTC) and release: `database`, `files-N.tar.gz`, `rows` (how many rows each table has),
 * `files-N.sha256` (digest of each file), `SHA256SUMS` over all of these, and `manifest.json`. It gets its name when it has been read back in full.
 */
export const storeScript = `set -eu
umask 077
fail() { echo "$1" >&2; exit 1; }
${libpqUrl}
report() { printf '%s\\n' "$1"; printf '%s' "$1" > "\${REPORT:-/dev/termination-log}"; }
digest_of() { sha256sum < "$1" | cut -d' ' -f1; }
size_of() { wc -c < "$1" | tr -d ' '; }
plain() { printf '%s' "$1" | tr -c 'A-Za-z0-9._-' '-'; }
[ "$KIND" = sqlite ] || url=$(libpq_url "$URL_FILE")

# Folders by number: folder 1 is the first.
folder_count() { printf '%s\\n' "\${FOLDERS:-}" | grep -c . || true; }
folder() { printf '%s\\n' "$FOLDERS" | sed -n "$1p"; }

# rows KIND FILE OUT: reads the whole copy of a database, and writes how many rows each table has. Fails where it cannot be restored.
rows() {
  case $1 in
    postgresql)
      rm -f "$3.bad"
      { pg_restore --no-owner --no-privileges --file=- "$2" || : > "$3.bad"; } | awk '
        in_data && /^\\\\\\.$/ { print count "\\t" name; in_data = 0; next }
        in_data { count++; next }
        /^COPY .* FROM stdin;$/ { name = $0; sub(/^COPY /, "", name); sub(/ \\(.*\\) FROM stdin;$/, "", name); sub(/ FROM stdin;$/, "", name); in_data = 1; count = 0 }
      ' > "$3"
      [ ! -e "$3.bad" ] || { rm -f "$3.bad"; return 1; }
      ;;
    sqlite)
      [ "$(sqlite3 "$2" 'PRAGMA integrity_check' 2>&1)" = ok ] || return 1
      sqlite3 "$2" "SELECT 'SELECT count(*) || char(9) || ' || quote(name) || ' FROM \\"' || replace(name, '\\"', '\\"\\"') || '\\";' FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL %' ORDER BY name" > "$3.sql" || return 1
      sqlite3 -bail "$2" < "$3.sql" > "$3" || return 1
      rm -f "$3.sql"
      ;;
  esac
}

# list_files FOLDER: the digest of each file below it.
list_files() { (cd "$1" && find . -type f ! -name '*.liftlock-*' -exec sha256sum {} + | LC_ALL=C sort -k 2); }

# archive FOLDER NAME: what the archive gives back is what lay there; a file that is written meanwhile is read again.
archive() {
  for attempt in 1 2 3 4 5; do
    list_files "$1" > "$2.sha256" || return 1
    tar -czf "$2.tar.gz" -C "$1" . 2> "$2.log" || true
    rm -rf "$2.check"; mkdir "$2.check"
    if tar -xzf "$2.tar.gz" -C "$2.check" 2>> "$2.log" && list_files "$2.check" > "$2.seen" && cmp -s "$2.sha256" "$2.seen"; then
      rm -rf "$2.check" "$2.seen" "$2.log"
      return 0
    fi
    sleep 1
  done
  rm -rf "$2.check"
  echo "the files in $1 could not be copied: they change all the time, or the archive cannot be read back" >&2
  cat "$2.log" >&2
  return 1
}

# copy_database OUT: PostgreSQL's own dump, SQLite's own online backup, of one moment each, whoever writes meanwhile.
copy_database() {
  case $KIND in
    postgresql) pg_dump --format=custom --no-password --file="$1" --dbname="$url" ;;
    sqlite) sqlite3 -bail "$DATABASE" ".timeout 60000" "BEGIN" "SELECT count(*) FROM sqlite_schema" ".backup main '$1'" "ROLLBACK" > /dev/null ;;
  esac
}

# take REASON: a backup of what is there now; its id is in $taken.
take() {
  now=$(date -u +%Y%m%dT%H%M%SZ)
  while [ -e "$BACKUPS/$now-$(plain "$RELEASE")" ]; do sleep 1; now=$(date -u +%Y%m%dT%H%M%SZ); done
  taken="$now-$(plain "$RELEASE")"
  part="$BACKUPS/.part-$taken"
  rm -rf "$part"; mkdir "$part"
  trap 'rm -rf "$part"' EXIT
  copy_database "$part/database" || fail "the database could not be copied: no backup was taken"
  test -s "$part/database" || fail "the copy of the database is empty: no backup was taken"
  rows "$KIND" "$part/database" "$part/rows" || fail "the copy of the database cannot be restored: no backup was taken"
  n=0
  while [ "$n" -lt "$(folder_count)" ]; do
    n=$((n + 1))
    from=$(folder "$n")
    mkdir -p "$from"
    archive "$from" "$part/files-$n" || fail "the files in $from have no verified copy: no backup was taken"
  done
  (cd "$part" && sha256sum -- * > SHA256SUMS)
  bytes=0
  for file in "$part"/*; do bytes=$((bytes + $(size_of "$file"))); done
  date_of() { echo "$1" | sed -E 's/^(....)(..)(..)T(..)(..)(..)Z.*/\\1-\\2-\\3T\\4:\\5:\\6Z/'; }
  summary=$(printf '"id":"%s","takenAt":"%s","release":"%s","schemaVersion":"%s","reason":"%s","job":"%s","kind":"%s","verified":true,"bytes":%s,"sha256":"%s"' \\
    "$taken" "$(date_of "$now")" "$(plain "$RELEASE")" "$(plain "$SCHEMA")" "$1" "$(plain "\${JOB:-}")" "$KIND" "$bytes" "$(digest_of "$part/SHA256SUMS")")
  printf '{%s}\\n' "$summary" > "$part/manifest.json"
  sync
  mv "$part" "$BACKUPS/$taken"
  trap - EXIT
}

all_backups() { find "$BACKUPS" -mindepth 2 -maxdepth 2 -name manifest.json | sed -E 's#.*/([^/]+)/manifest.json$#\\1#' | LC_ALL=C sort; }

# find_backup NAME: by its id, by the Job that took it, or the newest; its directory is in $found.
find_backup() {
  name=$1
  [ "$name" != latest ] || name=$(all_backups | tail -n 1)
  found="$BACKUPS/$name"
  [ -n "$name" ] && [ -f "$found/manifest.json" ] || found=$(grep -l "\\"job\\":\\"$name\\"" "$BACKUPS"/*/manifest.json 2> /dev/null | LC_ALL=C sort | tail -n 1 | sed 's#/manifest.json$##')
  [ -n "$found" ] && [ -f "$found/manifest.json" ] || fail "there is no backup $1. There are: $(all_backups | tail -n 20 | tr '\\n' ' ')"
  found_id=\${found##*/}
}

field() { sed -E "s/.*\\"$2\\":\\"?([^\\",}]*).*/\\1/" "$1/manifest.json"; }

# check_backup DIR: nothing is missing or changed in it, and it can be read in full. $1.tmp-rows holds what was counted.
check_backup() {
  [ "$(field "$1" kind)" = "$KIND" ] || fail "$1 is a backup of $(field "$1" kind), and the database is $KIND: nothing was changed"
  [ "$(digest_of "$1/SHA256SUMS")" = "$(field "$1" sha256)" ] || fail "the list of $found_id is not what its manifest says: nothing was changed"
  (cd "$1" && sha256sum -c SHA256SUMS > /dev/null 2>&1) || fail "$found_id is not what was backed up, a part of it is missing or changed: nothing was changed"
  counted="$BACKUPS/.rows-$$"
  rows "$KIND" "$1/database" "$counted" && cmp -s "$counted" "$1/rows" || { rm -f "$counted"; fail "$found_id cannot be restored: nothing was changed"; }
  rm -f "$counted" "$1"/database-wal "$1"/database-shm
  [ "$(ls "$1"/files-*.tar.gz 2> /dev/null | wc -l)" -eq "$(folder_count)" ] || fail "$found_id holds other folders than those declared now: nothing was changed"
}
total_of() { awk '{ total += $1 } END { printf "%d", total }' "$1/rows"; }
`;
