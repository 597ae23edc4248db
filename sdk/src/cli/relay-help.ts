/** What `pulsewire relay --help` prints. */
export const RELAY_HELP: string = `Usage: pulsewire relay <listen-url> --to <url> [options]

Accepts connections at one URL and carries each of them to another, with
heartbeats on every leg that speaks Pulsewire. When one leg is down or lost, the
other is told within the bound: a program sees a reset instead of silence.

A leg is a program as it is, which knows nothing of Pulsewire:
  plain+tcp://host:port    plain+unix:/path
or it speaks Pulsewire (one of the two has to):
  tcp://host:port    tls://host:port    unix:/path
  ws://host:port/p   wss://host:port/p     needs: npm install ws
  grpc://host:port   grpcs://host:port     needs: npm install @grpc/grpc-js

Times (500ms, 2s, 1m, 1h; the unit is needed)
  --heartbeat-time <t>    on each leg that speaks Pulsewire (default 10s)
  --slack <t>             silence tolerated beyond that (default 2s)
  --floor <t>             the least a peer can impose (default 1s)
  --connect-timeout <t>   for each attempt to dial --to (default 10s)

TLS (PEM files)
  --cert <file> --key <file>         of the listening leg, which needs them
  --ca <file>                        ask its clients for a certificate of this
  --to-cert <file> --to-key <file>   as whom to appear on the dialled leg
  --to-ca <file>                     whom to trust there
  --to-insecure                      trust any certificate there

Web pages
  --origin <origin>       https://example.com may connect to a ws:// or wss://
                          that listens; may be repeated (default: no page may)

Limits
  --max-connections <n>   carried at once, more are refused (default 1000)

Output
  --json        one JSON object a line, for logs: "atMs" (monotonic), "type",
                "connection", "leg", and the fields of the event
  --quiet, -q   no heartbeats, only what they lead to
  --help, -h

Ctrl-C, SIGTERM or SIGHUP accepts no more and closes what is open: GOING_AWAY to
those who speak Pulsewire, a reset to programs; once more ends it at once. When
its output cannot be written any more the relay goes on without.

Exit: 0 closed in good order; 1 it could not listen; 2 the command cannot be
carried out as given.

On both sides of a firewall, for a database on the far side (anybody can read
along and connect; with wss://, --cert, --key and --ca only your clients):
  far:   pulsewire relay ws://0.0.0.0:8080 --to plain+tcp://127.0.0.1:5432
  near:  pulsewire relay plain+tcp://127.0.0.1:9000 --to ws://gate.example:8080
         psql -h 127.0.0.1 -p 9000
From one transport to another:
         pulsewire relay ws://127.0.0.1:8080 --to grpc://127.0.0.1:7400
`;
