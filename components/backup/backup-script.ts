import { storeScript } from "./store.ts";

/**
 * Takes a verified backup, then removes those older than KEEP_DAYS: never before the new one is complete, so that one is always left. A database
 * that is not there yet has nothing to back up; one that was backed up before and is not there is a loss, and fails.
 */
export const backupScript = `${storeScript}
find "$BACKUPS" -mindepth 1 -maxdepth 1 \\( -name '.part-*' -o -name '.drill-*' \\) -mmin +1440 -exec rm -rf {} +
if [ "$KIND" = sqlite ] && [ ! -e "$DATABASE" ]; then
  [ -z "$(all_backups)" ] || fail "$DATABASE is not there, though it was backed up before: no backup was taken"
  report '{"empty":true}'
  exit 0
fi
newest=$(all_backups | tail -n 1)
n=0
while [ "$n" -lt "$(folder_count)" ]; do
  n=$((n + 1))
  [ -d "$(folder "$n")" ] || [ ! -s "$BACKUPS/$newest/files-$n.sha256" ] || fail "$(folder "$n") is not there, though files in it were backed up before: no backup was taken"
done
take "$REASON"
limit=$(date -u -d "@$(($(date +%s) - KEEP_DAYS * 86400))" +%Y%m%dT%H%M%SZ)
all_backups | while read -r id; do
  if [ "$id" != "$taken" ] && expr "$id" \\< "$limit" > /dev/null; then rm -rf "\${BACKUPS:?}/$id"; fi
done
kept=$(all_backups | tail -n 60 | sed 's/.*/"&"/' | paste -s -d , -)
report "{$summary,\\"kept\\":[$kept]}"
`;
