import plugin from '@dcloudio/vite-plugin-uni'
import { defineConfig, type Plugin } from 'vite'

// The plugin is CommonJS: under Node's ESM its function sits on `default`.
const uni = (plugin as unknown as { default?: typeof plugin }).default ?? plugin

/** uni-app's own style preloads a shadow picture from its maker's server; nothing here may leave the house. */
function noOutsidePictures(): Plugin {
  return {
    name: 'no-outside-pictures',
    enforce: 'post',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'asset' && file.fileName.endsWith('.css')) {
          file.source = String(file.source).replace(/url\(["']?https?:\/\/[^)]*\)/g, 'none')
        }
      }
    },
  }
}

export default defineConfig({
  base: './',
  plugins: [uni(), noOutsidePictures()],
  server: { host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:8000' } },
})
