// Generated from proto/pulsewire/v1/frame.proto by `npm run generate`. Do not edit.
import * as $protobuf from "protobufjs/minimal.js";

/** Namespace pulsewire. */
export namespace pulsewire {

    /** Namespace v1. */
    namespace v1 {

        /**
         * Properties of a Frame.
         * @deprecated Use pulsewire.v1.Frame.$Properties instead.
         */
        interface IFrame extends pulsewire.v1.Frame.$Properties {
        }

        /**
         * Frame is the only message that crosses a Pulsewire connection [PW-FRM-1].
         *
         * How frames are told apart is the transport's business: a varint length
         * prefix on byte streams, one binary message on WebSocket, one stream message
         * on gRPC (docs/bindings.md).
         */
        class Frame {

            /**
             * Constructs a new Frame.
             * @param [properties] Properties to set
             */
            constructor(properties?: pulsewire.v1.Frame.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * The protocol version this frame is written in. Until a version is agreed
             * it is the highest the sender speaks; from then on it is the agreed one.
             * Never 0 [PW-FRM-2, PW-VER-1, PW-VER-4].
             */
            version: number;

            /** The sender is alive, and this is its heartbeat-time [PW-HBT-1]. */
            heartbeat: (pulsewire.v1.Heartbeat|null);

            /** Application data: a whole message, or a part of one [PW-DAT-1]. */
            data: (Uint8Array|null);

            /** The last frame of its sender [PW-CLS-1]. */
            close: (pulsewire.v1.Close|null);

            /**
             * The message that `data` belongs to goes on in the next data frame. Has no
             * meaning on other bodies [PW-DAT-2].
             */
            more: boolean;

            /**
             * What the frame carries. A frame whose body the receiver does not know is
             * ignored, and counts as life all the same [PW-FRM-4, PW-LIV-1].
             */
            body?: ("heartbeat"|"data"|"close");

            /**
             * Encodes the specified Frame message. Does not implicitly {@link pulsewire.v1.Frame.verify|verify} messages.
             * @param message Frame message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: pulsewire.v1.Frame.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Frame message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {pulsewire.v1.Frame & pulsewire.v1.Frame.$Shape} Frame
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): pulsewire.v1.Frame & pulsewire.v1.Frame.$Shape;
        }

        namespace Frame {

            /** Properties of a Frame. */
            interface $Properties {

                /**
                 * The protocol version this frame is written in. Until a version is agreed
                 * it is the highest the sender speaks; from then on it is the agreed one.
                 * Never 0 [PW-FRM-2, PW-VER-1, PW-VER-4].
                 */
                version?: number;

                /** The sender is alive, and this is its heartbeat-time [PW-HBT-1]. */
                heartbeat?: (pulsewire.v1.Heartbeat.$Properties|null);

                /** Application data: a whole message, or a part of one [PW-DAT-1]. */
                data?: (Uint8Array|null);

                /** The last frame of its sender [PW-CLS-1]. */
                close?: (pulsewire.v1.Close.$Properties|null);

                /**
                 * The message that `data` belongs to goes on in the next data frame. Has no
                 * meaning on other bodies [PW-DAT-2].
                 */
                more?: boolean;

                /**
                 * What the frame carries. A frame whose body the receiver does not know is
                 * ignored, and counts as life all the same [PW-FRM-4, PW-LIV-1].
                 */
                body?: ("heartbeat"|"data"|"close");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a Frame. */
            type $Shape = {
              version?: number;
              heartbeat?: pulsewire.v1.Heartbeat.$Shape|null;
              data?: Uint8Array|null;
              close?: pulsewire.v1.Close.$Shape|null;
              more?: boolean;
              $unknowns?: Uint8Array[];
            } & (
              ({ body?: undefined; heartbeat?: null; data?: null; close?: null }|{ body?: "heartbeat"; heartbeat: pulsewire.v1.Heartbeat.$Shape; data?: null; close?: null }|{ body?: "data"; heartbeat?: null; data: Uint8Array; close?: null }|{ body?: "close"; heartbeat?: null; data?: null; close: pulsewire.v1.Close.$Shape })
            );
        }

        /**
         * Properties of a Heartbeat.
         * @deprecated Use pulsewire.v1.Heartbeat.$Properties instead.
         */
        interface IHeartbeat extends pulsewire.v1.Heartbeat.$Properties {
        }

        /**
         * Heartbeat says that its sender is alive, how often it promises to say so,
         * and what a receiver needs to measure the round trip.
         */
        class Heartbeat {

            /**
             * Constructs a new Heartbeat.
             * @param [properties] Properties to set
             */
            constructor(properties?: pulsewire.v1.Heartbeat.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * The sender's effective heartbeat-time in milliseconds: it sends something
             * at least this often. Absent: the sender is passive and promises nothing.
             * 1 to 3600000; a 0 is never sent, and promises nothing when it is received
             * [PW-HBT-1, PW-HBT-2, PW-ADP-1].
             */
            heartbeatTimeMs: (number|null);

            /** A probe: the receiver answers with a heartbeat at once [PW-PRB-2]. */
            replyRequested: boolean;

            /**
             * The sender's clock as it sends, in units and from an origin that only the
             * sender knows. The receiver repeats it and never interprets it [PW-RTT-1].
             */
            timestamp: (number|null);

            /**
             * The last timestamp the sender heard from the receiver of this frame
             * [PW-RTT-2].
             */
            echo: (number|null);

            /**
             * How long the sender held `echo` before it sent this frame, in
             * microseconds. Absent exactly when `echo` is [PW-RTT-2].
             */
            heldUs: (number|null);

            /**
             * The lowest protocol version the sender speaks. Absent: the same as the
             * frame's version [PW-VER-2].
             */
            lowestVersion: (number|null);

            /**
             * Encodes the specified Heartbeat message. Does not implicitly {@link pulsewire.v1.Heartbeat.verify|verify} messages.
             * @param message Heartbeat message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: pulsewire.v1.Heartbeat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Heartbeat message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {pulsewire.v1.Heartbeat & pulsewire.v1.Heartbeat.$Shape} Heartbeat
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): pulsewire.v1.Heartbeat & pulsewire.v1.Heartbeat.$Shape;
        }

        namespace Heartbeat {

            /** Properties of a Heartbeat. */
            interface $Properties {

                /**
                 * The sender's effective heartbeat-time in milliseconds: it sends something
                 * at least this often. Absent: the sender is passive and promises nothing.
                 * 1 to 3600000; a 0 is never sent, and promises nothing when it is received
                 * [PW-HBT-1, PW-HBT-2, PW-ADP-1].
                 */
                heartbeatTimeMs?: (number|null);

                /** A probe: the receiver answers with a heartbeat at once [PW-PRB-2]. */
                replyRequested?: boolean;

                /**
                 * The sender's clock as it sends, in units and from an origin that only the
                 * sender knows. The receiver repeats it and never interprets it [PW-RTT-1].
                 */
                timestamp?: (number|null);

                /**
                 * The last timestamp the sender heard from the receiver of this frame
                 * [PW-RTT-2].
                 */
                echo?: (number|null);

                /**
                 * How long the sender held `echo` before it sent this frame, in
                 * microseconds. Absent exactly when `echo` is [PW-RTT-2].
                 */
                heldUs?: (number|null);

                /**
                 * The lowest protocol version the sender speaks. Absent: the same as the
                 * frame's version [PW-VER-2].
                 */
                lowestVersion?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Heartbeat. */
            type $Shape = pulsewire.v1.Heartbeat.$Properties;
        }

        /**
         * Properties of a Close.
         * @deprecated Use pulsewire.v1.Close.$Properties instead.
         */
        interface IClose extends pulsewire.v1.Close.$Properties {
        }

        /** Close is the last frame of its sender and says why it ends [PW-CLS-1]. */
        class Close {

            /**
             * Constructs a new Close.
             * @param [properties] Properties to set
             */
            constructor(properties?: pulsewire.v1.Close.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Why. An unknown code ends the connection like any other [PW-CLS-5]. */
            code: pulsewire.v1.CloseCode;

            /**
             * For a human who reads a log. At most 512 bytes are sent; a receiver never
             * acts on it [PW-CLS-6].
             */
            reason: string;

            /**
             * The peer should not come back sooner, in milliseconds. Absent: no advice
             * [PW-CLS-7].
             */
            retryAfterMs: (number|null);

            /**
             * With CLOSE_CODE_UNSUPPORTED_VERSION: the lowest version the sender speaks;
             * the frame's version is the highest [PW-VER-5].
             */
            lowestVersion: (number|null);

            /**
             * Encodes the specified Close message. Does not implicitly {@link pulsewire.v1.Close.verify|verify} messages.
             * @param message Close message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: pulsewire.v1.Close.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Close message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {pulsewire.v1.Close & pulsewire.v1.Close.$Shape} Close
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): pulsewire.v1.Close & pulsewire.v1.Close.$Shape;
        }

        namespace Close {

            /** Properties of a Close. */
            interface $Properties {

                /** Why. An unknown code ends the connection like any other [PW-CLS-5]. */
                code?: pulsewire.v1.CloseCode;

                /**
                 * For a human who reads a log. At most 512 bytes are sent; a receiver never
                 * acts on it [PW-CLS-6].
                 */
                reason?: string;

                /**
                 * The peer should not come back sooner, in milliseconds. Absent: no advice
                 * [PW-CLS-7].
                 */
                retryAfterMs?: (number|null);

                /**
                 * With CLOSE_CODE_UNSUPPORTED_VERSION: the lowest version the sender speaks;
                 * the frame's version is the highest [PW-VER-5].
                 */
                lowestVersion?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Close. */
            type $Shape = pulsewire.v1.Close.$Properties;
        }

        /**
         * CloseCode says why a side ended the connection. docs/bindings.md maps each
         * code to a WebSocket close code and a gRPC status.
         */
        enum CloseCode {

            /**
             * No code was given. Never sent; received, it is treated as NORMAL
             * [PW-CLS-5].
             */
            CLOSE_CODE_UNSPECIFIED = 0,

            /** The application is done [PW-CLS-10]. */
            CLOSE_CODE_NORMAL = 1,

            /**
             * The sender is shutting down or draining; another address may serve
             * [PW-CLS-11].
             */
            CLOSE_CODE_GOING_AWAY = 2,

            /** The receiver of this frame was silent beyond the deadline [PW-LIV-6]. */
            CLOSE_CODE_HEARTBEAT_TIMEOUT = 3,

            /**
             * The receiver of this frame sent something that no version of the protocol
             * allows [PW-FRM-3].
             */
            CLOSE_CODE_PROTOCOL_ERROR = 4,

            /** The two sides have no version in common [PW-VER-5]. */
            CLOSE_CODE_UNSUPPORTED_VERSION = 5,

            /** A frame was longer than the sender of this Close accepts [PW-LIM-1]. */
            CLOSE_CODE_FRAME_TOO_LARGE = 6,

            /** A message was longer than the sender of this Close accepts [PW-LIM-2]. */
            CLOSE_CODE_MESSAGE_TOO_LARGE = 7,

            /** Heartbeats came faster than any conforming peer sends them [PW-LIM-3]. */
            CLOSE_CODE_TOO_MANY_HEARTBEATS = 8,

            /** The first frame was begun and not finished in time [PW-LIM-4]. */
            CLOSE_CODE_FIRST_FRAME_TIMEOUT = 9,

            /**
             * More data arrived unread than the sender of this Close holds, on a
             * transport that cannot be paused [PW-LIM-5].
             */
            CLOSE_CODE_UNREAD_LIMIT = 10,

            /**
             * The transport took nothing from the sender of this Close for so long that
             * it gave up; mostly seen in logs, seldom on the wire [PW-OUT-2].
             */
            CLOSE_CODE_OUTBOUND_BLOCKED = 11,

            /** A gateway lost the leg behind it [PW-GWY-4]. */
            CLOSE_CODE_UPSTREAM_LOST = 12,

            /** The sender failed for a reason of its own [PW-CLS-12]. */
            CLOSE_CODE_INTERNAL_ERROR = 13
        }
    }
}
