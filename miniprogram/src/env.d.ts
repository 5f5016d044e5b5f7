/// <reference types="vite/client" />

interface ImportMetaEnv {
  readonly VITE_PLACE: string
  readonly VITE_HOTLINE: string
  readonly VITE_API_BASE: string
}

declare module '*.vue' {
  import type { DefineComponent } from 'vue'

  const component: DefineComponent<object, object, unknown>
  export default component
}
