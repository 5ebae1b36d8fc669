import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  base: '/static/dist/',
  plugins: [react()],
  // one copy of each: two copies of diagram-js or preact break the modeler silently
  resolve: { dedupe: ['react', 'react-dom', 'diagram-js', 'bpmn-moddle', '@bpmn-io/properties-panel'] },
  build: {
    manifest: true,
    outDir: here('../static/dist'),
    emptyOutDir: true,
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
