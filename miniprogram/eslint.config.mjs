import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

const globals = Object.fromEntries(
  ['uni', 'wx', 'getApp', 'getCurrentPages', 'window', 'document', 'navigator', 'location', 'console', 'process', 'setTimeout', 'clearTimeout',
    'URL', 'Blob', 'File', 'Image', 'Event', 'HTMLElement', 'KeyboardEvent', 'indexedDB', 'IDBDatabase', 'IDBRequest', 'IDBObjectStore', 'WechatMiniprogram']
    .map((name) => [name, 'readonly']),
)

export default ts.config(
  { ignores: ['dist/**', 'node_modules/**'] },
  ...ts.configs.recommended,
  ...vue.configs['flat/essential'],
  { languageOptions: { globals } },
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    rules: {
      // Pages are named after what they show; uni-app finds them by path.
      'vue/multi-word-component-names': 'off',
      'max-lines': ['error', 400],
      'no-undef': 'error',
    },
  },
)
