import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// The pages forbid style attributes in markup (style-src 'self'). The diagram packages write a few into their templates: those that
// are SVG drawing properties become attributes of the same name, the rest is dropped (css/modeler.css sets what is needed).
const DIAGRAM_PACKAGES = /node_modules\/(bpmn-js|bpmn-js-properties-panel|diagram-js|@bpmn-io\/[\w-]+)\//;
const DRAWING = new Set(['fill', 'opacity', 'stroke', 'stroke-linecap', 'stroke-linejoin', 'stroke-width']);

function drawingAttributes(css) {
  const pairs = css.split(';').map((rule) => rule.split(':').map((word) => word.trim()));
  return pairs.filter(([name]) => DRAWING.has(name)).map(([name, value]) => ` ${name}="${value}"`).join('');
}

const withoutStyleAttributes = {
  name: 'without-style-attributes',
  enforce: 'pre',
  transform(code, id) {
    if (!DIAGRAM_PACKAGES.test(id) || !code.includes(' style="')) return null;
    return { code: code.replaceAll(/ style="([^"]*)"/g, (_, css) => drawingAttributes(css)), map: null };
  },
};

// Old files go only when the new ones and the manifest are there: a running site has no moment without assets.
// The package build's stamp goes too, since this build may be of other sources than the stamp says.
const prunesAfterwards = {
  name: 'prunes-afterwards',
  writeBundle({ dir }, bundle) {
    rmSync(`${dir}/.stamp`, { force: true });
    for (const name of readdirSync(`${dir}/assets`)) if (!(`assets/${name}` in bundle)) rmSync(`${dir}/assets/${name}`);
  },
};

export default defineConfig({
  root: here('.'),
  base: '/static/dist/',
  plugins: [withoutStyleAttributes, prunesAfterwards, react()],
  // one copy of each: two copies of diagram-js or preact break the modeler silently
  resolve: { dedupe: ['react', 'react-dom', 'diagram-js', 'bpmn-moddle', '@bpmn-io/properties-panel'] },
  build: {
    manifest: true,
    outDir: here('../static/dist'),
    emptyOutDir: false, // see prunesAfterwards
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1700,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        main: here('src/main.js'),
        htmx: here('src/htmx.js'),
        theme: here('src/theme.js'),
        base: here('src/base.css'),
      },
    },
  },
});
