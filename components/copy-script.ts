import { libpqUrl } from "./scripts.ts";

/**
 * Replaces the database that the URL in file $2 names by a copy of the one in file $1, anonymised. $3: JSON list of SQL statements that
 * anonymise; $4: JSON list of the columns with personal data.
 *
 * Everything happens in one transaction of the target: what was there is dropped, the source's tables and rows come in, the statements run,
 * and no value that a personal column brought along may still stand in it. Only then come indexes and triggers (so no trigger of the
 * application sees a row that is not anonymised), and COMMIT. Whoever else reads the target sees the old data or the anonymised copy;
 * whatever fails, also the source in the middle of a row, leaves the old data. Large objects are not copied: pg_dump would commit
 * around them. At the end the rows' earlier versions are removed from the target's files.
 */
export const copyScript = `set -eu
umask 077
${libpqUrl}
source=$(libpq_url "$1") target=$(libpq_url "$2")
identity="select system_identifier || '/' || current_database() from pg_control_system()"
from=$(psql -XAtq --no-password --dbname="$source" --command="$identity")
to=$(psql -XAtq --no-password --dbname="$target" --command="$identity")
[ "$from" != "$to" ] || { echo "source and target are the same database: nothing was changed" >&2; exit 1; }

dump() { pg_dump --no-password --no-owner --no-privileges --no-comments --no-publications --no-subscriptions --no-security-labels --no-tablespaces --no-blobs "$@" --dbname="$source"; }
# Ends the transaction, also from within a row that was cut off.
stop() { printf '\\n\\\\.\\n'; echo "DO \\$\\$ BEGIN RAISE EXCEPTION 'the source could not be read to its end'; END \\$\\$;"; exit 0; }

statements() {
  cat <<'SQL'
SET client_min_messages = warning;
SET lock_timeout = '300s';
BEGIN;
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', name);
  END LOOP;
END $$;
CREATE SCHEMA public;
GRANT USAGE ON SCHEMA public TO PUBLIC;
SQL
  dump --section=pre-data --section=data || stop
  cat <<'SQL'
RESET search_path;
SET row_security = on;
CREATE TEMP TABLE liftlock_column ON COMMIT DROP AS
  SELECT written, ordinality AS number, parts[array_length(parts, 1)] AS name,
    format('%I.%I', CASE array_length(parts, 1) WHEN 3 THEN parts[1] ELSE 'public' END, parts[array_length(parts, 1) - 1]) AS relation
  FROM json_array_elements_text(:'personal'::json) WITH ORDINALITY AS listed(written, ordinality), string_to_array(written, '.') AS parts;
CREATE TEMP TABLE liftlock_value (number bigint, value text) ON COMMIT DROP;
CREATE TEMP TABLE liftlock_statement ON COMMIT DROP AS
  SELECT ordinality AS number, value AS statement FROM json_array_elements_text(:'anonymise'::json) WITH ORDINALITY;
DO $$
DECLARE item record; rest bigint;
BEGIN
  FOR item IN SELECT * FROM pg_temp.liftlock_column LOOP
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(item.relation) AND attname = item.name AND NOT attisdropped) THEN
      RAISE EXCEPTION 'personal column %: the source has no such column', item.written;
    END IF;
    EXECUTE format('INSERT INTO pg_temp.liftlock_value SELECT DISTINCT %s, %I::text FROM %s WHERE %I::text <> ''''',
      item.number, item.name, item.relation, item.name);
  END LOOP;
  CREATE INDEX ON pg_temp.liftlock_value (number, md5(value));
  FOR item IN SELECT * FROM pg_temp.liftlock_statement ORDER BY number LOOP
    BEGIN
      EXECUTE item.statement;
    EXCEPTION WHEN OTHERS THEN
      RAISE EXCEPTION 'anonymise[%] failed with SQLSTATE %', item.number - 1, SQLSTATE;
    END;
  END LOOP;
  FOR item IN SELECT * FROM pg_temp.liftlock_column LOOP
    -- A column or table that the statements dropped holds nothing any more.
    CONTINUE WHEN NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(item.relation) AND attname = item.name AND NOT attisdropped);
    EXECUTE format('SELECT count(*) FROM %s AS rows WHERE EXISTS (SELECT FROM pg_temp.liftlock_value AS old
      WHERE old.number = %s AND md5(old.value) = md5(rows.%I::text) AND old.value = rows.%I::text)',
      item.relation, item.number, item.name, item.name) INTO rest;
    IF rest > 0 THEN
      RAISE EXCEPTION 'personal column %: % rows still hold a value of the source', item.written, rest;
    END IF;
  END LOOP;
END $$;
SQL
  dump --section=post-data || stop
  cat <<'SQL'
COMMIT;
RESET ALL;
SELECT format('VACUUM (FULL, ANALYZE) %I.%I', schemaname, tablename) FROM pg_tables
  WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema' \\gexec
\\echo copied, anonymised and checked
SQL
}
statements | psql -Xq --no-password --set=ON_ERROR_STOP=1 --set=VERBOSITY=terse --set=anonymise="$3" --set=personal="$4" --dbname="$target" || {
  echo "nothing was changed" >&2
  exit 1
}
`;
