// `node .ci/summary.js DIRECTORY SUITE...`: adds up vitest's own JSON reports, one for each suite. Fails when one is missing, failed or ran no test.
import { readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

const [directory = "", ...suites] = process.argv.slice(2);
const sum = { passed: 0, failed: 0, skipped: 0 };
for (const suite of suites) {
  let report;
  try {
    report = JSON.parse(readFileSync(path.join(directory, `${suite}.json`), "utf8"));
  } catch (error) {
    console.error(`${suite}: no report (${error instanceof Error ? error.message : error})`);
    process.exitCode = 1;
    continue;
  }
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests, numTodoTests, success } = report;
  // A file that could not even be loaded has no tests to count, so it counts as one that failed.
  const unloaded = report.testResults.filter(
    (/** @type {any} */ file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  sum.passed += passed;
  sum.failed += failed + unloaded;
  sum.skipped += numPendingTests + numTodoTests;
  if (!success || failed > 0 || passed === 0) process.exitCode = 1;
  if (passed === 0) console.error(`${suite}: no test passed`);
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
