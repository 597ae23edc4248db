/** What `pulsewire --help` prints. */
export const HELP: string = `Usage: pulsewire listen <url> [options]
       pulsewire connect <url> [options]
       pulsewire relay <listen-url> --to <url>   see relay --help
       pulsewire check [options]   warns of bad settings: see check --help

Speaks Pulsewire, shows what happens, and carries lines: what you type goes to
the peer (listening: to all of them), what they send is shown.

URLs
  tcp://host:port    tls://host:port
  ws://host:port/p   wss://host:port/p     needs: npm install ws
  grpc://host:port   grpcs://host:port     needs: npm install @grpc/grpc-js
  unix:/path

Times (500ms, 2s, 1m, 1h; the unit is needed)
  --heartbeat-time <t>   send at least this often, and ask the peer to do so
                         too; without it: passive, adopts what the peer asks
  --slack <t>            silence tolerated beyond that (default 2s)
  --floor <t>            the least heartbeat-time a peer can impose (default 1s)
  --always-beat          send heartbeats also while data flows
  --peer-heartbeats <required|optional>
                         optional: judge a peer only once it has beaten

TLS
  --cert <file> --key <file>   this side's certificate (PEM); listening needs it
  --ca <file>                  trust this authority; listening: and ask clients
                               for a certificate of its own
  --insecure                   connecting: trust any certificate

Output
  --json        one JSON object a line, for scripts: "atMs" (monotonic), "type",
                "session", and the fields of the event
  --quiet, -q   no heartbeats, only what they lead to
  --help, -h    --version

The end of the input (Ctrl-D, or of a pipe) leaves the connection open, so that
answers can still come; -N, --end-with-input closes it instead, as in netcat.
Ctrl-C closes in good order, and once more aborts.

Exit: 0 ended in good order; 1 the peer is down or lost, or there was no
connection; 2 the command cannot be carried out as given.

Try it: pulsewire listen tcp://127.0.0.1:7400
        pulsewire connect tcp://127.0.0.1:7400 --heartbeat-time 2s
then stop one of the two with kill -STOP and watch the other.
`;
