// Sends what is kept on this device: from the page and from the service worker, never both at once and never twice.
import { drafts, forget, keep, type Answer, type Draft } from "./drafts";

export interface Paths {
  token: string;
  report: string;
}
export type Outcome =
  | { kind: "sent"; answer: Answer }
  | { kind: "refused"; errors: Record<string, string> }
  | { kind: "later" };
interface Told { token: string; account: string }
interface Reply { status: number; body: unknown }

const LOCK = "songcau-portal-send";
const OK = 200;
// Of another kind than these an answer is worth trying again: the city was away, or had too much to do.
const FINAL = new Set([400, 409, 413, 422]);

/** The token is asked for in the moment of sending: the one of a page that lay open offline is long over. */
async function told(paths: Paths): Promise<Told> {
  const answer = await fetch(paths.token, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (!answer.ok) throw new Error("no token");
  return (await answer.json()) as Told;
}

export async function accountNow(paths: Paths): Promise<string> {
  return told(paths).then((one) => one.account, () => "");
}

function form(one: Draft, account: string): FormData {
  const data = new FormData();
  for (const [name, value] of one.fields) data.append(name, value);
  data.set("submission_id", one.id);
  data.set("made_at", one.madeAt);
  data.set("step", "send");
  // Written by somebody who was signed in, sent while somebody else is, or nobody: then from no account at all.
  if (one.account !== account) data.set("without_account", "on");
  for (const file of one.files) data.append("photos", file, file.name);
  return data;
}

function byFetch(address: string, data: FormData, token: string): Promise<Reply> {
  const headers = { "Accept": "application/json", "X-CSRFToken": token };
  return fetch(address, { method: "POST", body: data, headers, redirect: "error" }).then(async (answer) => ({
    status: answer.status,
    body: await answer.json().catch(() => null) as unknown,
  }));
}

/** As `byFetch`, and tells how far it is, which fetch cannot. */
function byRequest(address: string, data: FormData, token: string, progress: (part: number) => void): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token);
    request.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total); };
    request.onerror = request.onabort = request.ontimeout = () => { reject(new Error("no connection")); };
    request.onload = () => {
      let body: unknown = null;
      try {
        body = JSON.parse(request.responseText) as unknown;
      } catch {
        // A page in the way, of a hotel's network for one: tried again later.
      }
      resolve({ status: request.status, body });
    };
    request.send(data);
  });
}

function outcome(reply: Reply): Outcome {
  const body = reply.body as { code?: string; secret?: string; track?: string; errors?: Record<string, string>; error?: { message?: string } } | null;
  if (reply.status === OK && body?.code !== undefined && body.secret !== undefined) {
    return { kind: "sent", answer: { code: body.code, secret: body.secret, track: body.track ?? "" } };
  }
  if (!FINAL.has(reply.status)) return { kind: "later" };
  if (body?.errors !== undefined) return { kind: "refused", errors: body.errors };
  return { kind: "refused", errors: { "": body?.error?.message ?? "" } };
}

/** Send one, and keep what came of it. `progress` gets parts from 0 to 1. */
export async function send(one: Draft, paths: Paths, progress?: (part: number) => void): Promise<Outcome> {
  let result: Outcome;
  try {
    const { token, account } = await told(paths);
    const data = form(one, account);
    result = outcome(progress ? await byRequest(paths.report, data, token, progress) : await byFetch(paths.report, data, token));
  } catch {
    result = { kind: "later" };
  }
  if (result.kind === "sent") await keep({ ...one, files: [], fields: [], state: "SENT", answer: result.answer });
  if (result.kind === "refused") await keep({ ...one, state: "REFUSED", errors: result.errors });
  return result;
}

/** One after the other, in this tab or the worker and in no other; true when nothing waits any more. */
export async function sendAll(paths: Paths): Promise<boolean> {
  const work = async (): Promise<boolean> => {
    let done = true;
    for (const one of (await drafts()).filter((each) => each.state === "WAITS")) {
      done = (await send(one, paths)).kind !== "later" && done;
    }
    return done;
  };
  // Without locks two may send the same: the city answers both alike and keeps one.
  return "locks" in navigator ? navigator.locks.request(LOCK, work) : work();
}

/** Send what was just written before anything else; the lock keeps the worker from doing the same meanwhile. */
export async function sendFirst(one: Draft, paths: Paths, progress: (part: number) => void): Promise<Outcome> {
  const work = (): Promise<Outcome> => send(one, paths, progress);
  return "locks" in navigator ? navigator.locks.request(LOCK, work) : work();
}

export { forget };
