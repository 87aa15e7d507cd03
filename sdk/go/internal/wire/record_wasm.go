package wire

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// Record is the memory of a record or of a list of records, written field by field. The offsets are
// those of layout.go.
type Record []byte

// Byte writes an enum or the discriminant of a variant.
func (r Record) Byte(at int, value uint8) { r[at] = value }

// Word writes 32 bits.
func (r Record) Word(at int, value uint32) { binary.LittleEndian.PutUint32(r[at:], value) }

// Float writes a number.
func (r Record) Float(at int, value float64) {
	binary.LittleEndian.PutUint64(r[at:], math.Float64bits(value))
}

// String writes the address and the length of a string.
func (r Record) String(at int, value string) {
	r.Word(at, Lend(unsafe.Slice(unsafe.StringData(value), len(value))))
	r.Word(at+4, uint32(len(value)))
}

// List writes the address and the number of records.
func (r Record) List(at int, records Record, count int) {
	r.Word(at, Lend(records))
	r.Word(at+4, uint32(count))
}

// ReadWord reads 32 bits.
func (r Record) ReadWord(at int) uint32 { return binary.LittleEndian.Uint32(r[at:]) }

// ReadList reads the address and the number of elements of a list.
func (r Record) ReadList(at int) (address, count uint32) { return r.ReadWord(at), r.ReadWord(at + 4) }

// ReadString reads a string that the host passed in.
func (r Record) ReadString(at int) string { return TakeString(r.ReadList(at)) }
