// Reports kept on this device: written before they are sent, so that a broken connection or a closed page loses nothing.
export interface Answer {
  code: string;
  secret: string;
  track: string;
}
export interface Draft {
  /** The number by which the city knows the same report, however often it is sent. */
  id: string;
  madeAt: string;
  /** Whose account it was written in, as a sign that tells nobody who; empty without one. */
  account: string;
  fields: [string, string][];
  files: File[];
  state: "WAITS" | "SENT" | "REFUSED";
  answer?: Answer;
  /** Field → what was wrong with it. */
  errors?: Record<string, string>;
}

const NAME = "songcau-portal";
const STORE = "drafts";

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => { request.result.createObjectStore(STORE, { keyPath: "id" }); };
    request.onsuccess = () => { resolve(request.result); };
    request.onerror = () => { reject(request.error ?? new Error("no store")); };
  });
}

async function within<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      // On disk, not only in the queue.
      transaction.oncomplete = () => { resolve(request.result); };
      transaction.onerror = transaction.onabort = () => { reject(transaction.error ?? new Error("not kept")); };
    });
  } finally {
    database.close();
  }
}

/** Oldest first. */
export async function drafts(): Promise<Draft[]> {
  const found = await within<Draft[]>("readonly", (store) => store.getAll() as IDBRequest<Draft[]>);
  return found.sort((one, other) => one.madeAt.localeCompare(other.madeAt));
}

export async function draft(id: string): Promise<Draft | undefined> {
  return within<Draft | undefined>("readonly", (store) => store.get(id) as IDBRequest<Draft | undefined>);
}

export async function keep(one: Draft): Promise<void> {
  await within("readwrite", (store) => store.put(one));
}

export async function forget(id: string): Promise<void> {
  await within("readwrite", (store) => store.delete(id));
}

/** A version 4 UUID, also where `crypto.randomUUID` is missing: an address without TLS. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
