package main

import (
	"testing"

	tollgate "tollgate.dev/sdk"
)

func TestATextPasses(t *testing.T) {
	report, err := judge(&Config{}, tollgate.Of(tollgate.Text("Your order is on its way.")))
	if err != nil {
		t.Fatal(err)
	}
	if report.Outcome != tollgate.Pass {
		t.Fatalf("came out as %+v", report)
	}
}
