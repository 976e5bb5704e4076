// What the page embeds in, names and the tables of a case out.

let facts; // what pack.facts made
const held = {}; // name of a table → its table, with the rows of each case

async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

// A column is a list, {texts, codes}, {at, of} where few rows have a value, or 0 where none has.
function reader(column) {
  if (!column) return () => null;
  if (column.texts) return (at) => column.texts[column.codes[at]];
  if (column.of) {
    const values = new Map(column.at.map((at, i) => [at, column.of[i]]));
    return (at) => values.get(at) ?? null;
  }
  return (at) => column[at];
}

function prepare(made) {
  facts = made;
  for (const table of facts.tables) {
    const start = {};
    for (let i = 0, at = 0; i < table.cases.length; i += 2) {
      start[table.cases[i]] = [at, table.cases[i + 1]];
      at += table.cases[i + 1];
    }
    const columns = table.columns.map(([name, label, kind, words]) => ({ name, label, kind, words }));
    held[table.name] = { title: table.title, columns, placed: table.placed, read: table.rows.map(reader), at: table.at, start };
  }
}

// The rows of a case as objects by column; `file` and `line` say where a row stands.
function rowsOf(name, number) {
  const table = held[name];
  const [first, count] = table?.start[number] ?? [0, 0];
  const names = table ? [...table.columns.map((column) => column.name), ...(table.placed ? ["file", "line"] : [])] : [];
  return Array.from({ length: count }, (_, i) => {
    const at = table.at ? table.at[first + i] : first + i;
    return Object.fromEntries(names.map((column, c) => [column, table.read[c](at)]));
  });
}
