// Watches a draft while it is being written: it may have so many characters, no line of its
// prompt may stand in it, and it must not be too old.
package main

import (
	"encoding/json/v2"
	"fmt"

	tollgate "tollgate.dev/sdk"
	"tollgate.dev/sdk/host"
)

// Config is what the operator sets.
type Config struct {
	// MaxCharacters is how many characters a draft may have.
	MaxCharacters uint32 `json:"max_characters,omitzero"`
	// LeakCharacters is how many characters a line of the prompt has that may not stand in
	// a draft.
	LeakCharacters uint32 `json:"leak_characters,omitzero"`
	// MaxMinutes is how many minutes ago it may have been written.
	MaxMinutes uint64 `json:"max_minutes,omitzero"`
}

// SetDefaults is what holds where the operator sets nothing.
func (c *Config) SetDefaults() { *c = Config{1000, 20, 60} }

// Judges a text, or what the tool `send` would send.
func judge(config *Config, subject *tollgate.Subject) (*tollgate.Report, error) {
	switch content := subject.Content.(type) {
	case tollgate.Text:
		return judgeText(config, subject, string(content))
	case tollgate.Action:
		if content.Tool == "send" {
			return judgeMessage(config, subject, content.Arguments)
		}
	}
	return nil, tollgate.NotApplicable("it judges texts, and what `send` would send")
}

func judgeText(config *Config, subject *tollgate.Subject, text string) (*tollgate.Report, error) {
	draft, err := begin(config, subject)
	if err != nil {
		return nil, err
	}
	return tollgate.Whole(draft, text)
}

// Places in the text become the place of the text.
func judgeMessage(config *Config, subject *tollgate.Subject, arguments string) (*tollgate.Report, error) {
	var message struct {
		Text *string `json:"text"`
	}
	if err := json.Unmarshal([]byte(arguments), &message); err != nil {
		return nil, tollgate.Broken(fmt.Sprintf("`send` takes a text: %s", err))
	}
	if message.Text == nil {
		return nil, tollgate.Broken("`send` takes a text, and there is none")
	}
	report, err := judgeText(config, subject, *message.Text)
	if err != nil {
		return nil, err
	}
	for i, finding := range report.Findings {
		if _, isSpan := finding.Place.(tollgate.Span); isSpan {
			report.Findings[i].Place = tollgate.Root().Key("text")
		}
	}
	return report, nil
}

// Begins to judge a text.
func begin(config *Config, subject *tollgate.Subject) (*draft, error) {
	var context struct {
		// In milliseconds since 1970.
		WrittenAt *uint64 `json:"written_at"`
	}
	if err := subject.ReadContext(&context); err != nil {
		return nil, err
	}
	draft := &draft{config: config, secrets: secrets(config), unsure: context.WrittenAt == nil}
	if draft.unsure {
		draft.find(tollgate.Info("stale", "the context does not say when it was written"))
	} else if minutes := minutesSince(*context.WrittenAt); minutes > config.MaxMinutes {
		draft.find(tollgate.Warning("stale", fmt.Sprintf("it was written %d minutes ago", minutes)))
	}
	return draft, nil
}

// None for what is written in the future: a clock is behind.
func minutesSince(writtenAt uint64) uint64 {
	const msPerMinute = 60_000
	now := uint64(host.Now().UnixMilli())
	return (max(now, writtenAt) - writtenAt) / msPerMinute
}

func init() { tollgate.RegisterStreaming(judge, begin) }

// A contract is called by its host and has nothing to do of its own.
func main() {}
