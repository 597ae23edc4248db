package pulsewire

//go:generate ../../../node_modules/.bin/buf generate --template buf.gen.yaml ../../../proto
