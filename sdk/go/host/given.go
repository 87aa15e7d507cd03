//go:build !wasm

package host

// A fake host for tests. It is not part of a component.

// Given is the set of answers of the fake host.
type Given struct {
	// Clock is the moment of the run, in milliseconds since 1970 (UTC).
	Clock uint64
	// PromptText is the text of the pinned prompt, or nil.
	PromptText *string
	// Tables are the granted tables, by name.
	Tables map[string]map[string]string
	// Unavailable is the reason why no table can be read. Empty if they can.
	Unavailable string
	// Lookups counts the calls to tables, and Lines are the logged lines.
	Lookups int
	Lines   []Line
}

// Line is a line of the log.
type Line struct {
	Level   Level
	Message string
}

var given = &Given{}

// Give sets the answers of the host until the test ends, and returns them for inspection.
func Give(test interface{ Cleanup(func()) }, answers Given) *Given {
	before := given
	given = &answers
	test.Cleanup(func() { given = before })
	return given
}

func writeLog(level Level, message string) { given.Lines = append(given.Lines, Line{level, message}) }

func now() uint64 { return given.Clock }

func open(name string) (map[string]string, error) {
	given.Lookups++
	if given.Unavailable != "" {
		return nil, Unavailable{given.Unavailable}
	}
	table, granted := given.Tables[name]
	if !granted {
		return nil, NotGranted{name}
	}
	return table, nil
}

func lookup(name, key string) (string, bool, error) {
	table, err := open(name)
	value, found := table[key]
	return value, found, err
}

func containsAny(name string, keys []string) ([]bool, error) {
	table, err := open(name)
	if err != nil {
		return nil, err
	}
	found := make([]bool, len(keys))
	for i, key := range keys {
		_, found[i] = table[key]
	}
	return found, nil
}

func promptText() (string, bool) {
	if given.PromptText == nil {
		return "", false
	}
	return *given.PromptText, true
}
