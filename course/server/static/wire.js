// Asking the server: JSON with the header that Jupyter wants on every write.

const { base, xsrf } = document.body.dataset;

/** The server could not be reached, or is ill: the same may be asked again later. */
export class Away extends Error {}

/** The server said no. `status` is HTTP's, `data` what it sent with it. */
export class Refused extends Error {
    constructor(status, data) {
        super(data.error ?? `the server answered ${status}`);
        this.status = status;
        this.data = data;
    }
}

/** Ask, for at most `wait` ms. */
export async function ask(method, path, data, wait = 15_000) {
    let reply, said;
    try {
        reply = await fetch(base + path, {
            method,
            body: data === undefined ? undefined : JSON.stringify(data),
            headers: { "X-XSRFToken": xsrf, "Content-Type": "application/json" },
            signal: AbortSignal.timeout(wait),
            redirect: "error", // to a login page, which is no answer
        });
        said = await reply.json();
    } catch (error) {
        throw new Away(error.message);
    }
    if (reply.status >= 500) throw new Away(said.error);
    if (!reply.ok) throw new Refused(reply.status, said);
    return said;
}

/** Tell the server something on the way out, whatever comes of it. */
export function leave(method, path) {
    fetch(base + path, { method, headers: { "X-XSRFToken": xsrf }, keepalive: true }).catch(() => {});
}

/** Return 32 hexadecimal digits; unlike crypto.randomUUID also on a server without TLS. */
export function fresh() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
