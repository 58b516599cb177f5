import protobuf from 'protobufjs'

/**
 * The part of ONNX's `onnx.proto3` (IR version 8, opset 17) that a converted network needs, with the official field
 * numbers: https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.proto3. Kept as text, so that it can be compared
 * with the original line by line.
 */
const ONNX_PROTO = `
syntax = "proto3";
package onnx;
message AttributeProto {
  string name = 1;
  float f = 2;
  int64 i = 3;
  bytes s = 4;
  repeated int64 ints = 8;
  int32 type = 20;
}
message ValueInfoProto { string name = 1; TypeProto type = 2; }
message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  string name = 3;
  string op_type = 4;
  repeated AttributeProto attribute = 5;
}
message ModelProto {
  int64 ir_version = 1;
  string producer_name = 2;
  string producer_version = 3;
  GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
}
message GraphProto {
  repeated NodeProto node = 1;
  string name = 2;
  repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
}
message TensorProto {
  repeated int64 dims = 1;
  int32 data_type = 2;
  string name = 8;
  bytes raw_data = 9;
}
message TensorShapeProto {
  message Dimension { int64 dim_value = 1; }
  repeated Dimension dim = 1;
}
message TypeProto {
  message Tensor { int32 elem_type = 1; TensorShapeProto shape = 2; }
  Tensor tensor_type = 1;
}
message OperatorSetIdProto { string domain = 1; int64 version = 2; }
`

const root = protobuf.parse(ONNX_PROTO, { keepCase: true }).root

/** Encodes and decodes a whole ONNX file. Fields are written in the order of their numbers: the bytes are deterministic. */
export const modelProto = root.lookupType('onnx.ModelProto')

/** `TensorProto.DataType`, as far as it is used. */
export const tensorType = { float32: 1, int64: 7 } as const

/** `AttributeProto.AttributeType`, as far as it is used. */
export const attributeType = { float: 1, int: 2, string: 3, ints: 7 } as const
