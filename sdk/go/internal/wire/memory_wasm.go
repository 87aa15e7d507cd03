// Package wire implements the parts of the component model's canonical ABI that a contract needs.
// Values are passed between host and contract in memory, at 32-bit addresses.
package wire

import "unsafe"

// Memory that must not be garbage-collected: values from the host that were not read yet, and values
// that the host has yet to read.
var (
	received = map[uint32][]byte{}
	lent     [][]byte
)

// The host allocates memory through this function before it passes a value in.
//
//go:wasmexport cabi_realloc
func realloc(old, oldSize, align, size uint32) uint32 {
	// Allocate words, so that the address is aligned for every type.
	words := make([]uint64, size/8+1)
	block := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), size)
	copy(block, received[old])
	delete(received, old)
	address := Address(unsafe.Pointer(&words[0]))
	received[address] = block
	return address
}

// Address returns the 32-bit address of a pointer.
func Address(pointer unsafe.Pointer) uint32 { return uint32(uintptr(pointer)) }

// Take returns a value that the host passed in, and releases it.
func Take(address, length uint32) []byte {
	block := received[address]
	delete(received, address)
	return block[:length]
}

// TakeString is Take for a string. It does not copy, because nothing writes to the memory again.
func TakeString(address, length uint32) string {
	return unsafe.String(unsafe.SliceData(Take(address, length)), int(length))
}

// Lend keeps bytes where they are until the host has read them.
func Lend(bytes []byte) uint32 {
	lent = append(lent, bytes)
	return Address(unsafe.Pointer(unsafe.SliceData(bytes)))
}

// Returned releases the lent memory after the host has read it.
func Returned() { lent = nil }
