// Etags as this program writes them.

/** In this program an etag has no quotes: the form that conditional writes are understood in by all servers seen. */
export function unquoted(etag: string): string {
  return etag.replace(/^"(.*)"$/, '$1')
}
