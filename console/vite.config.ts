import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compressed } from './build/compressed.ts'
import { stamped } from './build/stamped.ts'

const GATEWAY = process.env['TOLLGATE_URL'] ?? 'http://127.0.0.1:8787'
/** Paths that the gateway answers itself, while `npm run dev --workspace console` serves the pages. */
const PROXIED = [
  '/api',
  '/v1',
  '/v1beta',
  '/healthz',
  '/readyz',
  '/llms.txt',
  '/docs/api',
  '/setup',
  '^/docs/.*\\.(?:json|md)$',
]

export default defineConfig({
  plugins: [react(), tailwindcss(), compressed(), stamped()],
  build: {
    outDir: process.env['CONSOLE_OUT'] ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // Every asset is a file of its own: the content security policy allows no data in place of one.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
  },
  server: { host: '127.0.0.1', proxy: Object.fromEntries(PROXIED.map((path) => [path, GATEWAY])) },
})
