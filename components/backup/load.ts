/**
 * load URL DIR: replaces everything in a PostgreSQL database by a backup, in one transaction. Schemas and large objects that are there go, the dump
 * comes in, and when it commits a deferred trigger counts every table: a row too few or too many, a dump that ends early, a lost connection,
 * and all is as it was.
 */
export const loadScript = `
load() {
  sql_rows=$(sed "s/'/''/g" "$2/rows" | awk -F'\\t' '{ printf "%s(%s, '\\''%s'\\'')", (NR > 1 ? ", " : ""), $1, $2 }')
  {
    cat <<'SQL'
SET client_min_messages = error;
SET lock_timeout = '60s';
BEGIN;
CREATE TEMP TABLE liftlock_rows (wanted bigint, relation text) ON COMMIT DROP;
CREATE FUNCTION pg_temp.liftlock_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found bigint;
BEGIN
  EXECUTE 'SELECT count(*) FROM ' || NEW.relation INTO found;
  IF found <> NEW.wanted THEN
    RAISE EXCEPTION '% has % rows, the backup has %', NEW.relation, found, NEW.wanted;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER liftlock_check AFTER INSERT ON pg_temp.liftlock_rows
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pg_temp.liftlock_check();
SQL
    [ -z "$sql_rows" ] || printf 'INSERT INTO pg_temp.liftlock_rows VALUES %s;\\n' "$sql_rows"
    cat <<'SQL'
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', name);
  END LOOP;
  PERFORM lo_unlink(oid) FROM pg_largeobject_metadata;
END $$;
CREATE SCHEMA public;
GRANT USAGE ON SCHEMA public TO PUBLIC;
SQL
    # Ends with COMMIT; cut off earlier, nothing commits. (Its own BEGIN is a notice only.)
    pg_restore --single-transaction --no-owner --no-privileges --file=- "$2/database"
    # psql is content with a script that ends early: that it committed is seen by what went with the transaction.
    echo "SELECT 'liftlock: committed' WHERE to_regclass('pg_temp.liftlock_rows') IS NULL;"
  } | psql -XAtq --no-password --set=ON_ERROR_STOP=1 --set=VERBOSITY=terse --dbname="$1" | grep -qx 'liftlock: committed'
}
`;
