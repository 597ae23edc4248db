// Generated from proto/pulsewire/v1/frame.proto by `npm run generate`. Do not edit.
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["pulsewire.v1"] || ($protobuf.roots["pulsewire.v1"] = {});

export const pulsewire = $root.pulsewire = (() => {

    /**
     * Namespace pulsewire.
     * @exports pulsewire
     * @namespace
     */
    const pulsewire = {};

    pulsewire.v1 = (function() {

        /**
         * Namespace v1.
         * @memberof pulsewire
         * @namespace
         */
        const v1 = {};

        v1.Frame = (function() {

            /**
             * Properties of a Frame.
             * @typedef {Object} pulsewire.v1.Frame.$Properties
             * @property {number} [version] The protocol version this frame is written in. Until a version is agreed
             * it is the highest the sender speaks; from then on it is the agreed one.
             * Never 0 [PW-FRM-2, PW-VER-1, PW-VER-4].
             * @property {pulsewire.v1.Heartbeat.$Properties|null} [heartbeat] The sender is alive, and this is its heartbeat-time [PW-HBT-1].
             * @property {Uint8Array|null} [data] Application data: a whole message, or a part of one [PW-DAT-1].
             * @property {pulsewire.v1.Close.$Properties|null} [close] The last frame of its sender [PW-CLS-1].
             * @property {boolean} [more] The message that `data` belongs to goes on in the next data frame. Has no
             * meaning on other bodies [PW-DAT-2].
             * @property {"heartbeat"|"data"|"close"} [body] What the frame carries. A frame whose body the receiver does not know is
             * ignored, and counts as life all the same [PW-FRM-4, PW-LIV-1].
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Frame.
             * @memberof pulsewire.v1
             * @interface IFrame
             * @augments pulsewire.v1.Frame.$Properties
             * @deprecated Use pulsewire.v1.Frame.$Properties instead.
             */

            /**
             * Narrowed shape of a Frame.
             * @typedef {{
             *   version?: number;
             *   heartbeat?: pulsewire.v1.Heartbeat.$Shape|null;
             *   data?: Uint8Array|null;
             *   close?: pulsewire.v1.Close.$Shape|null;
             *   more?: boolean;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ body?: undefined; heartbeat?: null; data?: null; close?: null }|{ body?: "heartbeat"; heartbeat: pulsewire.v1.Heartbeat.$Shape; data?: null; close?: null }|{ body?: "data"; heartbeat?: null; data: Uint8Array; close?: null }|{ body?: "close"; heartbeat?: null; data?: null; close: pulsewire.v1.Close.$Shape })
             * )} pulsewire.v1.Frame.$Shape
             */

            /**
             * Constructs a new Frame.
             * @memberof pulsewire.v1
             * @classdesc Frame is the only message that crosses a Pulsewire connection [PW-FRM-1].
             * 
             * How frames are told apart is the transport's business: a varint length
             * prefix on byte streams, one binary message on WebSocket, one stream message
             * on gRPC (docs/bindings.md).
             * @constructor
             * @param {pulsewire.v1.Frame.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Frame = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * The protocol version this frame is written in. Until a version is agreed
             * it is the highest the sender speaks; from then on it is the agreed one.
             * Never 0 [PW-FRM-2, PW-VER-1, PW-VER-4].
             * @member {number} version
             * @memberof pulsewire.v1.Frame
             * @instance
             */
            Frame.prototype.version = 0;

            /**
             * The sender is alive, and this is its heartbeat-time [PW-HBT-1].
             * @member {pulsewire.v1.Heartbeat|null} heartbeat
             * @memberof pulsewire.v1.Frame
             * @instance
             */
            Frame.prototype.heartbeat = null;

            /**
             * Application data: a whole message, or a part of one [PW-DAT-1].
             * @member {Uint8Array|null} data
             * @memberof pulsewire.v1.Frame
             * @instance
             */
            Frame.prototype.data = null;

            /**
             * The last frame of its sender [PW-CLS-1].
             * @member {pulsewire.v1.Close|null} close
             * @memberof pulsewire.v1.Frame
             * @instance
             */
            Frame.prototype.close = null;

            /**
             * The message that `data` belongs to goes on in the next data frame. Has no
             * meaning on other bodies [PW-DAT-2].
             * @member {boolean} more
             * @memberof pulsewire.v1.Frame
             * @instance
             */
            Frame.prototype.more = false;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * What the frame carries. A frame whose body the receiver does not know is
             * ignored, and counts as life all the same [PW-FRM-4, PW-LIV-1].
             * @member {"heartbeat"|"data"|"close"|undefined} body
             * @memberof pulsewire.v1.Frame
             * @instance
             */
            $Object.defineProperty(Frame.prototype, "body", {
                get: $util.oneOfGetter($oneOfFields = ["heartbeat", "data", "close"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified Frame message. Does not implicitly {@link pulsewire.v1.Frame.verify|verify} messages.
             * @function encode
             * @memberof pulsewire.v1.Frame
             * @static
             * @param {pulsewire.v1.Frame.$Properties} message Frame message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Frame.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.version);
                if (message.heartbeat != null && $Object.hasOwnProperty.call(message, "heartbeat"))
                    $root.pulsewire.v1.Heartbeat.encode(message.heartbeat, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.data);
                if (message.close != null && $Object.hasOwnProperty.call(message, "close"))
                    $root.pulsewire.v1.Close.encode(message.close, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.more != null && $Object.hasOwnProperty.call(message, "more") && message.more !== false)
                    writer.uint32(/* id 5, wireType 0 =*/40).bool(message.more);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Frame message from the specified reader or buffer.
             * @function decode
             * @memberof pulsewire.v1.Frame
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {pulsewire.v1.Frame & pulsewire.v1.Frame.$Shape} Frame
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Frame.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.pulsewire.v1.Frame();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.heartbeat = $root.pulsewire.v1.Heartbeat.decode(reader, reader.size(), $undefined, _depth + 1, message.heartbeat);
                            message.body = "heartbeat";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.data = reader.bytes();
                            message.body = "data";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.close = $root.pulsewire.v1.Close.decode(reader, reader.size(), $undefined, _depth + 1, message.close);
                            message.body = "close";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.more = value;
                            else
                                delete message.more;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Frame;
        })();

        v1.Heartbeat = (function() {

            /**
             * Properties of a Heartbeat.
             * @typedef {Object} pulsewire.v1.Heartbeat.$Properties
             * @property {number|null} [heartbeatTimeMs] The sender's effective heartbeat-time in milliseconds: it sends something
             * at least this often. Absent: the sender is passive and promises nothing.
             * 1 to 3600000; a 0 is never sent, and promises nothing when it is received
             * [PW-HBT-1, PW-HBT-2, PW-ADP-1].
             * @property {boolean} [replyRequested] A probe: the receiver answers with a heartbeat at once [PW-PRB-2].
             * @property {number|null} [timestamp] The sender's clock as it sends, in units and from an origin that only the
             * sender knows. The receiver repeats it and never interprets it [PW-RTT-1].
             * @property {number|null} [echo] The last timestamp the sender heard from the receiver of this frame
             * [PW-RTT-2].
             * @property {number|null} [heldUs] How long the sender held `echo` before it sent this frame, in
             * microseconds. Absent exactly when `echo` is [PW-RTT-2].
             * @property {number|null} [lowestVersion] The lowest protocol version the sender speaks. Absent: the same as the
             * frame's version [PW-VER-2].
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Heartbeat.
             * @memberof pulsewire.v1
             * @interface IHeartbeat
             * @augments pulsewire.v1.Heartbeat.$Properties
             * @deprecated Use pulsewire.v1.Heartbeat.$Properties instead.
             */

            /**
             * Shape of a Heartbeat.
             * @typedef {pulsewire.v1.Heartbeat.$Properties} pulsewire.v1.Heartbeat.$Shape
             */

            /**
             * Constructs a new Heartbeat.
             * @memberof pulsewire.v1
             * @classdesc Heartbeat says that its sender is alive, how often it promises to say so,
             * and what a receiver needs to measure the round trip.
             * @constructor
             * @param {pulsewire.v1.Heartbeat.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Heartbeat = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * The sender's effective heartbeat-time in milliseconds: it sends something
             * at least this often. Absent: the sender is passive and promises nothing.
             * 1 to 3600000; a 0 is never sent, and promises nothing when it is received
             * [PW-HBT-1, PW-HBT-2, PW-ADP-1].
             * @member {number|null} heartbeatTimeMs
             * @memberof pulsewire.v1.Heartbeat
             * @instance
             */
            Heartbeat.prototype.heartbeatTimeMs = null;

            /**
             * A probe: the receiver answers with a heartbeat at once [PW-PRB-2].
             * @member {boolean} replyRequested
             * @memberof pulsewire.v1.Heartbeat
             * @instance
             */
            Heartbeat.prototype.replyRequested = false;

            /**
             * The sender's clock as it sends, in units and from an origin that only the
             * sender knows. The receiver repeats it and never interprets it [PW-RTT-1].
             * @member {number|null} timestamp
             * @memberof pulsewire.v1.Heartbeat
             * @instance
             */
            Heartbeat.prototype.timestamp = null;

            /**
             * The last timestamp the sender heard from the receiver of this frame
             * [PW-RTT-2].
             * @member {number|null} echo
             * @memberof pulsewire.v1.Heartbeat
             * @instance
             */
            Heartbeat.prototype.echo = null;

            /**
             * How long the sender held `echo` before it sent this frame, in
             * microseconds. Absent exactly when `echo` is [PW-RTT-2].
             * @member {number|null} heldUs
             * @memberof pulsewire.v1.Heartbeat
             * @instance
             */
            Heartbeat.prototype.heldUs = null;

            /**
             * The lowest protocol version the sender speaks. Absent: the same as the
             * frame's version [PW-VER-2].
             * @member {number|null} lowestVersion
             * @memberof pulsewire.v1.Heartbeat
             * @instance
             */
            Heartbeat.prototype.lowestVersion = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Heartbeat.prototype, "_heartbeatTimeMs", {
                get: $util.oneOfGetter($oneOfFields = ["heartbeatTimeMs"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Heartbeat.prototype, "_timestamp", {
                get: $util.oneOfGetter($oneOfFields = ["timestamp"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Heartbeat.prototype, "_echo", {
                get: $util.oneOfGetter($oneOfFields = ["echo"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Heartbeat.prototype, "_heldUs", {
                get: $util.oneOfGetter($oneOfFields = ["heldUs"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Heartbeat.prototype, "_lowestVersion", {
                get: $util.oneOfGetter($oneOfFields = ["lowestVersion"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified Heartbeat message. Does not implicitly {@link pulsewire.v1.Heartbeat.verify|verify} messages.
             * @function encode
             * @memberof pulsewire.v1.Heartbeat
             * @static
             * @param {pulsewire.v1.Heartbeat.$Properties} message Heartbeat message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Heartbeat.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.heartbeatTimeMs != null && $Object.hasOwnProperty.call(message, "heartbeatTimeMs"))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.heartbeatTimeMs);
                if (message.replyRequested != null && $Object.hasOwnProperty.call(message, "replyRequested") && message.replyRequested !== false)
                    writer.uint32(/* id 2, wireType 0 =*/16).bool(message.replyRequested);
                if (message.timestamp != null && $Object.hasOwnProperty.call(message, "timestamp"))
                    writer.uint32(/* id 3, wireType 5 =*/29).fixed32(message.timestamp);
                if (message.echo != null && $Object.hasOwnProperty.call(message, "echo"))
                    writer.uint32(/* id 4, wireType 5 =*/37).fixed32(message.echo);
                if (message.heldUs != null && $Object.hasOwnProperty.call(message, "heldUs"))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.heldUs);
                if (message.lowestVersion != null && $Object.hasOwnProperty.call(message, "lowestVersion"))
                    writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.lowestVersion);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Heartbeat message from the specified reader or buffer.
             * @function decode
             * @memberof pulsewire.v1.Heartbeat
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {pulsewire.v1.Heartbeat & pulsewire.v1.Heartbeat.$Shape} Heartbeat
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Heartbeat.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.pulsewire.v1.Heartbeat();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            message.heartbeatTimeMs = reader.uint32();
                            message._heartbeatTimeMs = "heartbeatTimeMs";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.replyRequested = value;
                            else
                                delete message.replyRequested;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 5)
                                break;
                            message.timestamp = reader.fixed32();
                            message._timestamp = "timestamp";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 5)
                                break;
                            message.echo = reader.fixed32();
                            message._echo = "echo";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            message.heldUs = reader.uint32();
                            message._heldUs = "heldUs";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            message.lowestVersion = reader.uint32();
                            message._lowestVersion = "lowestVersion";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Heartbeat;
        })();

        v1.Close = (function() {

            /**
             * Properties of a Close.
             * @typedef {Object} pulsewire.v1.Close.$Properties
             * @property {pulsewire.v1.CloseCode} [code] Why. An unknown code ends the connection like any other [PW-CLS-5].
             * @property {string} [reason] For a human who reads a log. At most 512 bytes are sent; a receiver never
             * acts on it [PW-CLS-6].
             * @property {number|null} [retryAfterMs] The peer should not come back sooner, in milliseconds. Absent: no advice
             * [PW-CLS-7].
             * @property {number|null} [lowestVersion] With CLOSE_CODE_UNSUPPORTED_VERSION: the lowest version the sender speaks;
             * the frame's version is the highest [PW-VER-5].
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Close.
             * @memberof pulsewire.v1
             * @interface IClose
             * @augments pulsewire.v1.Close.$Properties
             * @deprecated Use pulsewire.v1.Close.$Properties instead.
             */

            /**
             * Shape of a Close.
             * @typedef {pulsewire.v1.Close.$Properties} pulsewire.v1.Close.$Shape
             */

            /**
             * Constructs a new Close.
             * @memberof pulsewire.v1
             * @classdesc Close is the last frame of its sender and says why it ends [PW-CLS-1].
             * @constructor
             * @param {pulsewire.v1.Close.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Close = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Why. An unknown code ends the connection like any other [PW-CLS-5].
             * @member {pulsewire.v1.CloseCode} code
             * @memberof pulsewire.v1.Close
             * @instance
             */
            Close.prototype.code = 0;

            /**
             * For a human who reads a log. At most 512 bytes are sent; a receiver never
             * acts on it [PW-CLS-6].
             * @member {string} reason
             * @memberof pulsewire.v1.Close
             * @instance
             */
            Close.prototype.reason = "";

            /**
             * The peer should not come back sooner, in milliseconds. Absent: no advice
             * [PW-CLS-7].
             * @member {number|null} retryAfterMs
             * @memberof pulsewire.v1.Close
             * @instance
             */
            Close.prototype.retryAfterMs = null;

            /**
             * With CLOSE_CODE_UNSUPPORTED_VERSION: the lowest version the sender speaks;
             * the frame's version is the highest [PW-VER-5].
             * @member {number|null} lowestVersion
             * @memberof pulsewire.v1.Close
             * @instance
             */
            Close.prototype.lowestVersion = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Close.prototype, "_retryAfterMs", {
                get: $util.oneOfGetter($oneOfFields = ["retryAfterMs"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Close.prototype, "_lowestVersion", {
                get: $util.oneOfGetter($oneOfFields = ["lowestVersion"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified Close message. Does not implicitly {@link pulsewire.v1.Close.verify|verify} messages.
             * @function encode
             * @memberof pulsewire.v1.Close
             * @static
             * @param {pulsewire.v1.Close.$Properties} message Close message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Close.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).int32(message.code);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.reason);
                if (message.retryAfterMs != null && $Object.hasOwnProperty.call(message, "retryAfterMs"))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.retryAfterMs);
                if (message.lowestVersion != null && $Object.hasOwnProperty.call(message, "lowestVersion"))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.lowestVersion);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Close message from the specified reader or buffer.
             * @function decode
             * @memberof pulsewire.v1.Close
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {pulsewire.v1.Close & pulsewire.v1.Close.$Shape} Close
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Close.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.pulsewire.v1.Close();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.code = value;
                            else
                                delete message.code;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            message.retryAfterMs = reader.uint32();
                            message._retryAfterMs = "retryAfterMs";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            message.lowestVersion = reader.uint32();
                            message._lowestVersion = "lowestVersion";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Close;
        })();

        /**
         * CloseCode says why a side ended the connection. docs/bindings.md maps each
         * code to a WebSocket close code and a gRPC status.
         * @name pulsewire.v1.CloseCode
         * @enum {number}
         * @property {number} CLOSE_CODE_UNSPECIFIED=0 No code was given. Never sent; received, it is treated as NORMAL
         * [PW-CLS-5].
         * @property {number} CLOSE_CODE_NORMAL=1 The application is done [PW-CLS-10].
         * @property {number} CLOSE_CODE_GOING_AWAY=2 The sender is shutting down or draining; another address may serve
         * [PW-CLS-11].
         * @property {number} CLOSE_CODE_HEARTBEAT_TIMEOUT=3 The receiver of this frame was silent beyond the deadline [PW-LIV-6].
         * @property {number} CLOSE_CODE_PROTOCOL_ERROR=4 The receiver of this frame sent something that no version of the protocol
         * allows [PW-FRM-3].
         * @property {number} CLOSE_CODE_UNSUPPORTED_VERSION=5 The two sides have no version in common [PW-VER-5].
         * @property {number} CLOSE_CODE_FRAME_TOO_LARGE=6 A frame was longer than the sender of this Close accepts [PW-LIM-1].
         * @property {number} CLOSE_CODE_MESSAGE_TOO_LARGE=7 A message was longer than the sender of this Close accepts [PW-LIM-2].
         * @property {number} CLOSE_CODE_TOO_MANY_HEARTBEATS=8 Heartbeats came faster than any conforming peer sends them [PW-LIM-3].
         * @property {number} CLOSE_CODE_FIRST_FRAME_TIMEOUT=9 The first frame was begun and not finished in time [PW-LIM-4].
         * @property {number} CLOSE_CODE_UNREAD_LIMIT=10 More data arrived unread than the sender of this Close holds, on a
         * transport that cannot be paused [PW-LIM-5].
         * @property {number} CLOSE_CODE_OUTBOUND_BLOCKED=11 The transport took nothing from the sender of this Close for so long that
         * it gave up; mostly seen in logs, seldom on the wire [PW-OUT-2].
         * @property {number} CLOSE_CODE_UPSTREAM_LOST=12 A gateway lost the leg behind it [PW-GWY-4].
         * @property {number} CLOSE_CODE_INTERNAL_ERROR=13 The sender failed for a reason of its own [PW-CLS-12].
         */
        v1.CloseCode = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "CLOSE_CODE_UNSPECIFIED"] = 0;
            values[valuesById[1] = "CLOSE_CODE_NORMAL"] = 1;
            values[valuesById[2] = "CLOSE_CODE_GOING_AWAY"] = 2;
            values[valuesById[3] = "CLOSE_CODE_HEARTBEAT_TIMEOUT"] = 3;
            values[valuesById[4] = "CLOSE_CODE_PROTOCOL_ERROR"] = 4;
            values[valuesById[5] = "CLOSE_CODE_UNSUPPORTED_VERSION"] = 5;
            values[valuesById[6] = "CLOSE_CODE_FRAME_TOO_LARGE"] = 6;
            values[valuesById[7] = "CLOSE_CODE_MESSAGE_TOO_LARGE"] = 7;
            values[valuesById[8] = "CLOSE_CODE_TOO_MANY_HEARTBEATS"] = 8;
            values[valuesById[9] = "CLOSE_CODE_FIRST_FRAME_TIMEOUT"] = 9;
            values[valuesById[10] = "CLOSE_CODE_UNREAD_LIMIT"] = 10;
            values[valuesById[11] = "CLOSE_CODE_OUTBOUND_BLOCKED"] = 11;
            values[valuesById[12] = "CLOSE_CODE_UPSTREAM_LOST"] = 12;
            values[valuesById[13] = "CLOSE_CODE_INTERNAL_ERROR"] = 13;
            return values;
        })();

        return v1;
    })();

    return pulsewire;
})();

export {
  $root as default
};
