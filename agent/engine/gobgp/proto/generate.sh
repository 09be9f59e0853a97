#!/bin/sh
# Makes gobgp-v3.pb.ts from gobgp-v3.proto. Needs protoc (Debian: protobuf-compiler).
set -eu
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
protoc --proto_path=. \
  --plugin=protoc-gen-es=../../../../node_modules/.bin/protoc-gen-es \
  --es_out="$out" --es_opt=target=ts,import_extension=ts gobgp-v3.proto
mv "$out/gobgp-v3_pb.ts" gobgp-v3.pb.ts
