/** What came of asking the server to do something: its answer, or why there is none, in words. */
export type Sent = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly why: string };

/** Asks the server to do something. Never throws: what went wrong is told to the person who asked. */
export async function send(
  path: "/api/click" | "/api/submit" | "/api/command" | "/api/home" | "/api/cause",
  what: object,
): Promise<Sent> {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(what),
    });
    const body: unknown = await response.json();
    return response.ok ? { ok: true, body } : { ok: false, why: (body as { error: string }).error };
  } catch (error) {
    return { ok: false, why: `The console's server does not answer (${String(error)}).` };
  }
}
