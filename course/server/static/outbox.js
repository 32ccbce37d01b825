// Judgements on their way to the server. Each is kept in the browser until the server has it, so that
// a lost connection or a reload loses none; the server knows each by its request, so none counts twice.

import { ask, Away, fresh, Refused } from "./wire.js";

const SLOWEST = 15_000; // ms between two tries

export class Outbox extends EventTarget {
    #prefix;
    #memory = new Map(); // where the browser keeps nothing
    #sending = null;
    #tries = 0;
    #timer = 0;
    #last = 0;

    /** Events: "change"; "sent" with {entry, result}; "stopped" with the entry that needs a person. */
    constructor(owner) {
        super();
        this.#prefix = `course-desk-outbox:${owner}:`;
        addEventListener("online", () => this.send());
        addEventListener("storage", (event) => {
            if (event.key?.startsWith(this.#prefix)) this.#changed();
        });
    }

    /** Whether the browser keeps what is here when the page is closed. */
    kept = true;
    /** Why nothing can be sent now; empty when it can. */
    trouble = "";

    get entries() {
        const found = [...this.#memory.values()];
        for (let i = 0; i < localStorage.length; i++) {
            const key = localStorage.key(i);
            if (key.startsWith(this.#prefix)) found.push(JSON.parse(localStorage.getItem(key)));
        }
        return found.sort((a, b) => a.order - b.order);
    }

    get waiting() {
        return this.entries.filter((entry) => entry.state === "waiting");
    }

    get stopped() {
        return this.entries.filter((entry) => entry.state !== "waiting");
    }

    /** Take a judgement: `kind` "mark", "undo" or "flag"; `body` as the server wants it, without request. */
    add({ kind, question, answer, token, body, said }) {
        this.#last = Math.max(Date.now(), this.#last + 1);
        const entry = { request: fresh(), order: this.#last, state: "waiting", kind, question, answer, token, body, said };
        this.#keep(entry);
        this.#changed();
        this.send();
        return entry;
    }

    drop(entry) {
        this.#memory.delete(entry.request);
        localStorage.removeItem(this.#prefix + entry.request);
        this.#changed();
    }

    /** Send all that waits, in order; resolves when that is done or can't be done now. */
    send() {
        this.#sending ??= this.#all().finally(() => (this.#sending = null));
        return this.#sending;
    }

    async #all() {
        clearTimeout(this.#timer);
        for (let entry; (entry = this.waiting[0]); ) {
            try {
                const { request, token, body } = entry;
                const result = await ask("POST", `api/${entry.kind}/${entry.question}/${entry.answer}`, { request, token, ...body });
                this.#follow(entry, result.token);
                this.trouble = "";
                this.#tries = 0;
                this.drop(entry);
                this.#tell("sent", { entry, result });
            } catch (error) {
                if (error instanceof Away || error.status === 403) return this.#later(error);
                if (!(error instanceof Refused)) throw error;
                this.#stop(entry, error);
            }
        }
    }

    /** What was said of the same answer after this stands on what the server has now. */
    #follow(entry, token) {
        if (token === undefined) return;
        for (const each of this.waiting)
            if (each.answer === entry.answer && each.token === entry.token && each.request !== entry.request)
                this.#keep({ ...each, token });
    }

    #stop(entry, error) {
        const stopped = { ...entry, state: error.status === 409 ? "conflict" : "refused", why: error.message, standing: error.data.standing };
        this.#keep(stopped);
        this.#changed();
        this.#tell("stopped", stopped);
    }

    #later(error) {
        this.trouble = error.status === 403 ? `${error.message}. Log in again in another tab` : "the server can't be reached";
        this.#timer = setTimeout(() => this.send(), Math.min(500 * 2 ** this.#tries++, SLOWEST));
        this.#changed();
    }

    #keep(entry) {
        try {
            localStorage.setItem(this.#prefix + entry.request, JSON.stringify(entry));
            this.#memory.delete(entry.request);
        } catch {
            this.kept = false; // full, or forbidden: then as long as the page is open
            this.#memory.set(entry.request, entry);
        }
    }

    #changed() {
        this.#tell("change");
    }

    #tell(name, detail) {
        this.dispatchEvent(new CustomEvent(name, { detail }));
    }
}
