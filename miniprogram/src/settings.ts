/** What differs from county to county; set in `.env` when the app is built. */
export const settings = {
  /** Name of the place, as in 「翁源一门」. */
  place: import.meta.env.VITE_PLACE,
  hotline: import.meta.env.VITE_HOTLINE,
  apiBase: import.meta.env.VITE_API_BASE,
}
