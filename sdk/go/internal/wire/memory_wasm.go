// Package wire is the component model's canonical ABI, as far as a contract needs it: what
// passes between host and contract lies in memory, at addresses of 32 bits.
package wire

import "unsafe"

// What the collector may not take: what the host put in and has not been read, and what the
// host has yet to read.
var (
	received = map[uint32][]byte{}
	lent     [][]byte
)

// The host asks for memory before it passes anything in.
//
//go:wasmexport cabi_realloc
func realloc(old, oldSize, align, size uint32) uint32 {
	// Words, so that the address is aligned for whatever comes.
	words := make([]uint64, size/8+1)
	block := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), size)
	copy(block, received[old])
	delete(received, old)
	address := Address(unsafe.Pointer(&words[0]))
	received[address] = block
	return address
}

// Address is where something lies, as the host counts.
func Address(pointer unsafe.Pointer) uint32 { return uint32(uintptr(pointer)) }

// Take reads what the host put in.
func Take(address, length uint32) []byte {
	block := received[address]
	delete(received, address)
	return block[:length]
}

// TakeString is Take for a string, without copying it: nobody writes there again.
func TakeString(address, length uint32) string {
	return unsafe.String(unsafe.SliceData(Take(address, length)), int(length))
}

// Lend keeps bytes where they are until the host has read them.
func Lend(bytes []byte) uint32 {
	lent = append(lent, bytes)
	return Address(unsafe.Pointer(unsafe.SliceData(bytes)))
}

// Returned says that the host has read everything.
func Returned() { lent = nil }
