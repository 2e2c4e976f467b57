import { loadScript } from "./load.ts";
import { storeScript } from "./store.ts";

/**
 * Puts the backup BACKUP back. Nothing may write meanwhile. In this order: what a run before left half-way is undone; the backup is checked; what is
 * there now is backed up itself; everything is laid ready and checked beside its place; then files and database change places, and are checked
 * again. Whatever fails before the end leaves or puts back what was there.
 */
export const restoreScript = `${storeScript}${loadScript}
aside() { printf '%s/.liftlock-restore' "$(dirname "$1")"; }
staged() { printf '%s/new-%s' "$(aside "$(folder "$1")")" "$1"; }
previous() { printf '%s/old-%s' "$(aside "$(folder "$1")")" "$1"; }
before() { printf '%s.liftlock-before' "$DATABASE"; }
incoming() { printf '%s.liftlock-new' "$DATABASE"; }

each_folder() { n=0; while [ "$n" -lt "$(folder_count)" ]; do n=$((n + 1)); "$1" "$n"; done; }
put_back_folder() {
  old=$(previous "$1"); place=$(folder "$1")
  [ ! -e "$old" ] || { rm -rf "$place"; mv "$old" "$place"; }
}
clear_folder() { rm -rf "$(aside "$(folder "$1")")"; }
put_back() {
  each_folder put_back_folder
  each_folder clear_folder
  if [ "$KIND" = sqlite ]; then
    if [ -e "$(before)" ] && [ ! "$(before)" -ef "$DATABASE" ]; then
      rm -f "$DATABASE-wal" "$DATABASE-shm" "$DATABASE-journal"
      mv -f "$(before)" "$DATABASE"
    fi
    rm -f "$(before)"
    rm -f "$(incoming)"
  fi
}
put_back

find_backup "$BACKUP"
check_backup "$found"
present=yes
if [ "$KIND" = sqlite ]; then
  [ -e "$DATABASE" ] || present=no
  if [ "$present" = yes ]; then
    answer=$(sqlite3 "$DATABASE" ".timeout \${BUSY_MS:-10000}" "BEGIN EXCLUSIVE; ROLLBACK; PRAGMA wal_checkpoint(TRUNCATE);" 2>&1) || case $answer in
      *locked* | *busy*) fail "somebody still writes $DATABASE: nothing was changed" ;;
    esac
  fi
fi

# What is there now, so that this restore can be undone. A file that SQLite itself refuses is kept as it is.
safety=""
if [ "$present" = yes ]; then
  if (REASON=before-restore take before-restore && printf '%s' "$taken" > "$BACKUPS/.taken-$$"); then
    safety=$(cat "$BACKUPS/.taken-$$")
  elif [ "$KIND" = sqlite ]; then
    safety="damaged-$(date -u +%Y%m%dT%H%M%SZ)"
    mkdir "$BACKUPS/$safety"
    cp "$DATABASE" "$BACKUPS/$safety/"
    for beside in "$DATABASE-wal" "$DATABASE-journal"; do [ ! -e "$beside" ] || cp "$beside" "$BACKUPS/$safety/"; done
    echo "what is there cannot be backed up; it is kept as it is in $safety" >&2
  else
    rm -f "$BACKUPS/.taken-$$"
    fail "what is there could not be backed up: nothing was changed"
  fi
  rm -f "$BACKUPS/.taken-$$"
fi

stage_folder() {
  new=$(staged "$1")
  mkdir -p "$new"
  tar -xzf "$found/files-$1.tar.gz" -C "$new" && list_files "$new" | cmp -s - "$found/files-$1.sha256" || fail "the files of $found_id do not come out of it as they went in: nothing was changed"
}
trap 'put_back' EXIT
each_folder stage_folder
if [ "$KIND" = sqlite ]; then
  cp "$found/database" "$(incoming)"
  sync
  cmp -s "$found/database" "$(incoming)" || fail "the database could not be copied to its place: nothing was changed"
  [ "$present" = no ] || ln "$DATABASE" "$(before)"
fi
swap_folder() {
  place=$(folder "$1")
  [ ! -e "$place" ] || mv "$place" "$(previous "$1")"
  mv "$(staged "$1")" "$place"
}
each_folder swap_folder
case $KIND in
  postgresql)
    load "$url" "$found" || fail "the database refused $found_id, and what was there is put back"
    ;;
  sqlite)
    rm -f "$DATABASE-wal" "$DATABASE-shm" "$DATABASE-journal"
    mv -f "$(incoming)" "$DATABASE"
    counted="$BACKUPS/.rows-$$"
    rows sqlite "$DATABASE" "$counted" && cmp -s "$counted" "$found/rows" || fail "$found_id did not arrive whole, and what was there is put back"
    rm -f "$counted" "$(before)"
    ;;
esac
trap - EXIT
each_folder clear_folder
sync
report "{\\"restored\\":\\"$found_id\\",\\"schemaVersion\\":\\"$(field "$found" schemaVersion)\\",\\"rows\\":$(total_of "$found"),\\"before\\":\\"$safety\\"}"
`;
