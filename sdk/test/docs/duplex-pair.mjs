// What docs/embedding.md imports: two ends of one stream. Node has `stream.duplexPair` from 22 on.
import { Duplex } from "node:stream";

export function duplexPair() {
  const end = () =>
    new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        this.other.push(chunk);
        done();
      },
      final(done) {
        this.other.push(null);
        done();
      },
    });
  const left = end();
  const right = end();
  left.other = right;
  right.other = left;
  return [left, right];
}
