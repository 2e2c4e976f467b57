/** Shell scripts of the environment's Jobs. They run under any POSIX sh with the tools that their image brings. */

/**
 * Prints the URL in file $1 as libpq understands it: parameters that only ORMs know are taken off, which it would refuse, and the
 * names that drivers add to the scheme.
 */
export const libpqUrl = `libpq_url() {
  sed -E 's#^postgres(ql)?(\\+[a-z0-9]+)?://#postgresql://#' "$1" | awk -F'?' '{
    printf "%s", $1; n = split($2, pair, "&"); mark = "?"
    for (i = 1; i <= n; i++) if (pair[i] ~ /^(sslmode|sslrootcert|sslcert|sslkey|channel_binding|connect_timeout|options|target_session_attrs)=/) { printf "%s%s", mark, pair[i]; mark = "&" }
  }'
}`;

/**
 * Asks each address of its arguments, given as pairs of URL and refused word. Only an answer that is 2xx and does not contain the word
 * passes. While nobody answers at all (endpoints still spreading) it asks again, up to the Job's deadline; an answer is final.
 */
export const smokeScript = `set -eu
failed=0
while [ $# -gt 0 ]; do
  url=$1 refuse=$2
  shift 2
  code=000 tries=0
  while [ "$code" = 000 ] && [ "$tries" -lt 30 ]; do
    [ "$tries" -eq 0 ] || sleep 2
    tries=$((tries + 1))
    code=$(curl --silent --location --max-time 10 --output /tmp/body --write-out '%{http_code}' "$url") || true
  done
  case $code in
    2??) if grep -iwqF -e "$refuse" /tmp/body; then echo "FAIL $url answers $code, but its body says \\"$refuse\\"" && failed=1; else echo "ok   $url $code"; fi ;;
    000) echo "FAIL $url does not answer" && failed=1 ;;
    *) echo "FAIL $url answers $code" && failed=1 ;;
  esac
done
exit $failed
`;
