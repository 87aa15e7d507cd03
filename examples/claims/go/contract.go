// Finds claims that nobody has approved: words such as "best" that do not stand in a table
// of the operator's.
package main

import (
	"fmt"
	"strings"

	tollgate "tollgate.dev/sdk"
	"tollgate.dev/sdk/host"
)

// Config is what the operator sets.
type Config struct {
	// Table is the table of approved claims, by the claim in lower case.
	Table string `json:"table,omitzero"`
	// Terms are the words and phrases that claim something.
	Terms []string `json:"terms,omitzero"`
}

// SetDefaults is what holds where the operator sets nothing.
func (c *Config) SetDefaults() {
	c.Table = "claims"
	c.Terms = []string{
		"best", "cheapest", "guaranteed", "clinically proven",
		"risk-free", "number one", "100% safe", "fda approved",
	}
}

// Checks the terms and writes them as they are looked up.
func prepare(config *Config) (*Config, error) {
	for i, term := range config.Terms {
		if term == "" {
			return nil, tollgate.BadConfig(tollgate.Root().Key("terms").Index(i), "a term is empty")
		}
		config.Terms[i] = lower(term)
	}
	return config, nil
}

// Judges one text.
func judge(config *Config, subject *tollgate.Subject) (*tollgate.Report, error) {
	content, isText := subject.Content.(tollgate.Text)
	if !isText {
		return nil, tollgate.NotApplicable("it judges texts")
	}
	text, lowered := string(content), lower(string(content))
	report := &tollgate.Report{}
	approved := map[string]bool{}
	claims := 0
	for at := 0; at < len(lowered); at++ {
		term := termAt(config.Terms, lowered, at)
		if term == "" {
			continue
		}
		claims++
		if err := ask(approved, config.Table, term); err != nil {
			return nil, err
		}
		end := at + len(term)
		if !approved[term] {
			message := fmt.Sprintf("`%s` is a claim that is not approved", text[at:end])
			report.Add(tollgate.Error("unapproved-claim", message).At(at, end))
		}
		at = end - 1
	}
	report.Measure("claims", float64(claims))
	return report, nil
}

// Asks the table about a term that it was not asked about before.
func ask(approved map[string]bool, table, term string) error {
	if _, asked := approved[term]; asked {
		return nil
	}
	_, found, err := host.Lookup(table, term)
	if err != nil {
		return tollgate.Broken(fmt.Sprintf("the table `%s` cannot be read: %s", table, err))
	}
	approved[term] = found
	return nil
}

// The longest term that stands alone at this byte, or "".
func termAt(terms []string, text string, at int) string {
	longest := ""
	if at > 0 && isWordByte(text[at-1]) {
		return ""
	}
	for _, term := range terms {
		if len(term) > len(longest) && standsAt(text, at, term) {
			longest = term
		}
	}
	return longest
}

func standsAt(text string, at int, term string) bool {
	rest, found := strings.CutPrefix(text[at:], term)
	return found && (rest == "" || !isWordByte(rest[0]))
}

func isWordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9'
}

// Only ASCII letters, so that every byte stays where it is.
func lower(text string) string {
	bytes := []byte(text)
	for i, b := range bytes {
		if b >= 'A' && b <= 'Z' {
			bytes[i] = b - 'A' + 'a'
		}
	}
	return string(bytes)
}

func init() { tollgate.RegisterPrepared(prepare, judge) }

// A contract is called by its host and has nothing to do of its own.
func main() {}
