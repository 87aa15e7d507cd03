package tollgate

import (
	"strconv"
	"strings"
)

// Pointer is a place in a JSON document (RFC 6901), built step by step:
// Root().Key("a/b").Index(3) is "/a~1b/3".
type Pointer string

var escape = strings.NewReplacer("~", "~0", "/", "~1")

// Root points to the whole document.
func Root() Pointer { return "" }

// Key appends a member of an object.
func (p Pointer) Key(key string) Pointer { return p + "/" + Pointer(escape.Replace(key)) }

// Index appends an item of an array.
func (p Pointer) Index(index int) Pointer { return p.Key(strconv.Itoa(index)) }
