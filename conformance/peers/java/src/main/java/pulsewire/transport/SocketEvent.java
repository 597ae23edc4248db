package pulsewire.transport;

/** What the handlers of a channel tell its link, past any frames that wait between them. */
enum SocketEvent {
  OCTETS,
  PROGRESS
}
