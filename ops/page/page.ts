import { readFileSync } from "node:fs";
import { html, raw } from "hono/html";
import { matrix } from "./matrix.ts";
import { metrics } from "./metrics.ts";
import type { Page } from "./model.ts";
import { pipeline } from "./pipeline.ts";
import { timeline } from "./timeline.ts";

const asset = (name: string): string => readFileSync(new URL(`assets/${name}`, import.meta.url), "utf8");

const SECTIONS = [
  { id: "pipeline", title: "Pipeline", content: pipeline },
  { id: "differences", title: "Differences between environments", content: matrix },
  { id: "deliveries", title: "Deliveries", content: metrics },
  { id: "history", title: "Timeline", content: timeline },
] as const;

/** The whole page, one file: it loads nothing, and may load nothing (its Content-Security-Policy). */
export async function pageHtml(page: Page): Promise<string> {
  const made = `${page.madeAt.toISOString().slice(0, 16).replace("T", " ")}Z`;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark">
<title>${page.project}: environments and releases</title>
<link rel="icon" href="data:,">
<style>${raw(asset("page.css"))}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header>
  <h1>${page.project}</h1>
  <p class="quiet">made ${made} by liftlock ${page.version}</p>
  <nav aria-label="Sections"><ul>${SECTIONS.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main id="main" tabindex="-1">
${SECTIONS.map(({ id, title, content }) => html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content(page)}</section>`)}
</main>
<script>${raw(asset("page.js"))}</script>
</body>
</html>
`;
  return String(await document);
}
