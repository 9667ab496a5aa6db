/* Keeps the rider's page, its files, the list of stations and the base map, for when there is no net. The server puts
 * `KEPT` before this text: what is kept, and a version that changes with any of it. Nothing else is ever kept: every
 * key is one of that list, so no address that bears a position can be among them, and questions are sent by POST, which
 * passes by here untouched. */
"use strict";

const CACHE = `stations-${KEPT.version}`;
const PATIENCE_MS = 4000;
const files = new Set(KEPT.files);
const answers = new Set(KEPT.answers);

async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll([...KEPT.pages, ...KEPT.files].map((url) => new Request(url, { cache: "no-cache" })));
  const saving = self.navigator.connection && self.navigator.connection.saveData;
  await Promise.all(KEPT.answers.map((url) => (saving && url !== KEPT.answers[0] ? null : cache.add(url).catch(() => null))));
  await self.skipWaiting();
}

async function tidy() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("stations-") && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** From the net, as long as it answers in time; else what is kept under `key`, and the net again where nothing is. */
async function freshElseKept(request, key, { store }) {
  const cache = await caches.open(CACHE);
  const asked = fetch(request);
  asked.catch(() => {}); // it is looked at below, or no longer wanted
  try {
    const response = await Promise.race([asked, new Promise((_, late) => setTimeout(late, PATIENCE_MS))]);
    if (store && response.ok) await cache.put(key, response.clone());
    return response;
  } catch {
    return (await cache.match(key)) || asked;
  }
}

async function keptElseFresh(request, key) {
  const cache = await caches.open(CACHE);
  return (await cache.match(key)) || fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const key = url.pathname + url.search;
  if (request.mode === "navigate" && url.pathname === "/") {
    const page = url.searchParams.get("lang") === "en" ? "/?lang=en" : "/?lang=zh";
    event.respondWith(freshElseKept(request, page, { store: false }));
  } else if (files.has(key)) event.respondWith(keptElseFresh(request, key));
  else if (answers.has(key)) event.respondWith(freshElseKept(request, key, { store: true }));
});
