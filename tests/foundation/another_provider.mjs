// A provider that nobody here wrote, for the round trip in test_another_provider.py: prints its port, serves until its
// standard input ends.
import { createServer } from "node:http";

import Provider from "oidc-provider";

const [redirectUri, clientId, clientSecret] = process.argv.slice(2);

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    claims: { openid: ["sub"], profile: ["name", "birthdate"], phone: ["phone_number"] },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, name: "H'Hen Niê", birthdate: "1962", phone_number: "0912 345 678" }),
    }),
    cookies: { keys: ["only for tests"] },
  });
  server.on("request", provider.callback());
  process.stdout.write(`${issuer}\n`);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
