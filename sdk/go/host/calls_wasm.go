package host

// Calls the capabilities under the canonical ABI. A result that does not fit into one number is
// written to an area that the caller provides. Functions that a contract does not call are not
// linked, and therefore not imported.

import (
	"unsafe"

	"tollgate.dev/sdk/internal/wire"
)

//go:wasmimport tollgate:host/log@0.1.0 write
func hostLogWrite(level uint32, message unsafe.Pointer, length uint32)

//go:wasmimport tollgate:host/clock@0.1.0 now
func hostClockNow() uint64

//go:wasmimport tollgate:host/lookup@0.1.0 get
func hostLookupGet(table unsafe.Pointer, tableLength uint32, key unsafe.Pointer, keyLength uint32, answer unsafe.Pointer)

//go:wasmimport tollgate:host/lookup@0.1.0 contains-any
func hostLookupContainsAny(table unsafe.Pointer, tableLength uint32, keys unsafe.Pointer, keyCount uint32, answer unsafe.Pointer)

//go:wasmimport tollgate:host/prompt-text@0.1.0 read
func hostPromptTextRead(answer unsafe.Pointer)

// The area for results. It is not on a stack, because the host calls back into Go for memory, which
// may move stacks.
var area [max(wire.LookupGetSize, wire.LookupContainsAnySize, wire.PromptTextReadSize) / 4]uint32

func answer() (unsafe.Pointer, wire.Record) {
	clear(area[:])
	return unsafe.Pointer(&area), unsafe.Slice((*byte)(unsafe.Pointer(&area)), len(area)*4)
}

func start(text string) unsafe.Pointer { return unsafe.Pointer(unsafe.StringData(text)) }

func writeLog(level Level, message string) {
	hostLogWrite(uint32(level), start(message), uint32(len(message)))
}

func now() uint64 { return hostClockNow() }

func lookup(table, key string) (string, bool, error) {
	at, answer := answer()
	hostLookupGet(start(table), uint32(len(table)), start(key), uint32(len(key)), at)
	if answer[wire.LookupGetTag] != 0 {
		return "", false, explain(answer, wire.LookupGetErrorTag,
			wire.LookupGetErrorNotGranted, wire.LookupGetErrorUnavailable)
	}
	if answer[wire.LookupGetOkTag] == 0 {
		return "", false, nil
	}
	return answer.ReadString(wire.LookupGetOkSome), true, nil
}

func containsAny(table string, keys []string) ([]bool, error) {
	list := make(wire.Record, len(keys)*wire.StringSize)
	for i, key := range keys {
		list.String(i*wire.StringSize, key)
	}
	at, answer := answer()
	hostLookupContainsAny(start(table), uint32(len(table)),
		unsafe.Pointer(unsafe.SliceData(list)), uint32(len(keys)), at)
	if answer[wire.LookupContainsAnyTag] != 0 {
		return nil, explain(answer, wire.LookupContainsAnyErrorTag,
			wire.LookupContainsAnyErrorNotGranted, wire.LookupContainsAnyErrorUnavailable)
	}
	found := make([]bool, len(keys))
	for i, there := range wire.Take(answer.ReadList(wire.LookupContainsAnyOk)) {
		found[i] = there != 0
	}
	return found, nil
}

// explain reads a `lookup.error`, whose kind and texts are at these offsets.
func explain(answer wire.Record, kind, notGranted, unavailable int) error {
	switch answer[kind] {
	case wire.LookupErrorNotGranted:
		return NotGranted{answer.ReadString(notGranted)}
	case wire.LookupErrorUnavailable:
		return Unavailable{answer.ReadString(unavailable)}
	default:
		panic("the host answered with an unknown error")
	}
}

func promptText() (string, bool) {
	at, answer := answer()
	hostPromptTextRead(at)
	if answer[wire.PromptTextReadTag] == 0 {
		return "", false
	}
	return answer.ReadString(wire.PromptTextReadSome), true
}
