package tollgate

import (
	"strings"
	"testing"
)

type settings struct {
	Max    uint32          `json:"max"`
	Strict bool            `json:"strict,omitzero"`
	Terms  []string        `json:"terms,omitzero"`
	Inner  struct{ A int } `json:"inner,omitzero"`
}

func (s *settings) SetDefaults() { s.Strict = true }

func TestReadsAConfiguration(t *testing.T) {
	config, err := Configure[settings](`{"max": 3, "terms": ["ä"]}`)
	if err != nil || config.Max != 3 || !config.Strict || config.Terms[0] != "ä" {
		t.Fatal(config, err)
	}
}

func TestRefusalsNameThePlace(t *testing.T) {
	for text, prefix := range map[string]string{
		`{"max": 1, "m/x": 2}`:                  "`/m~1x`: there is no such key",
		`{"max": 1, "inner": {"A": 1, "b": 2}}`: "`/inner/b`: there is no such key",
		`{"max": 1, "Strict": true}`:            "`/Strict`: there is no such key",
		`{}`:                                    "the key `max` is missing",
		`[]`:                                    "an object was expected, but this is an array",
		`{"max": "1"}`:                          "`/max`: a whole number from 0 was expected, but this is a string",
		`{"max": -1}`:                           "`/max`: a whole number from 0 was expected, but this is a number: -1",
		`{"max": 1.5}`:                          "`/max`: a whole number from 0 was expected, but this is a number: 1.5",
		`{"max": 1, "terms": ["a", 7]}`:         "`/terms/1`: a string was expected, but this is a number",
		`{"max": 1, "max": 2}`:                  "`/max`: not JSON: duplicate object member name",
		`{"max": 1`:                             "not JSON: unexpected EOF",
	} {
		_, err := Configure[settings](text)
		if err == nil || !strings.HasPrefix(err.Error(), prefix) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
