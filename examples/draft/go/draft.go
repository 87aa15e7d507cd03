package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	tollgate "tollgate.dev/sdk"
	"tollgate.dev/sdk/host"
)

// A draft, as far as it is written.
type draft struct {
	config *Config
	// The lines that may not stand in it, the longest first.
	secrets []string
	// What was not looked at yet: a secret may begin there whose end is still to come.
	rest string
	// Where that begins.
	at int
	// Where the secret ends that was found last.
	leakEnd    int
	characters uint64
	leaks      int
	// Nobody knows when it was written.
	unsure bool
	// What nobody was told yet.
	news   []tollgate.Finding
	report tollgate.Report
}

// Push takes more of the text.
func (d *draft) Push(part string) (tollgate.Progress, error) {
	d.rest += part
	d.look(false)
	progress := tollgate.Progress{Settled: d.at, Findings: d.news}
	if d.unsure {
		// A human has to look at all of it, so nothing may go out before.
		progress.Settled = 0
	}
	d.news = nil
	return progress, nil
}

// Finish reports on all of it.
func (d *draft) Finish() (*tollgate.Report, error) {
	d.look(true)
	host.Log(host.Info, fmt.Sprintf("%d characters, %d leaks", d.characters, d.leaks))
	d.report.Measure("characters", float64(d.characters))
	d.report.Measure("leaks", float64(d.leaks))
	if d.unsure && d.report.Outcome == tollgate.Pass {
		d.report.Outcome = tollgate.Unsure
	}
	return &d.report, nil
}

func (d *draft) find(finding tollgate.Finding) {
	d.news = append(d.news, finding)
	d.report.Add(finding)
}

// Looks at every character that nothing can still change.
func (d *draft) look(isComplete bool) {
	window := 0
	if !isComplete && len(d.secrets) > 0 {
		window = len(d.secrets[0])
	}
	start := d.at
	for i, character := range d.rest {
		if len(d.rest)-i < window {
			break
		}
		end := d.at + utf8.RuneLen(character)
		if d.characters++; d.characters == uint64(d.config.MaxCharacters)+1 {
			d.find(d.tooLong(end))
		}
		if d.at >= d.leakEnd {
			d.lookForSecrets(d.rest[i:])
		}
		d.at = end
	}
	d.rest = d.rest[d.at-start:]
}

func (d *draft) tooLong(end int) tollgate.Finding {
	message := fmt.Sprintf("there are more than %d characters", d.config.MaxCharacters)
	return tollgate.Error("too-long", message).At(d.at, end)
}

// Looks whether a secret stands at the beginning of a text that is behind d.at.
func (d *draft) lookForSecrets(text string) {
	for _, secret := range d.secrets {
		if strings.HasPrefix(text, secret) {
			d.leaks++
			d.leakEnd = d.at + len(secret)
			d.find(leak(secret).At(d.at, d.leakEnd))
			return
		}
	}
}

func leak(secret string) tollgate.Finding {
	// A line that short may stand anywhere by chance; a longer one hardly.
	const chance = 20
	characters := float64(utf8.RuneCountInString(secret))
	return tollgate.Critical("prompt-leak", "a line of the prompt stands in the draft").
		Fix("").Confidence(characters / (characters + chance))
}

// The lines of the prompt that may not stand in a draft, the longest first.
func secrets(config *Config) []string {
	prompt, _ := host.PromptText()
	var secrets []string
	for line := range strings.SplitSeq(prompt, "\n") {
		line = strings.Trim(line, " \t\r")
		if utf8.RuneCountInString(line) >= int(config.LeakCharacters) {
			secrets = append(secrets, line)
		}
	}
	slices.SortStableFunc(secrets, func(one, other string) int { return len(other) - len(one) })
	return secrets
}
