package main

import (
	"reflect"
	"testing"

	tollgate "tollgate.dev/sdk"
	"tollgate.dev/sdk/host"
)

const (
	now    = 1_790_000_000_000
	prompt = "You write for Acme.\n  Grüße alle Kunden mit ihrem Namen! 👩\u200d🚀 \r\nshort line"
	leaked = "Grüße alle Kunden mit ihrem Namen! 👩\u200d🚀"
)

func given(t *testing.T) *host.Given { return prompted(t, prompt) }

func prompted(t *testing.T, prompt string) *host.Given {
	return host.Give(t, host.Given{Clock: now, PromptText: &prompt})
}

func configured(t *testing.T, text string) *Config {
	t.Helper()
	config, err := tollgate.Configure[Config](text)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

func writtenNow(content tollgate.Content) *tollgate.Subject {
	return &tollgate.Subject{Content: content, Context: `{"written_at": 1790000000000}`}
}

func report(t *testing.T, config string, subject *tollgate.Subject) *tollgate.Report {
	t.Helper()
	report, err := judge(configured(t, config), subject)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// The places of a rule's findings.
func places(report *tollgate.Report, rule string) (places []tollgate.Place) {
	for _, finding := range report.Findings {
		if finding.Rule == rule {
			places = append(places, finding.Place)
		}
	}
	return places
}

func check(t *testing.T, found []tollgate.Place, expected ...tollgate.Place) {
	t.Helper()
	if !reflect.DeepEqual(found, expected) {
		t.Errorf("%v, not %v", found, expected)
	}
}

func TestTheFirstCharacterTooMany(t *testing.T) {
	given := given(t)
	tooLong := report(t, `{"max_characters": 3}`, writtenNow(tollgate.Text("äe\u0301👧!")))
	check(t, places(tooLong, "too-long"), tollgate.Span{Start: 5, End: 9})
	if tooLong.Outcome != tollgate.Fail || tooLong.Measures[0].Value != 5 {
		t.Errorf("%+v", tooLong)
	}
	if given.Lines[0] != (host.Line{Level: host.Info, Message: "5 characters, 0 leaks"}) {
		t.Errorf("%+v", given.Lines)
	}
	asLongAsAllowed := report(t, `{"max_characters": 3}`, writtenNow(tollgate.Text("äe\u0301")))
	check(t, places(asLongAsAllowed, "too-long"))
}

func TestLinesOfThePrompt(t *testing.T) {
	given(t)
	leak := report(t, "{}", writtenNow(tollgate.Text("👧"+leaked+"short line")))
	check(t, places(leak, "prompt-leak"), tollgate.Span{Start: 4, End: 4 + len(leaked)})
	if sure := *leak.Findings[0].Sure; sure != 38.0/58 {
		t.Error(sure)
	}
	short := report(t, `{"leak_characters": 10}`, writtenNow(tollgate.Text("short lineshort line")))
	check(t, places(short, "prompt-leak"),
		tollgate.Span{Start: 0, End: 10}, tollgate.Span{Start: 10, End: 20})
}

func TestTheSearchGoesOnBehindALeak(t *testing.T) {
	prompted(t, "aa\naaa")
	leaks := report(t, `{"leak_characters": 2}`, writtenNow(tollgate.Text("aaaaa")))
	check(t, places(leaks, "prompt-leak"),
		tollgate.Span{Start: 0, End: 3}, tollgate.Span{Start: 3, End: 5})
}

func TestItsAge(t *testing.T) {
	given(t).Clock = now + 61*60_000
	stale := report(t, "{}", writtenNow(tollgate.Text("old")))
	if stale.Outcome != tollgate.Pass || stale.Findings[0].Message != "it was written 61 minutes ago" {
		t.Errorf("%+v", stale)
	}
	unsure := report(t, "{}", tollgate.Of(tollgate.Text("when?")))
	if unsure.Outcome != tollgate.Unsure || unsure.Findings[0].Severity != tollgate.SeverityInfo {
		t.Errorf("%+v", unsure)
	}
	given(t).Clock = 5
	check(t, places(report(t, "{}", writtenNow(tollgate.Text("new"))), "stale"))
}

func TestWhatWouldBeSent(t *testing.T) {
	given(t)
	message := tollgate.Action{Tool: "send", Arguments: `{"to": "dana", "text": "too long"}`}
	sent := report(t, `{"max_characters": 3}`, writtenNow(message))
	check(t, places(sent, "too-long"), tollgate.Pointer("/text"))
}

// However it is cut, it says the same, and nothing of what it had settled.
func TestTheCutsDoNotMatter(t *testing.T) {
	given(t)
	config := configured(t, `{"max_characters": 40, "leak_characters": 5}`)
	text := "short lines, short line " + leaked + leaked[:9] + "short line"
	whole, err := judge(config, writtenNow(tollgate.Text(text)))
	if err != nil || len(whole.Findings) != 5 {
		t.Fatal(whole, err)
	}
	for size := 1; size <= len(text); size++ {
		draft, err := begin(config, writtenNow(tollgate.Text("")))
		if err != nil {
			t.Fatal(err)
		}
		found := pushAll(t, draft, inParts(text, size))
		report, err := draft.Finish()
		if err != nil || !reflect.DeepEqual(report, whole) {
			t.Errorf("in parts of %d: %+v, %v", size, report, err)
		}
		if told := report.Findings[:len(found)]; len(found) > 0 && !reflect.DeepEqual(found, told) {
			t.Errorf("in parts of %d it told %+v", size, found)
		}
	}
}

func pushAll(t *testing.T, draft *draft, parts []string) (found []tollgate.Finding) {
	t.Helper()
	settled := 0
	for _, part := range parts {
		progress, err := draft.Push(part)
		if err != nil || progress.Settled < settled {
			t.Fatal(progress, err)
		}
		for _, finding := range progress.Findings {
			if finding.Place.(tollgate.Span).Start < settled {
				t.Errorf("%+v stands before %d", finding, settled)
			}
		}
		settled = progress.Settled
		found = append(found, progress.Findings...)
	}
	return found
}

// Parts of so many characters.
func inParts(text string, size int) (parts []string) {
	characters := []rune(text)
	for start := 0; start < len(characters); start += size {
		parts = append(parts, string(characters[start:min(start+size, len(characters))]))
	}
	return parts
}

func TestNothingIsSettledWhereTheAgeIsUnknown(t *testing.T) {
	given(t)
	draft, err := begin(configured(t, "{}"), tollgate.Of(tollgate.Text("")))
	if err != nil {
		t.Fatal(err)
	}
	if progress, err := draft.Push(leaked + leaked); err != nil || progress.Settled != 0 || len(progress.Findings) != 3 {
		t.Error(progress, err)
	}
}

func TestRefuses(t *testing.T) {
	given(t)
	for words, subject := range map[string]*tollgate.Subject{
		"it judges texts, and what `send` would send": tollgate.Of(tollgate.JSON("{}")),
		"`send` takes a text, and there is none":      writtenNow(tollgate.Action{Tool: "send", Arguments: "{}"}),
	} {
		if _, err := judge(configured(t, "{}"), subject); err == nil || err.Error() != words {
			t.Errorf("%v, not %s", err, words)
		}
	}
	yesterday := &tollgate.Subject{Content: tollgate.Text("x"), Context: `{"written_at": "yesterday"}`}
	if _, err := judge(configured(t, "{}"), yesterday); err == nil {
		t.Error("a context that does not fit is refused")
	}
}
