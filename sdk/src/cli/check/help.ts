/** What `pulsewire check --help` prints. */
export const CHECK_HELP: string = `Usage: pulsewire check [options]

Says what a configuration comes to, and warns of settings that contradict each
other, the peer's, the round trip or what stands in between. It connects to
nothing.

This side (500ms, 2s, 1m, 1h; the unit is needed)
  --heartbeat-time <t>   without it: passive
  --slack <t>            default 2s
  --floor <t>            the least heartbeat-time a peer can impose (default 1s)
  --always-beat
  --peer-heartbeats <required|optional>

The peer, if it is known
  --peer-heartbeat-time <t>   --peer-slack <t>   --peer-floor <t>
  --peer passive         it has no heartbeat-time of its own
  --peer never-beats     it is no peer of this protocol

The network
  --rtt <t>              the round trip to be expected: the slow one
  --behind <name>        nginx, aws-alb, aws-nlb, aws-nat, azure-lb, envoy,
                         gcp-firewall, heroku; unknown, which is the default;
                         or nothing. Several: with commas, or again

Output
  --json                 figures and warnings as one JSON object

Exit: 0 nothing to warn of; 1 warnings; 2 the command cannot be carried out.

Try it: pulsewire check --heartbeat-time 60s --behind nginx --rtt 300ms
`;
