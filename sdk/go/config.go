package tollgate

// Reads JSON strictly into a configuration type. A value that does not fit is refused with its
// place, so that the operator sees which line to change.

import (
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"reflect"
	"strings"
)

// Defaulter is implemented by configurations whose missing keys have defaults other than zero
// values.
type Defaulter interface{ SetDefaults() }

// Configure reads a configuration. Keys that the type does not have are refused, and so is
// a missing key, unless its field's tag says `omitzero` or `omitempty`.
func Configure[Config any](text string) (*Config, error) {
	config := new(Config)
	if defaulter, ok := any(config).(Defaulter); ok {
		defaulter.SetDefaults()
	}
	if err := json.Unmarshal([]byte(text), config, json.RejectUnknownMembers(true)); err != nil {
		return nil, misfit(err)
	}
	if key := missingKey(reflect.TypeFor[Config](), text); key != "" {
		return nil, BadConfig(Root(), "the key `"+key+"` is missing")
	}
	return config, nil
}

// misfit returns the refusal for an error of the JSON package, with its place.
func misfit(err error) error {
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		return BadConfig(Pointer(semantic.JSONPointer), explain(semantic))
	}
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return BadConfig(Pointer(syntactic.JSONPointer), "not JSON: "+syntactic.Err.Error())
	}
	return BadConfig(Root(), err.Error())
}

// explain describes a mismatch without naming a Go type.
func explain(misfit *json.SemanticError) string {
	if errors.Is(misfit.Err, json.ErrUnknownName) {
		return "there is no such key"
	}
	reason := "this is " + kindName(misfit.JSONKind)
	if misfit.GoType != nil {
		reason = typeName(misfit.GoType) + " was expected, but " + reason
	}
	if len(misfit.JSONValue) > 0 {
		reason += ": " + string(misfit.JSONValue)
	}
	return reason
}

func kindName(kind jsontext.Kind) string {
	switch kind {
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '{':
		return "an object"
	case '[':
		return "an array"
	case 'n':
		return "null"
	default:
		return "a bool"
	}
}

func typeName(goType reflect.Type) string {
	switch kind := goType.Kind(); {
	case kind == reflect.String:
		return "a string"
	case kind == reflect.Bool:
		return "a bool"
	case kind == reflect.Slice || kind == reflect.Array:
		return "an array"
	case kind >= reflect.Uint && kind <= reflect.Uint64:
		return "a whole number from 0"
	case kind >= reflect.Int && kind <= reflect.Int64:
		return "a whole number"
	case kind == reflect.Float32 || kind == reflect.Float64:
		return "a number"
	default:
		return "an object"
	}
}

// missingKey returns the first required key that is missing, or "".
func missingKey(config reflect.Type, text string) string {
	var members map[string]jsontext.Value
	if config.Kind() != reflect.Struct || json.Unmarshal([]byte(text), &members) != nil {
		return ""
	}
	for field := range config.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" {
			name = field.Name
		}
		optional := name == "-" || strings.Contains(options, "omit")
		if _, there := members[name]; !there && !optional && field.IsExported() {
			return name
		}
	}
	return ""
}
