// What the tenants hold, read by plain calls from a second pair of tenants made
// from the same seed: equal seeds make equal tenants, and nothing of the hub
// lies between.
import { createSign } from "node:crypto";
import { readFileSync } from "node:fs";
import { accept } from "./browser.mjs";
import { startTenants } from "./hub.mjs";

const graphScope = "https://graph.microsoft.com/.default";

/** Reads both directories and room lists. */
export async function readTruth(context, size) {
  const { google, microsoft, close } = await startTenants(size);
  try {
    return {
      google: { admin: google.admin_email, ...(await readGoogle(google)) },
      microsoft: {
        admin: microsoft.admin_upn,
        bridge: microsoft.bridge_upn,
        ...(await readMicrosoft(context, microsoft)),
      },
    };
  } finally {
    await close();
  }
}

async function readGoogle(at) {
  const key = JSON.parse(readFileSync(at.service_account_file, "utf8"));
  const token = await googleToken(at, key);
  const users = await all(
    `${at.directory_url}admin/directory/v1/users?customer=my_customer&maxResults=500`,
    token,
    (page, url) => ({ items: page.users, next: pageAfter(url, page.nextPageToken) }),
  );
  const query = encodeURIComponent('customer = "customers/my_customer" AND spaceType = "SPACE"');
  const spaces = await all(
    `${at.chat_url}v1/spaces:search?useAdminAccess=true&query=${query}`,
    token,
    (page, url) => ({ items: page.spaces, next: pageAfter(url, page.nextPageToken) }),
  );
  return {
    people: users.map((user) => ({
      name: user.name.displayName || user.name.fullName,
      address: user.primaryEmail,
      active: !user.suspended,
    })),
    rooms: spaces.map((space) => space.displayName),
  };
}

async function googleToken(at, key) {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    iss: key.client_email,
    sub: at.admin_email,
    aud: key.token_uri,
    scope: at.delegated_scopes.join(" "),
    iat: now,
    exp: now + 600,
  };
  const body = `${encode({ alg: "RS256", typ: "JWT", kid: key.private_key_id })}.${encode(claims)}`;
  const signature = createSign("RSA-SHA256").update(body).sign(key.private_key, "base64url");
  return post(at.token_url, {
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    assertion: `${body}.${signature}`,
  });
}

async function readMicrosoft(context, at) {
  const consent = new URLSearchParams({
    client_id: at.client_id,
    scope: graphScope,
    redirect_uri: `${at.authority_url}common/oauth2/nativeclient`,
    state: "truth",
  });
  await accept(
    context,
    `${at.authority_url}${at.tenant_id}/v2.0/adminconsent?${consent}`,
    at.admin_upn,
  );
  const token = await post(`${at.authority_url}${at.tenant_id}/oauth2/v2.0/token`, {
    grant_type: "client_credentials",
    client_id: at.client_id,
    client_secret: at.client_secret,
    scope: graphScope,
  });
  const read = (path) =>
    all(`${at.graph_url}v1.0/${path}`, token, (page) => ({
      items: page.value,
      next: page["@odata.nextLink"],
    }));
  const users = await read("users?$select=displayName,mail,userPrincipalName,accountEnabled");
  const rooms = [];
  for (const team of await read("teams?$select=id,displayName")) {
    for (const channel of await read(`teams/${team.id}/channels`)) {
      rooms.push({ team: team.displayName, name: channel.displayName });
    }
  }
  return {
    people: users.map((user) => ({
      name: user.displayName,
      address: user.mail || user.userPrincipalName,
      active: user.accountEnabled,
    })),
    rooms,
  };
}

async function post(url, form) {
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams(form) });
  const body = await answer.json();
  if (!body.access_token) throw new Error(`${url}: ${JSON.stringify(body)}`);
  return body.access_token;
}

async function all(first, token, take) {
  const list = [];
  for (let url = first; url; ) {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
    const { items = [], next } = take(await answer.json(), url);
    list.push(...items);
    url = next;
  }
  return list;
}

function pageAfter(url, token) {
  if (!token) return undefined;
  const next = new URL(url);
  next.searchParams.set("pageToken", token);
  return next.href;
}
