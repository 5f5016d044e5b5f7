import plugin from '@dcloudio/vite-plugin-uni'
import { defineConfig } from 'vite'

// The plugin is CommonJS: under Node's ESM its function sits on `default`.
const uni = (plugin as unknown as { default?: typeof plugin }).default ?? plugin

export default defineConfig({
  base: './',
  plugins: [uni()],
  server: { host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:8000' } },
})
