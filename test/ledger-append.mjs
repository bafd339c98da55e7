// Appends lines to a ledger as one of several processes: node ledger-append.mjs <module> <workspace> <name> <count>
const [module, workspace, name, count] = process.argv.slice(2);
const { appendLedger } = await import(module);
for (let i = 0; i < Number(count); i++) {
  const own = { key: `${name}/${i}`, kind: 'test', by: name, body: { i } };
  await appendLedger(workspace, own);
  await appendLedger(workspace, { ...own, key: `shared/${i}` });
}
