package tollgate

import (
	"errors"
	"strings"
	"testing"
)

func TestOutcomeFollowsTheFindings(t *testing.T) {
	report := &Report{}
	report.Add(Info("tone", "fine"), Warning("tone", "loud"))
	if report.Outcome != Pass {
		t.Error("a warning passes")
	}
	report.Add(Error("tone", "insult").At(1, 2).Fix("").Confidence(0.5))
	finding := report.Findings[2]
	if report.Outcome != Fail || finding.Place != (Span{1, 2}) || *finding.Replacement != "" || *finding.Sure != 0.5 {
		t.Errorf("%+v", report)
	}
	report.Outcome = Unsure
	report.Add(Critical("tone", "threat").AtPointer(Root().Key("a/b").Index(3).Key("m~n")))
	if report.Outcome != Unsure || report.Findings[3].Place != Pointer("/a~1b/3/m~0n") {
		t.Errorf("%+v", report)
	}
}

// Go's indices are bytes, as the host expects them, so findings need no conversion.
func TestIndicesAreBytes(t *testing.T) {
	const text = "aäe\u0301👩\u200d👧z"
	for part, start := range map[string]int{"a": 0, "ä": 1, "\u0301": 4, "👧": 13, "z": 17} {
		if at := strings.Index(text, part); at != start {
			t.Errorf("%q is at %d", part, at)
		}
	}
	for at := range text {
		if text[at]&0xC0 == 0x80 {
			t.Errorf("%d is inside a character", at)
		}
	}
}

func TestRefusesOtherKindsByName(t *testing.T) {
	if text, err := Of(Text("hi")).Text(); err != nil || text != "hi" {
		t.Error(text, err)
	}
	if arguments, err := Of(Action{"mail", "[1]"}).JSON(); err != nil || arguments != "[1]" {
		t.Error(arguments, err)
	}
	_, err := Of(JSON("{}")).Text()
	refusal, ok := errors.AsType[*Refusal](err)
	reason := "this contract judges a text, but the subject is a JSON document"
	if !ok || refusal.Kind != KindNotApplicable || refusal.Reason != reason {
		t.Error(err)
	}
}

func TestConfiguresOnceAndJudges(t *testing.T) {
	defer func() { registered.configure, registered.judge = nil, nil }()
	if _, err := judge(Of(Text(""))); err == nil {
		t.Error("judged before it was configured")
	}
	Register(func(config *settings, subject *Subject) (*Report, error) {
		return nil, errors.New("no " + subject.Content.kind())
	})
	if err := configure(`{"max": 1, "x": 2}`); refusal(err).Pointer != "/x" {
		t.Error(err)
	}
	if err := configure(`{"max": 1}`); err != nil {
		t.Error(err)
	}
	if err := configure(`{"max": 1}`); refusal(err).Reason != "configured twice" {
		t.Error(err)
	}
	_, err := judge(Of(Text("")))
	if refusal := refusal(err); refusal.Kind != KindBroken || refusal.Reason != "no a text" {
		t.Error(err)
	}
}
