// Filters the timeline, and shows what is older. Without this script the newest entries stand in the page all the same.
(() => {
  const STEP = 200;
  const entries = JSON.parse(document.getElementById("entries").textContent);
  const form = document.getElementById("filters");
  const body = document.querySelector("#timeline tbody");
  const more = document.getElementById("more");
  const shown = document.getElementById("shown");
  const texts = entries.map(([, at, , , who, what]) => `${at} ${who} ${what}`.toLowerCase());
  let found = entries;
  let visible = Math.min(body.rows.length, entries.length);

  const cell = (text, className) => {
    const td = document.createElement("td");
    td.textContent = text;
    if (className) td.className = className;
    return td;
  };
  const row = ([number, at, , , who, what]) => {
    const tr = document.createElement("tr");
    tr.append(cell(number, "number"), cell(at), cell(what), cell(who));
    return tr;
  };
  const tell = () => {
    shown.textContent = `${visible} of ${found.length} entries`;
    more.hidden = visible >= found.length;
  };
  const add = () => {
    const next = found.slice(visible, visible + STEP);
    body.append(...next.map(row));
    visible += next.length;
    tell();
  };
  const filter = () => {
    const { stack, kind, text } = Object.fromEntries(new FormData(form));
    const wanted = text.trim().toLowerCase();
    found = entries.filter(
      (entry, index) =>
        (stack === "" || entry[3] === "" || entry[3] === stack) && (kind === "" || entry[2] === kind) && texts[index].includes(wanted),
    );
    body.replaceChildren();
    visible = 0;
    add();
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", add);
  tell();
})();
