#!/bin/sh
# Makes each NAME.pb.ts from NAME.proto. Needs protoc (Debian: protobuf-compiler).
set -eu
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
protoc --proto_path=. \
  --plugin=protoc-gen-es=../../../../node_modules/.bin/protoc-gen-es \
  --es_out="$out" --es_opt=target=ts,import_extension=ts *.proto
for file in *.proto; do
  name=${file%.proto}
  sed 's|_pb\.ts"|.pb.ts"|' "$out/${name}_pb.ts" >"$name.pb.ts"
done
