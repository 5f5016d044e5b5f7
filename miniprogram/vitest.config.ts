import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const ours = new Set(['view', 'text', 'image', 'input', 'textarea', 'picker', 'button', 'scroll-view'])

export default defineConfig({
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => ours.has(tag) } } })],
  resolve: { alias: { '@': '/src' } },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.ts'], setupFiles: ['tests/setup.ts'] },
})
