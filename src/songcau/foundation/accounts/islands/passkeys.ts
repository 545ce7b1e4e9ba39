// The forms with `data-passkey`: ask the browser to make or use a passkey, and send its answer (WebAuthn, level 2).

type Json = Record<string, unknown>;

function bytes(text: string): ArrayBuffer {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
}

function text(buffer: ArrayBuffer | null): string | null {
  if (buffer === null) return null;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

interface Described {
  id: string;
  type: PublicKeyCredentialType;
}

function described(list: unknown): PublicKeyCredentialDescriptor[] {
  return ((list ?? []) as Described[]).map((one) => ({ ...one, id: bytes(one.id) }));
}

async function made(options: Json): Promise<Json> {
  const user = options.user as { id: string; name: string; displayName: string };
  const credential = (await navigator.credentials.create({
    publicKey: {
      ...(options as unknown as PublicKeyCredentialCreationOptions),
      challenge: bytes(options.challenge as string),
      user: { ...user, id: bytes(user.id) },
      excludeCredentials: described(options.excludeCredentials),
      // Found without a name, and never without finger, face or PIN.
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    },
  })) as PublicKeyCredential;
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    ...common(credential),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      transports: response.getTransports(),
    },
  };
}

async function used(options: Json): Promise<Json> {
  const credential = (await navigator.credentials.get({
    publicKey: {
      ...(options as unknown as PublicKeyCredentialRequestOptions),
      challenge: bytes(options.challenge as string),
      allowCredentials: described(options.allowCredentials),
      userVerification: "required",
    },
  })) as PublicKeyCredential;
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    ...common(credential),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: text(response.userHandle),
    },
  };
}

function common(credential: PublicKeyCredential): Json {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

/** The challenge: asked for where the form says so, else it came with the page. */
async function challenge(form: HTMLFormElement): Promise<Json> {
  const { asks } = form.dataset;
  const data = asks === undefined
    ? (JSON.parse(document.querySelector("#js_data")?.textContent ?? "{}") as Json)
    : ((await (await fetch(asks, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } })).json()) as Json);
  const options = (data.creation_options ?? data.request_options) as Json;
  return options.publicKey as Json;
}

function say(form: HTMLFormElement, which: string): void {
  for (const words of form.querySelectorAll<HTMLElement>("[data-words]")) words.hidden = words.dataset.words !== which;
}

async function give(form: HTMLFormElement): Promise<void> {
  say(form, "");
  const button = form.querySelector("button");
  if (!("credentials" in navigator) || !("PublicKeyCredential" in globalThis) || /^[\d.]+$|:/.test(location.hostname)) {
    say(form, "unable");
    return;
  }
  if (button) button.disabled = true;
  try {
    const options = await challenge(form);
    const credential = await (form.dataset.passkey === "create" ? made(options) : used(options));
    const field = form.querySelector<HTMLInputElement>("input[name=credential]");
    if (field) field.value = JSON.stringify(credential);
    form.submit();
  } catch {
    say(form, "refused");
    if (button) button.disabled = false;
  }
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void give(form);
  });
}

export {};
