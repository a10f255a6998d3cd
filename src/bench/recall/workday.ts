/** A message of a developer with the answer, by a name that questions refer to it with. */
export interface WorkdayTurn {
  readonly name: string;
  readonly message: string;
  readonly answer: string;
}

function turn(name: string, message: string, answer: string): WorkdayTurn {
  return { name, message, answer };
}

/** A working day on a service that follows parcels: bugs, files, names, decisions, and what is said in between. Written for this. */
export const WORKDAY: readonly WorkdayTurn[] = [
  turn('hello', 'Good morning! Ready for another day on the parcel tracker?', 'Good morning. Yes, what shall we begin with?'),
  turn(
    'duplicate-scans',
    'Customers see the same scan twice in the timeline. The events come from src/ingest/scan-consumer.ts, which reads them from Kafka.',
    `The consumer commits its offset after the insert, so a crash between the two replays the last batch. The insert itself has no
guard against that: \`insertScan\` takes whatever comes. Give the table a unique key over \`parcel_id, depot_id, scanned_at\`, and turn
the insert into \`ON CONFLICT DO NOTHING\`.`,
  ),
  turn(
    'unique-key',
    'Is the time precise enough for that key? Two scanners in one depot may read the same parcel in the same second.',
    `The scanners send milliseconds, but \`normalizeScan\` cuts them off. Keep them, and add \`device_id\` to the key: then two scanners
never collide, and a replay always does.`,
  ),
  turn(
    'migration-scans',
    'Write the migration for it.',
    `\`\`\`sql
-- migrations/0042_unique_scans.sql
DELETE FROM scans a USING scans b
 WHERE a.id > b.id AND a.parcel_id = b.parcel_id AND a.device_id = b.device_id AND a.scanned_at = b.scanned_at;
ALTER TABLE scans ADD CONSTRAINT scans_once UNIQUE (parcel_id, depot_id, device_id, scanned_at);
\`\`\`
On production, build the index concurrently before, or the table is locked for minutes.`,
  ),
  turn('thanks-1', 'Thanks, that did it.', 'Good. Then the timeline is clean from now on.'),
  turn(
    'flaky-eta',
    'The test "eta.spec.ts > shows a window of two hours" fails about once in ten runs on CI. Never on my machine.',
    `It compares with \`new Date()\`, and the estimate is rounded to the quarter of an hour. When the run crosses such a boundary, the two
differ. Inject the clock: \`estimateArrival(parcel, now)\`, and let the test pass a fixed time.`,
  ),
  turn(
    'clock',
    'Who else calls estimateArrival without a time?',
    `Three places: \`src/api/tracking-route.ts\`, \`src/mail/delay-notice.ts\` and \`src/jobs/promise-monitor.ts\`. Let them take
a \`Clock\` from the composition root in \`src/main.ts\`; only there is \`systemClock\` created.`,
  ),
  turn(
    'timezone',
    'Delay mails show the wrong hour for customers in Lisbon.',
    `\`delay-notice.ts\` formats with the time zone of the server, which is Berlin. The address has a \`zoneId\`; hand it to
\`Intl.DateTimeFormat\`. For old addresses the field is empty: fall back to the zone of the destination depot.`,
  ),
  turn(
    'broker-port',
    'On which port does the staging broker listen? My consumer cannot connect.',
    'Staging listens with TLS only, on 9094; 9092 is closed there. Set `KAFKA_BROKERS=broker.staging.harbor.internal:9094` and `KAFKA_TLS=1`.',
  ),
  turn(
    'broker-cert',
    'Now it says "self signed certificate in certificate chain".',
    `The staging certificates are issued by the internal authority. Point \`NODE_EXTRA_CA_CERTS\` at \`ops/certs/harbor-ca.pem\`; do not turn
verification off.`,
  ),
  turn(
    'retry-decision',
    'How often should we call the carrier API again when it answers 503?',
    `Let us settle this: five attempts, exponential back-off from 200 milliseconds with full jitter, and never longer than ten seconds in
all. After that the shipment goes to the dead letter topic \`carrier.dlq\`. A 429 honours \`Retry-After\` instead.`,
  ),
  turn(
    'retry-code',
    'Write it as a function.',
    `\`\`\`ts
export async function withBackoff<T>(attempt: () => Promise<T>, policy: BackoffPolicy): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === policy.attempts || !isTransient(error)) throw error;
      await sleep(Math.random() * policy.baseMs * 2 ** tries);
    }
  }
}
\`\`\`
It lives in \`src/carriers/backoff.ts\`.`,
  ),
  turn('small-talk-1', 'Nice. I need a coffee first, back in five minutes.', 'Enjoy it.'),
  turn(
    'carrier-names',
    'Which carriers do we support right now, and what are their adapters called?',
    `Four: \`NordpostAdapter\`, \`KestrelAdapter\`, \`AlpinaAdapter\` and \`SolAdapter\`, all in \`src/carriers\`. Each implements
\`CarrierAdapter\` with \`fetchScans\`, \`cancel\` and \`labelFor\`. Alpina cannot cancel; its method throws \`NotSupportedError\`.`,
  ),
  turn(
    'kestrel-xml',
    'Kestrel answers in XML and our parser chokes on it: "Unexpected entity &nbsp;".',
    `The reply declares no document type, so named HTML entities are unknown. Decode them before parsing: \`KestrelAdapter\` has
a hook \`prepareBody\`, where you can replace \`&nbsp;\` by \`&#160;\`. Tell their support, too; it is invalid XML.`,
  ),
  turn(
    'kestrel-limit',
    'And they block us every morning around nine.',
    `Their limit is 60 requests a minute for each key, and the nightly backlog is sent all at once. Put a token bucket before
\`fetchScans\`: 50 a minute leaves room for interactive requests.`,
  ),
  turn(
    'labels-blurry',
    'Printed labels from Sol are blurry, the barcode does not scan.',
    `\`SolAdapter.labelFor\` asks for a PNG of 150 dpi and the printer scales it up. Ask for ZPL instead (\`format=zpl\`), the thermal printers
take it natively, at 203 dpi.`,
  ),
  turn(
    'money-type',
    'In which unit do we keep prices? I see both numbers and strings.',
    `Decision from the review: integer cents in a \`bigint\` column, and \`Money { cents, currency }\` in code. Strings appear only at
the edge, in \`src/api/serialize-money.ts\`. Floats are banned by a lint rule.`,
  ),
  turn(
    'surcharge',
    'The fuel surcharge is off by a cent for some parcels.',
    `It is rounded for each item and then summed. Sum first and round once, half to even, in \`applySurcharge\`. The invoice of Alpina
does the same, which is why theirs and ours differ now.`,
  ),
  turn('ok-1', 'ok', 'Anything else for prices?'),
  turn(
    'auth-token',
    'How long do access tokens of the depot tablets live? People are logged out in the middle of a shift.',
    `Fifteen minutes, with refresh tokens of twelve hours. The tablets lose them because the refresh is sent twice at once and the second
one revokes the family. Serialize it: \`TokenStore.refresh\` must share one promise among its callers.`,
  ),
  turn(
    'auth-rotation',
    'Can we make that more lenient on the server instead?',
    `Yes: accept the previous refresh token for 30 seconds after it was rotated. The setting is \`REFRESH_GRACE_SECONDS\` in
\`auth-service/config.yaml\`. I would do both.`,
  ),
  turn(
    'slow-search',
    'Searching parcels by the name of the recipient takes four seconds.',
    `The query is \`ILIKE '%name%'\`, which no ordinary index serves. Create a trigram index: \`CREATE INDEX recipients_trgm ON recipients USING
gin (name gin_trgm_ops)\`. With it the plan is a bitmap scan of about 20 milliseconds.`,
  ),
  turn(
    'slow-search-2',
    'Better, 35 ms. But the first search after a deploy is still slow.',
    "That is the cold cache. Call `pg_prewarm('recipients_trgm')` at the end of the deployment; the extension is installed already.",
  ),
  turn(
    'pool-size',
    'We see "remaining connection slots are reserved" in the evening.',
    `Eight pods with a pool of 20 make 160 connections, and the server allows 100. Set \`PGPOOL_MAX=10\` and put PgBouncer in transaction mode
between them. Prepared statements have to be off then.`,
  ),
  turn(
    'name-variable',
    'Naming: "shipment" or "consignment" for several parcels together?',
    `\`Consignment\`, as in the contracts with the carriers. A \`Shipment\` is one parcel on its way. I noted it in \`docs/glossary.md\`.`,
  ),
  turn(
    'feature-flag',
    'How do I hide the new map until Thursday?',
    `Put it behind the flag \`live-map\` in \`flags/production.json\`, at 0 per cent. The front end asks with \`useFlag('live-map')\`. Delete the flag
by the end of the month; the lint rule \`no-stale-flags\` reminds you.`,
  ),
  turn(
    'map-leak',
    'The map tab eats memory, a gigabyte after an hour.',
    `Each update creates new markers and never removes the old ones: \`MarkerLayer.update\` calls \`addTo(map)\` without \`clearLayers()\`. Keep
the markers by their parcel id and only move them.`,
  ),
  turn('thanks-2', 'great, works', 'Glad to hear it.'),
  turn(
    'websocket',
    'Should the map poll or use WebSockets?',
    `Server-sent events are enough: the data flows one way only, proxies leave them alone, and the browser reconnects by itself. The endpoint
is \`/v1/positions/stream\`; a heartbeat every 25 seconds keeps the load balancer from closing it.`,
  ),
  turn(
    'gdpr',
    'Legal asks how long we keep the positions of drivers.',
    `Agreed with them: 72 hours in full, then only the route of the parcel without the driver. The job \`purge-positions\` runs at 03:15 and
deletes by partition.`,
  ),
  turn(
    'partition',
    'How are these partitions made?',
    `By day, with \`pg_partman\`, seven days ahead. When the job has not run there is no partition for tomorrow and inserts fail at midnight;
the alert \`positions_partition_missing\` fires twelve hours before.`,
  ),
  turn(
    'docker-image',
    'Our image has 1.4 GB. Why?',
    `The build stage is shipped: node_modules with the development dependencies, and the sources of the native modules. Use two stages, \`npm
ci --omit=dev\` in the second one, and \`node:24-slim\`. That brings it to about 210 MB.`,
  ),
  turn(
    'docker-arm',
    'It does not start on the ARM nodes: "exec format error".',
    'The pipeline builds for amd64 only. Build with `docker buildx build --platform linux/amd64,linux/arm64`, and push the manifest list.',
  ),
  turn(
    'ci-cache',
    'CI takes 19 minutes, most of it npm ci.',
    `The cache key contains the number of the run, so it never hits. Key it by the hash of \`package-lock.json\`. Then run the shards of
the integration tests in parallel, four of them: I expect seven minutes.`,
  ),
  turn('lunch', 'Lunch! Talk to you later.', 'Enjoy your lunch.'),
  turn(
    'returns-model',
    'We are going to support returns. A parcel that goes back: new parcel or the same one with another direction?',
    `A new parcel with \`returnOf\` pointing at the first one. Reasons: it gets a label and a price of its own, and statistics about
delivery times stay clean. The state machine gains nothing but \`ReturnRequested\`.`,
  ),
  turn(
    'returns-window',
    'How long may a customer wait before returning?',
    'Thirty days from delivery; for the winter season, from the first of November on, until the end of January. The rule belongs into `src/returns/eligibility.ts`.',
  ),
  turn(
    'state-machine',
    'Draw me the states of a parcel.',
    `\`\`\`
Announced -> Accepted -> InTransit -> OutForDelivery -> Delivered
                 \\            \\-> Held -> InTransit
                  \\-> Cancelled        \\-> Lost
Delivered -> ReturnRequested
\`\`\`
Transitions are in \`src/domain/parcel-state.ts\`; whatever is not listed there throws \`IllegalTransition\`.`,
  ),
  turn(
    'held-bug',
    'Parcels get stuck in Held although customs released them.',
    `The release comes as event \`CUSTOMS_CLEARED\` with the number of the consignment, not of the parcel. \`CustomsListener\` looks it up as a
parcel, finds nothing and drops it silently. Resolve the consignment first, and log what cannot be resolved.`,
  ),
  turn(
    'logging',
    'Which logger do we use, and what must not be in the logs?',
    `\`pino\`, through \`src/log.ts\`. Names, addresses, phone numbers and tokens are redacted by path; the list is \`REDACTED_PATHS\`. Log the
parcel id and the trace id, never the whole object.`,
  ),
  turn(
    'trace-missing',
    'Traces end at the queue. Why?',
    `The context is not carried over Kafka. Inject \`traceparent\` into the headers in \`publishEvent\`, and extract it in the consumer before
the span begins. The OpenTelemetry instrumentation for kafkajs does both when it is registered before the first import.`,
  ),
  turn(
    'alert-noise',
    'The on-call phone rang six times last night because of lag alerts.',
    `The threshold is absolute: 1,000 messages. At night the batch of Nordpost alone brings 20,000, and they are gone in two minutes. Alert by
time instead: the oldest unread message older than five minutes, for ten minutes.`,
  ),
  turn(
    'runbook',
    'Where do I write that down for the others?',
    'In `ops/runbooks/consumer-lag.md`. The alert has an annotation `runbook_url` which should point there.',
  ),
  turn(
    'regex-zip',
    'Postcodes from the Netherlands are refused: "1012 AB".',
    `The pattern allows digits only. Validate by country: for NL \`/^[1-9]\\d{3} ?[A-Z]{2}$/\`. Better, take the table in
\`src/address/postcode-patterns.ts\` and accept anything for countries that are not in it.`,
  ),
  turn(
    'address-typo',
    'Can we suggest a correction when the street is misspelt?',
    `With the trigram similarity that is there already: \`similarity(street, input) > 0.45\`, within the postcode, the best three. No external
service needed.`,
  ),
  turn('small-talk-2', 'You are quick today :)', 'I do my best.'),
  turn(
    'pdf-fonts',
    'The PDF of customs forms (CN23) shows squares instead of Polish letters.',
    `The built-in Helvetica has no such glyphs. Embed \`assets/fonts/NotoSans-Regular.ttf\` with \`pdfkit\`: \`doc.registerFont('body', path)\`,
and use it for everything.`,
  ),
  turn(
    'pdf-size',
    'Now each PDF has 600 KB.',
    'The whole font is embedded. Turn on subsetting, which `pdfkit` does unless `fontkit` gets the collection: give it the single TTF, not the TTC. I get 38 KB.',
  ),
  turn(
    'graphql',
    'Should the partner API be GraphQL? Marketing wants it.',
    `No: partners integrate once and want stable, cacheable documents. We stay with REST and OpenAPI, version in the path. Revisit when three
partners ask for it.`,
  ),
  turn(
    'pagination',
    'How do we paginate there?',
    'By cursor, never by offset: `?after=<opaque>&limit=50`, at most 200. The cursor is the base64 of `created_at,id`, signed so that nobody builds one.',
  ),
  turn(
    'webhook-signature',
    'Partners ask how to verify our webhooks.',
    `HMAC-SHA256 over timestamp and body with the secret of the partner, in the header \`X-Harbor-Signature: t=...,v1=...\`. They should refuse
timestamps older than five minutes, and compare in constant time.`,
  ),
  turn(
    'webhook-order',
    'One partner gets "delivered" before "in transit".',
    `Deliveries are parallel, so order is not promised. Each event carries \`sequence\`, ascending for each parcel; let them ignore what
is smaller than the last one they saw. I would document that instead of serializing.`,
  ),
  turn(
    'rate-limit',
    'And what limit do partners have?',
    'Ten requests a second with bursts of 40, for each API key, in Redis as a sliding window. Beyond that they get a 429 with `Retry-After`.',
  ),
  turn(
    'redis-eviction',
    'Redis runs full and the limits behave strangely then.',
    `The policy is \`allkeys-lru\`, which throws limit counters away. Give the limiter an instance of its own with \`noeviction\`, or at least
use \`volatile-ttl\`. The cache of geocodes is what fills it: 11 GB.`,
  ),
  turn(
    'geocode-cache',
    'How long should geocodes be cached?',
    'Addresses hardly move: 90 days, rounded to five decimals, keyed by the normalized address. That also keeps us within the free quota of the provider.',
  ),
  turn(
    'type-error',
    "TypeScript says: Type 'string | undefined' is not assignable to type 'DepotId' in route-planner.ts line 88.",
    `\`depots[0]?.id\` may be undefined since \`noUncheckedIndexedAccess\` is on. Decide what an empty route means: I would throw
\`EmptyRoute\` in \`planRoute\`, and narrow once at the top.`,
  ),
  turn(
    'route-algorithm',
    'Which algorithm does the planner use, by the way?',
    'Clarke-Wright savings for a first tour, then 2-opt until nothing improves or 400 milliseconds are over. For up to 180 stops that is within four per cent of the best known.',
  ),
  turn(
    'branch-policy',
    'Do we squash or rebase when merging?',
    'Rebase and merge, each commit builds and has a sentence why. Squash is disabled in the settings of the repository.',
  ),
  turn(
    'release-time',
    'When is the next release?',
    'Tuesday at ten, as release 2026.48. Code freeze is on Monday at noon; Mirela is in charge of it this time.',
  ),
  turn(
    'load-test',
    'Results of the load test: p95 is 840 ms at 300 requests a second. Target was 250.',
    `The profile shows 60 per cent in \`JSON.stringify\` of the full timeline. Send the newest ten scans, the rest on request
(\`?timeline=full\`). And compress with Brotli level 4, not 11.`,
  ),
  turn(
    'load-test-2',
    'With that it is 190 ms.',
    'Then the target is met. I would keep the scenario in `perf/tracking.k6.js` and run it every night.',
  ),
  turn(
    'secret-leak',
    'Somebody committed the API key of Nordpost.',
    `Revoke it first, in their partner portal; history can be rewritten later. The new key goes into Vault at \`kv/carriers/nordpost\`. Turn on
\`gitleaks\` as a pre-commit hook so that it does not happen again.`,
  ),
  turn('evening', 'Enough for today, see you tomorrow.', 'See you tomorrow.'),
];
