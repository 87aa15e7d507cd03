package main

import (
	"testing"

	tollgate "tollgate.dev/sdk"
)

func TestEveryMarkAboveTheLimitIsAFinding(t *testing.T) {
	report, err := judge(&Config{Max: 1}, tollgate.Of(tollgate.Text("Hi! Now! Go!")))
	if err != nil {
		t.Fatal(err)
	}
	if report.Outcome != tollgate.Fail || len(report.Findings) != 2 {
		t.Fatalf("came out as %+v", report)
	}
}

func TestUnknownKeysAreRefused(t *testing.T) {
	_, err := tollgate.Configure[Config](`{"max": 1, "min": 0}`)
	if err == nil || err.Error() != "`/min`: there is no such key" {
		t.Fatal(err)
	}
}
