// Code generated from wit/0.1.0 by `UPDATE=1 cargo test -p xtask --test it layout`; DO NOT EDIT.

package wire

// Sizes and offsets in bytes of values in memory, under the canonical ABI.
const (
	FindingSize           = 64
	FindingRule           = 0
	FindingSeverity       = 8
	FindingMessage        = 12
	FindingPlaceTag       = 20
	FindingPlaceSpanStart = 24
	FindingPlaceSpanEnd   = 28
	FindingPlacePointer   = 24
	FindingFixTag         = 32
	FindingFixSome        = 36
	FindingConfidenceTag  = 48
	FindingConfidenceSome = 56

	LookupContainsAnySize             = 16
	LookupContainsAnyTag              = 0
	LookupContainsAnyOk               = 4
	LookupContainsAnyErrorTag         = 4
	LookupContainsAnyErrorNotGranted  = 8
	LookupContainsAnyErrorUnavailable = 8

	LookupGetSize             = 16
	LookupGetTag              = 0
	LookupGetOkTag            = 4
	LookupGetOkSome           = 8
	LookupGetErrorTag         = 4
	LookupGetErrorNotGranted  = 8
	LookupGetErrorUnavailable = 8

	MeasureSize  = 16
	MeasureName  = 0
	MeasureValue = 8

	PromptTextReadSize = 12
	PromptTextReadTag  = 0
	PromptTextReadSome = 4

	ResultSize                    = 24
	ResultTag                     = 0
	ResultRefusalTag              = 4
	ResultRefusalBadConfigPointer = 8
	ResultRefusalBadConfigReason  = 16
	ResultRefusalNotApplicable    = 8
	ResultRefusalBroken           = 8
	ResultReportOutcome           = 4
	ResultReportFindings          = 8
	ResultReportMeasures          = 16
	ResultProgressSettled         = 4
	ResultProgressFindings        = 8

	StringSize = 8
)

// Numbers of the cases of enums and variants.
const (
	ContentText   = 0
	ContentJSON   = 1
	ContentAction = 2

	LogLevelDebug = 0
	LogLevelInfo  = 1
	LogLevelWarn  = 2
	LogLevelError = 3

	LookupErrorNotGranted  = 0
	LookupErrorUnavailable = 1

	OutcomePass   = 0
	OutcomeFail   = 1
	OutcomeUnsure = 2

	PlaceWhole   = 0
	PlaceSpan    = 1
	PlacePointer = 2

	RefusalBadConfig     = 0
	RefusalNotApplicable = 1
	RefusalBroken        = 2

	SeverityInfo     = 0
	SeverityWarning  = 1
	SeverityError    = 2
	SeverityCritical = 3
)
