// protobuf-es with a description of the two messages that is made here, and not generated.
import { load } from "../framework/child.mjs";

const { create, createFileRegistry, fromBinary, toBinary } = await load("@bufbuild/protobuf");
const { FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorProtoSchema } =
  await load("@bufbuild/protobuf/wkt");

const { MESSAGE, UINT32, FIXED32, BOOL } = FieldDescriptorProto_Type;

/** @param {string} name @param {number} number @param {number} type */
const field = (name, number, type) => ({
  name,
  number,
  type,
  label: FieldDescriptorProto_Label.OPTIONAL,
});
/** With a presence of its own. @param {string} name @param {number} number @param {number} type @param {number} oneofIndex */
const optional = (name, number, type, oneofIndex) => ({
  ...field(name, number, type),
  proto3Optional: true,
  oneofIndex,
});

const file = create(FileDescriptorProtoSchema, {
  name: "frame.proto",
  package: "pulsewire.v1",
  syntax: "proto3",
  messageType: [
    {
      name: "Frame",
      field: [
        field("version", 1, UINT32),
        { ...field("heartbeat", 2, MESSAGE), typeName: ".pulsewire.v1.Heartbeat", oneofIndex: 0 },
      ],
      oneofDecl: [{ name: "body" }],
    },
    {
      name: "Heartbeat",
      field: [
        optional("heartbeat_time_ms", 1, UINT32, 0),
        field("reply_requested", 2, BOOL),
        optional("timestamp", 3, FIXED32, 1),
        optional("echo", 4, FIXED32, 2),
        optional("held_us", 5, UINT32, 3),
        optional("lowest_version", 6, UINT32, 4),
      ],
      oneofDecl: ["time", "stamp", "echo", "held", "lowest"].map((name) => ({ name: `_${name}` })),
    },
  ],
});
const registry = createFileRegistry(file, () => undefined);
const Frame = registry.getMessage("pulsewire.v1.Frame");
const Heartbeat = registry.getMessage("pulsewire.v1.Heartbeat");

/** @type {import("./heartbeats.mjs").Codec} */
export const codec = {
  encode: (beat) =>
    toBinary(
      Frame,
      create(Frame, {
        version: 1,
        body: { case: "heartbeat", value: create(Heartbeat, beat) },
      }),
    ),
  decode: (octets) => fromBinary(Frame, octets).body.value,
};
