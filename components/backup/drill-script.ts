import { loadScript } from "./load.ts";
import { storeScript } from "./store.ts";

/**
 * Restores the backup BACKUP into a scratch place, counts, and throws it away: a server of its own for PostgreSQL (its image brings one), a copy for
 * SQLite. What runs is not touched and not asked.
 */
export const drillScript = `${storeScript}${loadScript}
find_backup "$BACKUP"
check_backup "$found"
scratch="$BACKUPS/.drill-$$"
rm -rf "$scratch"
mkdir "$scratch"
end() { [ ! -e "$scratch/data/postmaster.pid" ] || pg_ctl -D "$scratch/data" -m immediate -s stop; rm -rf "$scratch"; }
trap end EXIT
case $KIND in
  postgresql)
    initdb -D "$scratch/data" -U drill --auth=trust --no-sync > "$scratch/log" 2>&1 || fail "no scratch server could be made: $(tail -n 3 "$scratch/log")"
    pg_ctl -D "$scratch/data" -s -w -l "$scratch/log" -o "-c listen_addresses= -c unix_socket_directories=$scratch -c fsync=off" start || fail "the scratch server did not start: $(tail -n 3 "$scratch/log")"
    target="postgresql:///postgres?host=$scratch&user=drill"
    load "$target" "$found" || fail "$found_id could not be restored into the scratch server"
    ;;
  sqlite)
    cp "$found/database" "$scratch/database"
    rows sqlite "$scratch/database" "$scratch/rows" && cmp -s "$scratch/rows" "$found/rows" || fail "$found_id could not be restored into the scratch place"
    ;;
esac
n=0
while [ "$n" -lt "$(folder_count)" ]; do
  n=$((n + 1))
  mkdir "$scratch/files-$n"
  tar -xzf "$found/files-$n.tar.gz" -C "$scratch/files-$n" && list_files "$scratch/files-$n" | cmp -s - "$found/files-$n.sha256" || fail "the files of $found_id do not come out of it as they went in"
done
report "{\\"drilled\\":\\"$found_id\\",\\"rows\\":$(total_of "$found"),\\"takenAt\\":\\"$(field "$found" takenAt)\\"}"
`;
