//go:build !wasm

package host

import (
	"slices"
	"testing"
)

func TestAnswersWhatWasGiven(t *testing.T) {
	prompt := "Be kind."
	given := Give(t, Given{
		Clock: 17, PromptText: &prompt,
		Tables: map[string]map[string]string{"claims": {"best": "legal-17"}},
	})
	if value, found, err := Lookup("claims", "best"); value != "legal-17" || !found || err != nil {
		t.Error(value, found, err)
	}
	if _, found, err := Lookup("claims", "worst"); found || err != nil {
		t.Error(found, err)
	}
	if _, _, err := Lookup("prices", "best"); err != (NotGranted{"prices"}) {
		t.Error(err)
	}
	if found, err := ContainsAny("claims", []string{"best", "worst"}); !slices.Equal(found, []bool{true, false}) || err != nil {
		t.Error(found, err)
	}
	Log(Warn, "look")
	text, pinned := PromptText()
	if Now().UnixMilli() != 17 || text != prompt || !pinned || given.Lookups != 4 || given.Lines[0] != (Line{Warn, "look"}) {
		t.Errorf("%+v", given)
	}
}
