package main

import (
	"slices"
	"testing"

	tollgate "tollgate.dev/sdk"
	"tollgate.dev/sdk/host"
)

func configured(t *testing.T, text string) *Config {
	t.Helper()
	config, err := tollgate.Configure[Config](text)
	if err != nil {
		t.Fatal(err)
	}
	if config, err = prepare(config); err != nil {
		t.Fatal(err)
	}
	return config
}

func check(t *testing.T, config, text string, claims float64, places ...tollgate.Span) {
	t.Helper()
	report, err := judge(configured(t, config), tollgate.Of(tollgate.Text(text)))
	if err != nil {
		t.Fatal(err)
	}
	var found []tollgate.Span
	for _, finding := range report.Findings {
		found = append(found, finding.Place.(tollgate.Span))
	}
	if !slices.Equal(found, places) || report.Measures[0].Value != claims {
		t.Errorf("%q: %v, and %v claims", text, found, report.Measures[0].Value)
	}
}

func given(t *testing.T) *host.Given {
	return host.Give(t, host.Given{Tables: map[string]map[string]string{"claims": {"best": "legal-2026-17"}}})
}

func TestFindsWhatIsNotApproved(t *testing.T) {
	asked := given(t)
	check(t, "{}", "The BEST, the best, and 100% Safe!", 3, tollgate.Span{Start: 24, End: 33})
	if asked.Lookups != 2 {
		t.Errorf("asked %d times", asked.Lookups)
	}
}

func TestCountsBytesAroundAnyCharacter(t *testing.T) {
	given(t)
	check(t, "{}", "ä👧Cheapeste\u0301 cheapest👩\u200d👧ä cheapest", 2,
		tollgate.Span{Start: 18, End: 26}, tollgate.Span{Start: 40, End: 48})
}

func TestTheLongestTermCounts(t *testing.T) {
	given(t)
	check(t, `{"terms": ["risk", "risk-free", "free trial"]}`, "risk-free trial, risk-freedom", 2,
		tollgate.Span{Start: 0, End: 9}, tollgate.Span{Start: 17, End: 21})
}

func TestRefuses(t *testing.T) {
	given(t)
	best := tollgate.Of(tollgate.Text("The best"))
	_, err := judge(configured(t, `{"table": "legal"}`), best)
	expect(t, err, "the table `legal` cannot be read: not granted")
	_, err = judge(configured(t, "{}"), tollgate.Of(tollgate.JSON("{}")))
	expect(t, err, "it judges texts")
	_, err = tollgate.Configure[Config](`{"tables": "x"}`)
	expect(t, err, "`/tables`: there is no such key")
	host.Give(t, host.Given{Unavailable: "no disk"})
	_, err = judge(configured(t, "{}"), best)
	expect(t, err, "the table `claims` cannot be read: no disk")
}

func expect(t *testing.T, err error, words string) {
	t.Helper()
	if err == nil || err.Error() != words {
		t.Errorf("%v, not %s", err, words)
	}
}
