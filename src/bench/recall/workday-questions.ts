/** A later message, and the turns of the working day that help to answer it. */
export interface WorkdayQuestion {
  readonly message: string;
  /** Nothing helps when it is empty: what is recalled then is of no use. */
  readonly helpful: readonly string[];
}

function question(message: string, ...helpful: readonly string[]): WorkdayQuestion {
  return { message, helpful };
}

/** What may be asked on the next day, when nothing of the first one is in the cache any more. Written with the day. */
export const WORKDAY_QUESTIONS: readonly WorkdayQuestion[] = [
  question('Which columns are in the unique key of the scans table?', 'unique-key', 'migration-scans', 'duplicate-scans'),
  question('What was the number of the migration that removes duplicate scans?', 'migration-scans'),
  question('Why did the eta.spec.ts test fail now and then?', 'flaky-eta'),
  question('Where is systemClock created?', 'clock'),
  question('Which time zone do delay mails use when zoneId is empty?', 'timezone'),
  question('What is the port of the broker on staging again?', 'broker-port'),
  question('I get a self signed certificate error from Kafka on a new laptop, what was the fix?', 'broker-cert'),
  question('How many attempts does the carrier back-off make before a shipment goes to the dead letter topic?', 'retry-decision'),
  question('Please add a jitter option to withBackoff', 'retry-code', 'retry-decision'),
  question('Which of the adapters cannot cancel?', 'carrier-names'),
  question('What did we do about &nbsp; in the XML of Kestrel?', 'kestrel-xml'),
  question('Is the token bucket for fetchScans set to 50 or 60 a minute?', 'kestrel-limit'),
  question('Which format do the thermal printers want for labels?', 'labels-blurry'),
  question('How are prices stored in the database, cents or decimals?', 'money-type', 'surcharge'),
  question('How does applySurcharge round?', 'surcharge'),
  question('How long is the grace period for rotated refresh tokens, and where is it set?', 'auth-rotation', 'auth-token'),
  question('Which index made the search for recipients fast?', 'slow-search', 'slow-search-2'),
  question('What is PGPOOL_MAX now?', 'pool-size'),
  question('Consignment or shipment: which one is several parcels?', 'name-variable'),
  question('What is the name of the feature flag of the map?', 'feature-flag'),
  question('Why did MarkerLayer leak?', 'map-leak'),
  question('At which interval does the positions stream send its heartbeat?', 'websocket'),
  question('How many hours do we keep positions of drivers?', 'gdpr'),
  question('Inserts into positions failed at midnight. Did we not have an alert about a missing partition?', 'partition', 'gdpr'),
  question('How do I build the docker image for ARM as well?', 'docker-arm', 'docker-image'),
  question('What is the key of the npm cache on CI?', 'ci-cache'),
  question('Is a return a new parcel or the same one?', 'returns-model'),
  question('Until when can things bought in December be returned?', 'returns-window'),
  question('From which states can a parcel be Cancelled?', 'state-machine'),
  question('Did CustomsListener log events it cannot resolve?', 'held-bug'),
  question('May I log the address of a recipient?', 'logging'),
  question('How do traces get through Kafka?', 'trace-missing'),
  question('When does the lag alert fire now?', 'alert-noise', 'runbook'),
  question('Where do the postcode patterns live?', 'regex-zip'),
  question('Which font is embedded in the CN23 forms?', 'pdf-fonts', 'pdf-size'),
  question('How is the cursor of the partner API encoded?', 'pagination'),
  question('How do partners verify the signature of webhooks?', 'webhook-signature'),
  question('What should partners do with the sequence of events?', 'webhook-order'),
  question('For how many days are geocodes cached?', 'geocode-cache'),
  question('What does planRoute throw for an empty route?', 'type-error'),
  question('Who is in charge of the code freeze?', 'release-time'),
  question('What p95 did the last load test have?', 'load-test-2', 'load-test'),
  question('In which Vault path is the new key of Nordpost?', 'secret-leak'),
  question('Good morning!'),
  question('Thanks, that works.'),
  question('ok, go on'),
  question('Can you explain that in other words?'),
  question('Now write a test for it.'),
  question('Write a function that reverses a linked list in Rust.'),
  question('What is the difference between an interface and a type alias in TypeScript?'),
  question('How do I exit vim?'),
  question('Explain how a Bloom filter works.'),
  question('Write a haiku about autumn leaves.'),
  question('What does the CSS property "contain" do?'),
  question('Convert this loop into a list comprehension: for x in xs: ys.append(x * x)'),
  question('How do I mock a function in pytest?'),
  question('That is not what I meant. Please make it shorter.'),
  question('Which Python version introduced the walrus operator?'),
  question('Give me a regular expression for hexadecimal colours.'),
];
