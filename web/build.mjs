// Builds web/dist: one self-contained HTML file per widget (script and styles inside, nothing loaded), and the files of the checkout page
// and of the playground.
// Fails when a widget is larger than its limit, because hosts load one for every tool call.
import { build } from 'esbuild';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const MAX_GZIPPED = 30 * 1024;
const widgets = { 'product-catalog': 'Products', 'shopping-cart': 'Shopping cart', checkout: 'Checkout', 'sales-report': 'Sales report' };
const options = {
  bundle: true,
  minify: true,
  write: false,
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  outdir: 'out',
  logLevel: 'warning',
};

process.chdir(import.meta.dirname);
await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });

for (const [name, title] of Object.entries(widgets)) {
  const { script, styles } = await bundle(`src/widgets/${name}/main.tsx`);
  const html = page(title, script, styles);
  const size = gzipSync(html, { level: 9 }).length;
  if (size > MAX_GZIPPED) {
    throw new Error(`${name}: ${size} bytes gzipped, more than ${MAX_GZIPPED}`);
  }

  await writeFile(`dist/${name}.html`, html);
}

for (const [name, entry] of [['checkout-page', 'src/checkout-page/checkout.ts'], ['playground', 'src/playground/main.tsx']]) {
  const { script, styles } = await bundle(entry);
  await writeFile(`dist/${name}.js`, script);
  await writeFile(`dist/${name}.css`, styles);
}

for (const file of ['playground.html', 'sandbox.html']) {
  await writeFile(`dist/${file}`, await readFile(`src/playground/${file}`));
}

async function bundle(entry) {
  const result = await build({ ...options, entryPoints: [entry] });
  const text = (ending) => result.outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
  return { script: text('.js'), styles: text('.css') };
}

function page(title, script, styles) {
  // A closing tag inside a string of the script would end the element.
  const safe = script.trim().replaceAll('</script', '<\\/script');
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">` +
    `<title>${title}</title><style>${styles.trim()}</style></head><body><div id="root"></div><script type="module">${safe}</script></body></html>\n`
  );
}
